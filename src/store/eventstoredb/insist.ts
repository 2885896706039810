import { StoreUnavailable } from "../../app/event-store.ts";
import { bounded, CallFailed } from "./bounded.ts";
import { type Failure, failureOf } from "./failure.ts";
import type { Ticket } from "./guard.ts";

/** How long calls may take, in milliseconds. */
export interface Timing {
  /** One call with all its repeats. */
  readonly call: number;
  /** Of that, how long to look for a connection. */
  readonly connect: number;
  /** A look at the store's health. */
  readonly health: number;
  /** How long a look at the health is good for. */
  readonly healthFor: number;
  /** First and longest pause before something is tried again; it doubles in between. */
  readonly pause: readonly [number, number];
  /** How long a subscription may be silent before it is asked whether it has missed something. */
  readonly silence: number;
  /** How long closing may take beyond what is under way. */
  readonly close: number;
}

export const TIMING: Timing = {
  call: 5_000,
  connect: 1_000,
  health: 2_000,
  healthFor: 1_000,
  pause: [25, 1_000],
  silence: 10_000,
  close: 1_000,
};

/** The call failed for good, or there is no time left to try again. */
export class Failed extends Error {
  override readonly name = "Failed";
  readonly failure: Failure;
  constructor(failure: Failure, cause: unknown) {
    super(failure.reason, { cause });
    this.failure = failure;
  }
}

/**
 * Makes a call, again and again while nothing has come of it for a reason that passes by itself: the leader is another one, or just being chosen, or a
 * connection has to be made; or what was read was not all. Whatever may have been carried out is not repeated here.
 *
 * @throws {Failed}
 */
export async function insist<Result>(
  timing: Timing,
  signal: AbortSignal | undefined,
  call: (ticket: Ticket) => Promise<Result>,
): Promise<Result> {
  const began = performance.now();
  for (let attempt = 0; ; attempt++) {
    try {
      return await bounded(Math.max(1, Math.ceil(timing.call - (performance.now() - began))), signal, call);
    } catch (error) {
      const failure = failureOf(error as CallFailed);
      const pause = pauseBefore(timing, attempt);
      const passed = performance.now() - began + pause;
      // Not at the last moment: an append that has no time for its answer comes to nothing that anybody knows.
      const again =
        ((failure.kind === "not here" || failure.kind === "cut short") && passed < timing.call * 0.75) ||
        (failure.kind === "not reached" && passed < timing.connect);
      if (!again) throw new Failed(failure, error);
      await sleep(pause, signal);
    }
  }
}

export function pauseBefore({ pause: [first, longest] }: Timing, attempt: number): number {
  return Math.min(longest, first * 2 ** Math.min(attempt, 30));
}

/** Resolves after so many milliseconds, or at once when the signal aborts. */
export function sleep(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) return resolve();
    const timer = setTimeout(done, milliseconds);
    signal?.addEventListener("abort", done, { once: true });
    function done() {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    }
  });
}

/** For calls that change nothing: whatever else failed, the store is not available now. */
export function unavailable(failed: Failed): StoreUnavailable {
  return new StoreUnavailable(failed.failure.reason, { cause: failed });
}
