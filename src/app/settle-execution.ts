import type { Overruled } from "../domain/event.ts";
import type { DecisionId } from "../domain/ids.ts";
import { eventsOf } from "../domain/repeat.ts";
import { gateOf, isTerminal } from "../domain/state.ts";
import { ROUTER_ANSWER } from "./ask-about-run.ts";
import type { Caller } from "./caller.ts";
import { contradictionOf, type OpenRun, type Statement } from "./contradiction-of-statement.ts";
import type { DecisionLog, DecisionLogs } from "./decision-logs.ts";
import type { HandleCommand, Handled } from "./handle-command.ts";
import type { Log } from "./log.ts";
import { noSuchDecision, Refused } from "./refused.ts";
import { AdapterUnknown, RouterUnavailable, type Routing, RunNotFound } from "./router.ts";
import { withSoundSignature } from "./router-signature.ts";
import { outcomeOfRun, unknownOutcome } from "./run-outcome.ts";
import { claimantOf, placeOfRecord, type Sharing } from "./sharing.ts";

/** Resolves an execution without an outcome: by the router's answer, or by an operator's word. */
export type SettleExecution = (
  caller: Caller,
  decisionId: DecisionId,
  by: "router" | Statement,
  signal?: AbortSignal,
) => Promise<Handled>;

export function createSettleExecution(ports: {
  readonly logs: DecisionLogs;
  readonly handle: HandleCommand;
  readonly router: Routing;
  readonly sharing: Sharing;
  readonly log: Log;
  /** How long the router may take to answer, in milliseconds. */
  readonly timeout: number;
}): SettleExecution {
  const { logs, handle, router, sharing, timeout } = ports;
  return async (caller, decisionId, by, signal) => {
    const log = await logs.load(decisionId, signal);
    if (log === undefined) throw noSuchDecision(decisionId);
    if (by === "router") {
      // Whoever repeats the call gets its first answer, whatever the router could say by now.
      const isRepeat = eventsOf(log.events, caller.actor, caller.requestId).length > 0;
      const outcome = isRepeat ? unknownOutcome("", ROUTER_ANSWER) : await ask(log, signal);
      return await handle(caller, decisionId, { type: "RECORD_OUTCOME", outcome }, { signal });
    }
    const { outcome, reason } = by;
    const overruled = await overruledBy(by, log, signal);
    return await handle(caller, decisionId, { type: "STATE_OUTCOME", outcome, reason, overruled }, { signal });
  };

  /** What a statement overrules, which takes force. */
  async function overruledBy(
    { outcome, force }: Statement,
    { decision }: DecisionLog,
    signal: AbortSignal | undefined,
  ): Promise<Overruled | undefined> {
    const { phase } = decision;
    // It is a repeat, which gets its first answer, or comes too late.
    if (isTerminal(phase)) return undefined;
    // Looked at here, too: between the handler's look and this one the run may have been started, of which nobody has been asked.
    if (phase.kind !== "started" && phase.kind !== "unknown") throw notStarted(phase.kind);
    // It ends nothing: how the run ended is still recorded behind it.
    if (outcome === "UNKNOWN") return undefined;
    const contradiction = await contradictionOf(ports, { ...decision, phase } satisfies OpenRun, signal);
    if (contradiction === undefined) return undefined;
    if (!force) throw contradiction.refusal;
    return contradiction.overruled;
  }

  async function ask({ decision, events }: DecisionLog, signal: AbortSignal | undefined) {
    const { decisionId } = decision;
    const phase = gateOf(decision.phase);
    if (phase === undefined || phase.kind === "gated") throw notStarted(decision.phase.kind);
    const claimant = claimantOf({ events }) ?? "";
    if (placeOfRecord(phase.gate.adapterId, claimant, { sharing, router }) === "of_claimant")
      throw new Refused(
        "ROUTER_CANNOT_SAY",
        `Only server ${claimant}, which claimed the run, has its record: ask there, or state the outcome.`,
        { facts: { server_id: claimant } },
      );
    const deadline = AbortSignal.timeout(timeout);
    try {
      const run = await router.getRun(phase.gate.adapterId, decisionId, {
        includeBundle: true,
        signal: signal === undefined ? deadline : AbortSignal.any([signal, deadline]),
      });
      const outcome = outcomeOfRun(withSoundSignature(run, { ...decision, phase }, ports.log), ROUTER_ANSWER);
      if (outcome === undefined)
        throw new Refused("ROUTER_CANNOT_SAY", "The run is still at work: watch the decision.");
      if (outcome.type === "EXECUTION_OUTCOME_UNKNOWN") throw new Refused("ROUTER_CANNOT_SAY", outcome.reason);
      return outcome;
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof RunNotFound || error instanceof AdapterUnknown)
        throw new Refused("ROUTER_CANNOT_SAY", `The router cannot say how the run ended: ${error.message}`, {
          cause: error,
        });
      if (error instanceof RouterUnavailable || deadline.aborted)
        throw new Refused("ROUTER_UNAVAILABLE", `The router does not answer: ${(error as Error).message}`, {
          cause: error,
        });
      throw error;
    }
  }
}

function notStarted(phase: string): Refused {
  return new Refused("NOTHING_TO_SETTLE", `There is no started execution: the decision is ${phase}.`);
}
