import type { ExecutionCompleted, ExecutionFailed, ExecutionOutcomeUnknown, Settlement } from "../domain/event.ts";
import type { GatedDecision } from "../domain/state.ts";
import type { Clock } from "./clock.ts";
import type { Log } from "./log.ts";
import { AdapterUnknown, type Router, RouterUnavailable, RunNotFound } from "./router.ts";
import { withSoundSignature } from "./router-signature.ts";
import { outcomeOfRun, unknownOutcome } from "./run-outcome.ts";

type Outcome = ExecutionCompleted | ExecutionFailed | ExecutionOutcomeUnknown;

/** Asks the router about a run until it can tell, and says what to record; undefined if the server stops first. */
export type AskAboutRun = (decision: GatedDecision, stopping: AbortSignal) => Promise<Outcome | undefined>;

export const ROUTER_ANSWER: Settlement = { basis: "ROUTER_ANSWER", reason: "" };

/** Pauses between questions, in milliseconds; the last one repeats. */
const PAUSES = [100, 250, 500, 1_000, 2_000, 5_000] as const;

/** How long one question may take, in milliseconds. */
const ANSWER_WITHIN = 10_000;

/**
 * A run that the router says is at work is waited for as long as it takes. A router that does not answer, or does not know, is asked until `settleWithin`
 * milliseconds have passed without a word; then nobody can say.
 */
export function createAskAboutRun(ports: {
  readonly router: Router;
  readonly clock: Clock;
  readonly log: Log;
  readonly settleWithin: number;
}): AskAboutRun {
  const { clock, settleWithin } = ports;
  return async (decision, stopping) => {
    let silentFor = 0;
    for (let asked = 0; !stopping.aborted; asked++) {
      const askedAt = performance.now();
      const pause = PAUSES[Math.min(asked, PAUSES.length - 1)] ?? ANSWER_WITHIN;
      try {
        const outcome = await askOnce(ports, decision, stopping);
        if (outcome !== undefined) return outcome;
        silentFor = 0;
      } catch (error) {
        if (stopping.aborted) return undefined;
        if (!(error instanceof RouterUnavailable || error instanceof AdapterUnknown)) throw error;
        if (silentFor >= settleWithin)
          return unknownOutcome(`The router could not be asked about the run: ${error.message}`, ROUTER_ANSWER);
        silentFor += performance.now() - askedAt + pause;
      }
      await clock.sleep(pause, stopping);
    }
    return undefined;
  };
}

/**
 * Asks the router about a run, once, and says what to record; undefined while the run is at work. A run that the router has never heard of is refused for ever.
 *
 * @throws {RouterUnavailable} or {AdapterUnknown} as the router does.
 */
export async function askOnce(
  { router, log }: { readonly router: Router; readonly log: Log },
  decision: GatedDecision,
  stopping: AbortSignal,
): Promise<Outcome | undefined> {
  const { decisionId, phase } = decision;
  const signal = AbortSignal.any([stopping, AbortSignal.timeout(ANSWER_WITHIN)]);
  const claimedAt = "startedAt" in phase ? phase.startedAt : undefined;
  try {
    const question = { includeBundle: true, fence: true, claimedAt, signal };
    const run = await router.getRun(phase.gate.adapterId, decisionId, question);
    return outcomeOfRun(withSoundSignature(run, decision, log), ROUTER_ANSWER);
  } catch (error) {
    if (!(error instanceof RunNotFound) || stopping.aborted) throw error;
    return unknownOutcome(`The router cannot say what became of the run: ${error.message}`, ROUTER_ANSWER);
  }
}
