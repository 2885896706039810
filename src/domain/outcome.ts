import type { RecordOutcome, StartExecution, StateOutcome } from "./command.ts";
import type { ExecutionCompleted, ExecutionFailed, ExecutionOutcomeUnknown, Settlement } from "./event.ts";
import type { Instant } from "./ids.ts";
import { type Decision, isTerminal, type Phase } from "./state.ts";
import { accept, closed, reject, type Verdict } from "./verdict.ts";

/** Claims the run, or closes the decision if the claim comes too late. */
export function startOf({ startWithin, serverId }: StartExecution, decision: Decision, at: Instant): Verdict {
  const { phase } = decision;
  if (isTerminal(phase)) return closed(decision);
  if (phase.kind === "open") return notGated();
  if (phase.kind !== "gated") return reject("NOTHING_TO_SETTLE", "The run has been started: it starts once.");
  if (at - phase.gatedAt <= startWithin) return accept({ type: "EXECUTION_STARTED", serverId });
  return accept({
    type: "EXECUTION_FAILED",
    code: "START_EXPIRED",
    message: `It could not be started within ${startWithin / 1000} seconds of the gate.`,
    runId: "",
    routerDigest: "",
    routerMediaType: "",
    stepsExecuted: 0,
    settlement: undefined,
  });
}

/** The outcome of a run, on the router's word or an operator's. */
export function outcomeOf(command: RecordOutcome | StateOutcome, decision: Decision): Verdict {
  const { phase } = decision;
  const outcome = command.type === "STATE_OUTCOME" ? stated(command, phase) : command.outcome;
  const possible =
    phase.kind === "started" ||
    (phase.kind === "unknown" && outcome.type !== "EXECUTION_OUTCOME_UNKNOWN") ||
    (phase.kind === "gated" && outcome.type === "EXECUTION_FAILED" && command.type === "RECORD_OUTCOME");
  if (!possible) return notNow(decision);
  return accept(withinLimits(outcome, decision));
}

/** A router that reports more steps than the policy allows has broken the contract, whatever it says of its success. */
function withinLimits(outcome: RecordOutcome["outcome"], decision: Decision): RecordOutcome["outcome"] {
  const maxSteps = decision.policy?.policy.maxSteps ?? 0;
  if (outcome.type === "EXECUTION_OUTCOME_UNKNOWN" || maxSteps === 0 || outcome.stepsExecuted <= maxSteps)
    return outcome;
  const breach = `The router reports ${outcome.stepsExecuted} steps; the policy allows ${maxSteps}.`;
  return {
    ...outcome,
    type: "EXECUTION_FAILED",
    code: "MAX_STEPS_EXCEEDED",
    message: outcome.type === "EXECUTION_FAILED" ? `${breach} The run failed besides: ${outcome.code}.` : breach,
  };
}

function stated(
  { outcome, reason, overruled }: StateOutcome,
  phase: Phase,
): ExecutionCompleted | ExecutionFailed | ExecutionOutcomeUnknown {
  const settlement: Settlement = { basis: "OPERATOR_STATEMENT", reason, overruled };
  const runId = phase.kind === "unknown" ? phase.unknown.runId : "";
  switch (outcome) {
    case "UNKNOWN":
      return { type: "EXECUTION_OUTCOME_UNKNOWN", reason, runId, settlement };
    case "COMPLETED":
      return {
        type: "EXECUTION_COMPLETED",
        runId,
        routerDigest: "",
        routerMediaType: "",
        stepsExecuted: 0,
        settlement,
      };
    case "FAILED":
      return {
        type: "EXECUTION_FAILED",
        code: "OPERATOR_STATEMENT",
        message: reason,
        runId,
        routerDigest: "",
        routerMediaType: "",
        stepsExecuted: 0,
        settlement,
      };
  }
}

function notNow(decision: Decision): Verdict {
  const { phase } = decision;
  if (isTerminal(phase)) return closed(decision);
  if (phase.kind === "open") return notGated();
  return reject(
    "NOTHING_TO_SETTLE",
    phase.kind === "gated"
      ? "The run has not been started: it has no outcome yet."
      : "The outcome is recorded as unknown already: say how the run ended.",
  );
}

function notGated(): Verdict {
  return reject("NOTHING_TO_SETTLE", "The decision has not passed its gate: there is nothing to start or to settle.");
}
