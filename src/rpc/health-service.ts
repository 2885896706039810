import type { ServiceImpl } from "@connectrpc/connect";
import { type Health, HealthCheckResponse_ServingStatus as Status } from "../../gen/ts/grpc/health/v1/health_pb.ts";
import type { Clock } from "../app/clock.ts";
import type { DecisionIndex } from "../app/decision-index.ts";
import type { EventStore } from "../app/event-store.ts";
import type { Indexer } from "../app/log-indexer.ts";
import type { RouterStanding } from "../app/router-standing.ts";
import { rpcError } from "./errors.ts";
import { INDEX_HEALTH, LAG_HEADERS } from "./index-health.ts";

/** The name under which the health of the remote routers is asked for. */
export const ROUTER_HEALTH = "nexus.attest.v1.routers";

/** How often a watcher of the health service looks, in milliseconds. */
const INTERVAL = 1_000;

/**
 * The standard health service. The server as a whole (name "") and each of its services serve exactly while the store does and nobody shuts it down. The index
 * has a name of its own: one that is behind makes lists incomplete, and nothing else. So have the remote routers: without them their adapters carry nothing out.
 */
export function createHealthService(ports: {
  readonly store: EventStore;
  readonly clock: Clock;
  readonly index: Pick<DecisionIndex, "position">;
  readonly indexer: Pick<Indexer, "lag">;
  /** How far the index may be behind, in seconds. */
  readonly maxLag: number;
  /** Whether runs could be given to the remote routers. */
  readonly routerStanding: Pick<RouterStanding, "isWell">;
  readonly services: readonly string[];
  readonly draining: AbortSignal;
}) {
  const { store, clock, index, indexer, maxLag, routerStanding, services, draining } = ports;
  return {
    async check({ service }, { responseHeader }) {
      if (!isKnown(service)) throw rpcError("SERVICE_UNKNOWN", `This server has no service ${service}.`);
      if (service === INDEX_HEALTH) {
        const { seconds, events } = indexer.lag();
        responseHeader.set(LAG_HEADERS.seconds, `${seconds}`);
        responseHeader.set(LAG_HEADERS.events, `${events}`);
        responseHeader.set(LAG_HEADERS.position, index.position() ?? "");
      }
      return { status: await statusOf(service) };
    },
    async *watch({ service }, { signal }) {
      let told: Status | undefined;
      for (;;) {
        signal.throwIfAborted();
        const now = isKnown(service) ? await statusOf(service) : Status.SERVICE_UNKNOWN;
        if (now !== told) yield { status: now };
        told = now;
        if (draining.aborted) throw rpcError("SERVER_DRAINING", "The server is shutting down.");
        await clock.sleep(INTERVAL, AbortSignal.any([signal, draining]));
      }
    },
  } satisfies Partial<ServiceImpl<typeof Health>>;

  function isKnown(service: string): boolean {
    return service === "" || service === INDEX_HEALTH || service === ROUTER_HEALTH || services.includes(service);
  }

  async function statusOf(service: string): Promise<Status> {
    if (draining.aborted) return Status.NOT_SERVING;
    if (service === ROUTER_HEALTH) return routerStanding.isWell() ? Status.SERVING : Status.NOT_SERVING;
    const serves = service === INDEX_HEALTH ? indexer.lag().seconds <= maxLag : (await store.health()).serving;
    return serves ? Status.SERVING : Status.NOT_SERVING;
  }
}
