import type { ServiceImpl } from "@connectrpc/connect";
import { type Health, HealthCheckResponse_ServingStatus as Status } from "../../gen/ts/grpc/health/v1/health_pb.ts";
import type { Clock } from "../app/clock.ts";
import type { EventStore } from "../app/event-store.ts";
import { rpcError } from "./errors.ts";

/** How often a watcher of the health service looks, in milliseconds. */
const INTERVAL = 1_000;

/** The standard health service. The server as a whole (name "") and each of its services serve exactly while the store does and nobody shuts it down. */
export function createHealthService(ports: {
  readonly store: EventStore;
  readonly clock: Clock;
  readonly services: readonly string[];
  readonly draining: AbortSignal;
}) {
  const { store, clock, services, draining } = ports;
  return {
    async check({ service }) {
      if (!isKnown(service)) throw rpcError("SERVICE_UNKNOWN", `This server has no service ${service}.`);
      return { status: await status() };
    },
    async *watch({ service }, { signal }) {
      let told: Status | undefined;
      for (;;) {
        signal.throwIfAborted();
        const now = isKnown(service) ? await status() : Status.SERVICE_UNKNOWN;
        if (now !== told) yield { status: now };
        told = now;
        if (draining.aborted) throw rpcError("SERVER_DRAINING", "The server is shutting down.");
        await clock.sleep(INTERVAL, AbortSignal.any([signal, draining]));
      }
    },
  } satisfies Partial<ServiceImpl<typeof Health>>;

  function isKnown(service: string): boolean {
    return service === "" || services.includes(service);
  }

  async function status(): Promise<Status> {
    if (draining.aborted) return Status.NOT_SERVING;
    return (await store.health()).serving ? Status.SERVING : Status.NOT_SERVING;
  }
}
