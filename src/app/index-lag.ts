import type { Instant } from "../domain/ids.ts";
import type { Clock } from "./clock.ts";
import type { Log } from "./log.ts";

/** Tells the operator in the log when the index does not keep up with the store, and when it does again. */
export interface IndexLag {
  /** Another event has come from the store; it is not in the index yet. */
  came(): void;
  /** Events up to one that occurred at an instant are in the index now. */
  indexed(occurredAt: Instant | undefined): void;
  /** Everything that was committed is in the index now. */
  caughtUp(): void;
  /** Looks at it again and again until the signal. */
  watch(signal: AbortSignal): Promise<void>;
}

/** The index is behind if what it has not seen is older than this, in milliseconds. */
const BEHIND_AFTER = 5_000;

/** How often that is looked at, and how often it is said again, in milliseconds. */
const LOOK_EVERY = 1_000;
const SAID_EVERY = 60_000;

export function createIndexLag({ clock, log }: { readonly clock: Clock; readonly log: Log }): IndexLag {
  /** Since when it is behind: from its start on, until it has caught up; then from the first event on that it has not seen. */
  let since: Instant | undefined = clock.now();
  /** Events that have come since then. */
  let events = 0;
  let said: Instant | undefined;
  let isFirst = true;

  return {
    came() {
      since ??= clock.now();
      events += 1;
    },
    indexed(occurredAt) {
      // Where events come without end it never catches up, and is not behind as long as what it takes up is new.
      if (!isFirst && occurredAt !== undefined && clock.now() - occurredAt < BEHIND_AFTER) level();
    },
    caughtUp: level,
    async watch(signal) {
      while (!signal.aborted) {
        await clock.sleep(LOOK_EVERY, signal);
        if (since === undefined || signal.aborted) continue;
        const now = clock.now();
        if (now - since < BEHIND_AFTER || (said !== undefined && now - said < SAID_EVERY)) continue;
        said = now;
        log.warn({ events, seconds: secondsSince(since) }, "the index is behind: lists do not show all decisions yet");
      }
    },
  };

  function level(): void {
    if (since !== undefined) {
      const facts = { events, seconds: secondsSince(since) };
      if (isFirst) log.info(facts, "the index has caught up");
      else if (said !== undefined) log.info(facts, "the index has caught up again");
    }
    isFirst = false;
    since = said = undefined;
    events = 0;
  }

  function secondsSince(instant: Instant): number {
    return Math.max(0, clock.now() - instant) / 1000;
  }
}
