import type { Instant } from "../domain/ids.ts";
import type { Clock } from "./clock.ts";
import type { Log } from "./log.ts";

/** How far the index is behind the store. */
export interface Lag {
  /** Since when at the latest something may be missing in it, in seconds. */
  readonly seconds: number;
  /** How many events have come since then. */
  readonly events: number;
}

/** Knows how far the index is behind the store, and tells the operator in the log when it does not keep up, and when it does again. */
export interface IndexLag {
  /** Another event has come from the store; it is not in the index yet. */
  came(): void;
  /** Events up to one that occurred at an instant are in the index now. */
  indexed(occurredAt: Instant | undefined): void;
  /** Everything that was committed is in the index now. */
  caughtUp(): void;
  /** Nobody knows what has been committed since, until something comes or it has caught up again. */
  interrupted(): void;
  /** How far it is behind at this moment. */
  now(): Lag;
  /** Looks at it again and again until the signal. */
  watch(signal: AbortSignal): Promise<void>;
}

/** The index is behind if what it has not seen is older than this, in milliseconds. */
const BEHIND_AFTER = 5_000;

/** How often that is looked at, and how often it is said again, in milliseconds. */
const LOOK_EVERY = 1_000;
const SAID_EVERY = 60_000;

export function createIndexLag({ clock, log }: { readonly clock: Clock; readonly log: Log }): IndexLag {
  /** Since when it is behind, by the clock that does not step: from its start on, until it has caught up; then from the first event on that it has not seen. */
  let since: number | undefined = clock.uptime();
  /** Events that have come since then. */
  let events = 0;
  let said: number | undefined;
  let isFirst = true;
  let isInterrupted = false;

  return {
    came() {
      isInterrupted = false;
      since ??= clock.uptime();
      events += 1;
    },
    indexed(occurredAt) {
      // Where events come without end it never catches up, and is not behind as long as what it takes up is new.
      const isNew = occurredAt !== undefined && clock.now() - occurredAt < BEHIND_AFTER;
      if (!isFirst && !isInterrupted && isNew) level();
    },
    caughtUp: level,
    interrupted() {
      isInterrupted = true;
      since ??= clock.uptime();
    },
    now: () => (since === undefined ? { seconds: 0, events: 0 } : lagSince(since)),
    async watch(signal) {
      while (!signal.aborted) {
        await clock.sleep(LOOK_EVERY, signal);
        if (since === undefined || signal.aborted) continue;
        const now = clock.uptime();
        if (now - since < BEHIND_AFTER || (said !== undefined && now - said < SAID_EVERY)) continue;
        said = now;
        log.warn({ ...lagSince(since) }, "the index is behind: lists do not show all decisions yet");
      }
    },
  };

  function level(): void {
    if (since !== undefined) {
      const facts = { ...lagSince(since) };
      if (isFirst) log.info(facts, "the index has caught up");
      else if (said !== undefined) log.info(facts, "the index has caught up again");
    }
    isFirst = isInterrupted = false;
    since = said = undefined;
    events = 0;
  }

  function lagSince(uptime: number): Lag {
    return { events, seconds: Math.round(clock.uptime() - uptime) / 1000 };
  }
}
