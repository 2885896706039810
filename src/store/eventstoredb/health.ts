import type { StoreHealth } from "../../app/event-store.ts";
import type { Log } from "../../app/log.ts";
import { Failed, type Timing } from "./insist.ts";
import type { WholeLog } from "./whole-log.ts";

/** Looks whether the store serves: whether the leader answers us a read of $all, which is also what subscriptions need. */
export function createHealth(wholeLog: WholeLog, timing: Timing, log: Log): () => Promise<StoreHealth> {
  const quick: Timing = { ...timing, call: timing.health };
  let looking: Promise<StoreHealth> | undefined;
  let looked = Number.NEGATIVE_INFINITY;
  let last: StoreHealth = { serving: true };

  return async () => {
    if (performance.now() - looked < timing.healthFor) return last;
    looking ??= look().finally(() => {
      looking = undefined;
    });
    return await looking;
  };

  async function look(): Promise<StoreHealth> {
    const now = await ask();
    if (now.serving !== last.serving) {
      if (now.serving) log.info({}, "the event store serves again");
      else log.warn({ reason: now.reason }, "the event store does not serve");
    }
    looked = performance.now();
    last = now;
    return now;
  }

  async function ask(): Promise<StoreHealth> {
    try {
      await wholeLog.end(quick);
      return { serving: true };
    } catch (error) {
      return { serving: false, reason: error instanceof Failed ? error.failure.reason : String(error) };
    }
  }
}
