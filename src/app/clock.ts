import type { Instant } from "../domain/ids.ts";

/** The clock port. */
export interface Clock {
  /** Wall-clock time, as events record it. May step back; the command handler copes. */
  readonly now: () => Instant;

  /** Milliseconds since some moment, by a clock that does not step. */
  readonly uptime: () => number;

  /** Resolves after so many milliseconds by a clock that does not step, or at once when the signal aborts. Never rejects. */
  readonly sleep: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
}

/** The clock of this machine. */
export const SYSTEM_CLOCK: Clock = {
  now: () => Date.now(),
  uptime: () => performance.now(),
  sleep: (milliseconds, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted === true) return resolve();
      const timer = setTimeout(done, Math.min(milliseconds, LONGEST_TIMER));
      signal?.addEventListener("abort", done, { once: true });
      function done() {
        clearTimeout(timer);
        signal?.removeEventListener("abort", done);
        resolve();
      }
    }),
};

/** What setTimeout can count, in milliseconds: it fires at once for anything beyond. Whoever sleeps longer looks at the clock again anyway. */
export const LONGEST_TIMER = 2_147_483_647;
