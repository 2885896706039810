import { LRUCache } from "lru-cache";
import type { Clock } from "../app/clock.ts";

/** How many tokens come back a second, and how many a bucket holds. */
export interface Flow {
  readonly perSecond: number;
  readonly burst: number;
}

export interface TokenBuckets {
  /** Takes a token of somebody's. @returns 0 if there was one, else in how many milliseconds there will be. */
  readonly take: (key: string) => number;
  /** In how many milliseconds there will be a token; 0: there is one. Takes none. */
  readonly wait: (key: string) => number;
}

/** Whose buckets are kept; the one asked for longest ago is forgotten first, and is full when it is asked for again. */
export const MAX_BUCKETS = 10_000;

/** A token bucket for each key: an even flow, and a burst after a pause. The flow may change while it is in use. */
export function createTokenBuckets(flow: () => Flow, clock: Pick<Clock, "uptime">): TokenBuckets {
  const buckets = new LRUCache<string, { tokens: number; at: number }>({ max: MAX_BUCKETS });

  return {
    take(key) {
      const bucket = filled(key);
      if (bucket.tokens < 1) return until(bucket.tokens);
      bucket.tokens -= 1;
      return 0;
    },
    wait(key) {
      if (!buckets.has(key)) return 0;
      const { tokens } = filled(key);
      return tokens < 1 ? until(tokens) : 0;
    },
  };

  /** A bucket with what has come back to it since it was last asked for. */
  function filled(key: string): { tokens: number } {
    const { perSecond, burst } = flow();
    const now = clock.uptime();
    const known = buckets.get(key);
    if (known === undefined) {
      const full = { tokens: burst, at: now };
      buckets.set(key, full);
      return full;
    }
    known.tokens = Math.min(burst, known.tokens + (Math.max(0, now - known.at) * perSecond) / 1000);
    known.at = now;
    return known;
  }

  function until(tokens: number): number {
    return ((1 - tokens) * 1000) / flow().perSecond;
  }
}
