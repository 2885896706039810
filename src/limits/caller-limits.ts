import type { Clock } from "../app/clock.ts";
import { Refused } from "../app/refused.ts";
import { createTokenBuckets } from "./token-buckets.ts";

/** What one caller may ask of the server. */
export interface CallerSettings {
  readonly callsPerSecond: number;
  readonly burst: number;
  readonly maxCalls: number;
  readonly maxStreams: number;
}

export type CallKind = "call" | "stream";

/** When somebody may try again who has too much under way, in milliseconds: nobody knows when a call of theirs ends. */
const RETRY_AFTER = 1_000;

/** At the least so long, in milliseconds: callers that wait for less come back before the bucket has anything for them. */
const LEAST_WAIT = 10;

/**
 * Lets each caller have so many calls a second, and so many calls and streams at the same time. A caller is known by a name that nobody else has.
 *
 * @returns admits a call; what it returns has to be called once the call has ended. Throws {@link Refused} RATE_LIMITED or TOO_MANY_CALLS.
 */
export function createCallerLimits(
  settings: () => CallerSettings,
  clock: Pick<Clock, "uptime">,
): (caller: string, kind: CallKind) => () => void {
  const rates = createTokenBuckets(() => ({ perSecond: settings().callsPerSecond, burst: settings().burst }), clock);
  const underWay = { call: new Map<string, number>(), stream: new Map<string, number>() };

  return (caller, kind) => {
    const { callsPerSecond, maxCalls, maxStreams } = settings();
    const wait = rates.take(caller);
    if (wait > 0)
      throw new Refused("RATE_LIMITED", `One caller may make ${callsPerSecond} calls a second: repeat it later.`, {
        facts: { limit: "limits.perActor.callsPerSecond", limit_value: `${callsPerSecond}` },
        retryAfter: Math.max(LEAST_WAIT, wait),
      });
    const counts = underWay[kind];
    const count = counts.get(caller) ?? 0;
    const [most, limit, words] =
      kind === "call"
        ? [maxCalls, "limits.perActor.maxCalls", "calls in progress"]
        : [maxStreams, "limits.perActor.maxStreams", "open streams"];
    if (count >= most)
      throw new Refused("TOO_MANY_CALLS", `One caller may have ${most} ${words} at the same time: end one first.`, {
        facts: { limit, limit_value: `${most}` },
        retryAfter: RETRY_AFTER,
      });
    counts.set(caller, count + 1);
    return () => {
      const left = (counts.get(caller) ?? 1) - 1;
      if (left > 0) counts.set(caller, left);
      else counts.delete(caller);
    };
  };
}
