import type { Clock } from "./clock.ts";

/** Lets one loop sleep until somebody rings or a time is over. A ring while nobody sleeps is kept. */
export interface Wake {
  readonly ring: () => void;
  /** Resolves at the next ring, at once if it rang since the last wait, after so many milliseconds, or when the signal aborts. */
  readonly wait: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

export function createWake(clock: Clock): Wake {
  let rang = false;
  let sleeper: AbortController | undefined;
  return {
    ring() {
      rang = true;
      sleeper?.abort();
    },
    async wait(milliseconds, signal) {
      if (!rang) {
        sleeper = new AbortController();
        const stop = () => sleeper?.abort();
        signal.addEventListener("abort", stop, { once: true });
        if (!signal.aborted) await clock.sleep(milliseconds, sleeper.signal);
        signal.removeEventListener("abort", stop);
        sleeper = undefined;
      }
      rang = false;
    },
  };
}
