import type { Clock } from "../../src/app/clock.ts";
import type { Instant } from "../../src/domain/ids.ts";

export interface ManualClock extends Clock {
  /** Moves the clock to a time, also backwards; whoever sleeps until then or earlier wakes. */
  set(now: Instant): void;
  /** Moves the clock on by so many milliseconds. */
  advance(milliseconds: number): void;
}

/** A clock that stands still until it is moved. Wall-clock time begins at `start`; sleepers count the milliseconds that it was moved forwards. */
export function createManualClock(start: Instant = Date.UTC(2026, 0, 5, 9)): ManualClock {
  let now = start;
  let uptime = 0;
  const sleepers = new Set<{ until: Instant; wake: () => void }>();
  const clock: ManualClock = {
    now: () => now,
    uptime: () => uptime,
    sleep: (milliseconds, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted === true) return resolve();
        const sleeper = { until: now + milliseconds, wake };
        sleepers.add(sleeper);
        signal?.addEventListener("abort", wake, { once: true });
        function wake() {
          sleepers.delete(sleeper);
          signal?.removeEventListener("abort", wake);
          resolve();
        }
      }),
    set(time) {
      // A monotonic sleep does not grow when the wall clock steps back.
      if (time < now) for (const sleeper of sleepers) sleeper.until -= now - time;
      uptime += Math.max(0, time - now);
      now = time;
      for (const sleeper of sleepers) if (sleeper.until <= now) sleeper.wake();
    },
    advance: (milliseconds) => clock.set(now + milliseconds),
  };
  return clock;
}
