import type { Clock } from "../app/clock.ts";
import { Refused } from "../app/refused.ts";
import { createTokenBuckets } from "./token-buckets.ts";

/** Addresses from which too many calls came by nobody valid. */
export interface FailedAuthentications {
  /** Counts a call by nobody valid. */
  count(address: string): void;
  /** Why a call from there is refused without a look at its credentials; undefined: it is not. */
  refusal(address: string): Refused | undefined;
}

/** Whoever tries credentials out, or floods with bad ones, costs little more than the refusal. */
export function createFailedAuthentications(
  perMinute: () => number,
  clock: Pick<Clock, "uptime">,
): FailedAuthentications {
  const failures = createTokenBuckets(() => ({ perSecond: perMinute() / 60, burst: perMinute() }), clock);
  return {
    count: (address) => void failures.take(address),
    refusal(address) {
      const wait = failures.wait(address);
      if (wait === 0) return undefined;
      return new Refused(
        "TOO_MANY_FAILED_AUTHENTICATIONS",
        "Too many calls from your address were by nobody valid: correct the credentials, and try again later.",
        {
          facts: { limit: "limits.failedAuthenticationsPerMinute", limit_value: `${perMinute()}` },
          retryAfter: Math.ceil(wait),
        },
      );
    },
  };
}
