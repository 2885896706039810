import { SYSTEM_CLOCK } from "../../src/app/clock.ts";
import { LOOK_EVERY } from "../../src/authentication.ts";

/** A clock that lets the test say when the files are looked at; streams ask who reads them as often. */
export function lookingClock() {
  const waiting = new Set<() => void>();
  const clock = {
    ...SYSTEM_CLOCK,
    sleep: async (milliseconds: number, signal?: AbortSignal) => {
      if (milliseconds !== LOOK_EVERY || signal?.aborted === true)
        return await SYSTEM_CLOCK.sleep(milliseconds, signal);
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting.add(resolve);
      signal?.addEventListener("abort", () => resolve(), { once: true });
      await promise;
      waiting.delete(resolve);
    },
  };
  const look = () => {
    for (const wake of waiting) wake();
  };
  return { clock, look };
}
