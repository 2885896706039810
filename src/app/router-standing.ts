import type { Clock } from "./clock.ts";
import type { Log } from "./log.ts";
import type { Router } from "./router.ts";

/** Whether the remote routers could be given a run. */
export interface RouterStanding {
  /** Whether each of them has answered for all its adapters when it was last asked. */
  isWell(): boolean;
  /** Asks them again and again until the signal aborts. What is wrong with one is said in the log, once, and when it is over. */
  run(signal: AbortSignal): Promise<void>;
}

/** How often each router is asked, in milliseconds. */
const ASK_EVERY = 30_000;

/**
 * Finds out before anybody has something approved that a router is away, is not who it should be, or does not let this server in. No call depends on it: the
 * gate asks for itself.
 */
export function createRouterStanding(ports: {
  readonly routers: readonly { readonly name: string; readonly adapters: readonly string[]; readonly router: Router }[];
  readonly clock: Clock;
  readonly log: Log;
}): RouterStanding {
  const { routers, clock, log } = ports;
  /** What is wrong with each that has been asked; undefined: nothing. */
  const problems = new Map<string, string | undefined>();

  return {
    isWell: () => routers.every(({ name }) => problems.has(name) && problems.get(name) === undefined),
    async run(signal) {
      while (!signal.aborted && routers.length > 0) {
        await Promise.all(routers.map(async (each) => await ask(each, signal)));
        await clock.sleep(ASK_EVERY, signal);
      }
    },
  };

  async function ask({ name, adapters, router }: (typeof routers)[number], signal: AbortSignal): Promise<void> {
    let problem: string | undefined;
    try {
      for (const adapterId of adapters) await router.describeAdapter(adapterId, { signal });
    } catch (error) {
      problem = (error as Error).message;
    }
    if (signal.aborted) return;
    const before = problems.get(name);
    problems.set(name, problem);
    if (problem !== undefined && problem !== before)
      log.error({ router: name, problem }, "no run can be given to this router");
    if (problem === undefined && before !== undefined) log.info({ router: name }, "this router answers again");
  }
}
