import { monitorEventLoopDelay } from "node:perf_hooks";
import type { Clock } from "./app/clock.ts";
import type { Connection } from "./app/connection.ts";
import type { Log } from "./app/log.ts";
import type { Refused } from "./app/refused.ts";
import type { Config } from "./config/schema.ts";
import { createSlowClients, LOOK_EVERY } from "./http/slow-clients.ts";
import { createCallerLimits } from "./limits/caller-limits.ts";
import { createFailedAuthentications } from "./limits/failed-authentications.ts";
import { networkOf } from "./limits/network.ts";
import { createRefusalLog } from "./limits/refusal-log.ts";
import { createRequestMemory } from "./limits/request-memory.ts";
import { createShedding } from "./limits/shedding.ts";

/** How finely the delay of the event loop is measured, in milliseconds: a measure of that much means that there is none. */
const RESOLUTION = 10;

/** How often it is looked at, in milliseconds. */
const LOOK_AT_DELAY_EVERY = 200;

/** Everything that bounds what clients may ask of the server, by the configuration as it is now. */
export function createLimits(config: Config, surroundings: { readonly clock: Clock; readonly log: Log }) {
  const { clock } = surroundings;
  let { limits, cors } = config;
  const refusalLog = createRefusalLog(surroundings);
  const tell = (refused: Refused, by: string) => refusalLog({ reason: refused.reason, limit: refused.facts.limit, by });
  const uptime = () => performance.now();
  const shedding = createShedding(() => limits);
  const slowClients = createSlowClients(() => limits.connections, {
    uptime,
    tell: ({ req }) =>
      refusalLog({
        reason: "CLIENT_TOO_SLOW",
        limit: "limits.connections.writeStallSeconds",
        by: `address ${networkOf(req.socket.remoteAddress)}`,
      }),
  });

  return {
    shedding,
    slowClients,
    failures: createFailedAuthentications(() => limits.failedAuthenticationsPerMinute, clock),
    admitCaller: createCallerLimits(() => limits.perActor, clock),
    newMemory: createRequestMemory(() => limits.maxRequestBytes),
    connections: () => limits.connections,
    allowedOrigins: () => cors.allowedOrigins,
    tell,
    tellDoor: (refused: Refused, { network }: Connection) => tell(refused, `address ${network}`),
    tellFlood: (what: string, network: string) =>
      refusalLog({ reason: "FLOOD", limit: what, by: `address ${network}` }),

    reload(next: Config): void {
      ({ limits, cors } = next);
    },

    /** Looks again and again at what shows only with time, until the signal aborts. */
    async run(signal: AbortSignal): Promise<void> {
      const delay = monitorEventLoopDelay({ resolution: RESOLUTION });
      delay.enable();
      let before = performance.eventLoopUtilization();
      const atDelay = setInterval(() => {
        const { active: busy, utilization } = performance.eventLoopUtilization(before);
        before = performance.eventLoopUtilization();
        shedding.look({ delay: delay.count === 0 ? 0 : delay.mean / 1e6 - RESOLUTION, busy, utilization });
        delay.reset();
      }, LOOK_AT_DELAY_EVERY).unref();
      const atClients = setInterval(() => slowClients.look(), LOOK_EVERY).unref();
      await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
      clearInterval(atDelay);
      clearInterval(atClients);
      delay.disable();
    },
  };
}
