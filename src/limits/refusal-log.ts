import { LRUCache } from "lru-cache";
import type { Clock } from "../app/clock.ts";
import type { Log } from "../app/log.ts";

/** A call that was refused because of a limit. */
export interface Refusal {
  readonly reason: string;
  readonly limit: string | undefined;
  /** Who called, or from which address. */
  readonly by: string;
}

/** How long one line stands for all that are alike, in milliseconds. */
export const REFUSAL_WINDOW = 10_000;

/** Kinds of refusals that are told apart; the one heard of longest ago is forgotten first. */
const MAX_KINDS = 1_000;

/**
 * Tells of calls that were refused because of a limit: the first at once, and of those that are like it how many there were, with the next one after a while. A line for
 * each would be what a flood costs most.
 */
export function createRefusalLog(ports: { readonly log: Log; readonly clock: Clock }): (refusal: Refusal) => void {
  const { log, clock } = ports;
  const kinds = new LRUCache<string, { toldAt: number; untold: number }>({ max: MAX_KINDS });
  return (refusal) => {
    const key = `${refusal.reason} ${refusal.limit} ${refusal.by}`;
    const known = kinds.get(key);
    const now = clock.uptime();
    if (known !== undefined && now - known.toldAt < REFUSAL_WINDOW) {
      known.untold += 1;
      return;
    }
    kinds.set(key, { toldAt: now, untold: 0 });
    const more = known?.untold ?? 0;
    log.warn({ event: "refused", ...refusal, ...(more > 0 ? { more } : {}) }, "refused");
  };
}
