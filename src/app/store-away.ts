import type { Clock } from "./clock.ts";
import { type EventStore, StoreUnavailable } from "./event-store.ts";

/** How long a store may be away before whoever waits for it gives up, in milliseconds, and how often it is asked. */
const PATIENCE = 15_000;
const ASKED_EVERY = 1_000;

/**
 * Watches a store for those who follow it, which would wait for ever: resolves to an error once it has not served for a while, or to undefined when the signal
 * aborts. Never rejects.
 */
export async function storeAway(
  store: EventStore,
  clock: Clock,
  signal: AbortSignal,
): Promise<StoreUnavailable | undefined> {
  let failures = 0;
  while (!signal.aborted) {
    const health = await store.health();
    failures = health.serving ? 0 : failures + 1;
    if (!health.serving && failures * ASKED_EVERY > PATIENCE) return new StoreUnavailable(health.reason);
    await clock.sleep(ASKED_EVERY, signal);
  }
  return undefined;
}
