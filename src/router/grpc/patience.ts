import type { Clock } from "../../app/clock.ts";

/** Pauses before a router that is not there is asked again, in milliseconds; the last one repeats. */
const PAUSES = [100, 250, 500, 1_000] as const;

/** How long a router that is not there is waited for. */
export interface Patience {
  /**
   * Waits a while; false, once the time is over or the signal has aborted: then nobody waits any longer.
   *
   * @param onFirst called before the first pause.
   */
  pause(onFirst: () => void): Promise<boolean>;
  /** How long a question may take, in milliseconds: the first one as long as it likes, a later one no longer than what is left of the time. */
  timeoutOf(question: number): number;
  /** Milliseconds since it began. */
  spent(): number;
  hasWaited(): boolean;
}

export function createPatience(
  milliseconds: number,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal | undefined },
): Patience {
  const begun = clock.uptime();
  const spent = () => clock.uptime() - begun;
  const isOver = () => signal?.aborted === true || spent() >= milliseconds;
  let pauses = 0;
  return {
    async pause(onFirst) {
      const pause = PAUSES[Math.min(pauses, PAUSES.length - 1)] ?? 0;
      if (isOver() || spent() + pause >= milliseconds) return false;
      if (pauses === 0) onFirst();
      pauses += 1;
      await clock.sleep(pause, signal);
      return !isOver();
    },
    timeoutOf: (question) => (pauses === 0 ? question : Math.min(question, milliseconds - spent())),
    spent,
    hasWaited: () => pauses > 0,
  };
}
