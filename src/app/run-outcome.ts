import type { ExecutionCompleted, ExecutionFailed, ExecutionOutcomeUnknown, Settlement } from "../domain/event.ts";
import { MAX_FAILURE_MESSAGE } from "../domain/limits.ts";
import { digestOf } from "../evidence/digest.ts";
import type { Run } from "./router.ts";

type Outcome = ExecutionCompleted | ExecutionFailed | ExecutionOutcomeUnknown;

/** What a router's account of a run comes to; undefined while it is at work. Digests the bundle itself: a router's word for it would prove nothing. */
export function outcomeOfRun(run: Run, settlement: Settlement | undefined): Outcome | undefined {
  const { runId, stepsExecuted } = run;
  const routerMediaType = run.bundle?.mediaType ?? "";
  const routerDigest = run.bundle === undefined ? "" : digestOf(run.bundle.bytes);
  switch (run.state) {
    case "RUNNING":
      return undefined;
    case "SUCCEEDED":
      if (routerDigest === "")
        return unknownOutcome("The router says that the run succeeded but gives no record of it.", settlement, runId);
      return {
        type: "EXECUTION_COMPLETED",
        runId,
        routerDigest,
        routerMediaType,
        stepsExecuted,
        settlement,
        routerSignature: run.signature,
      };
    case "FAILED":
      return {
        type: "EXECUTION_FAILED",
        code: run.failure?.code ?? "RUN_FAILED",
        message: cut(run.failure?.message ?? "The router gives no reason."),
        runId,
        routerDigest,
        routerMediaType,
        stepsExecuted,
        settlement,
        routerSignature: run.signature,
      };
    case "INTERRUPTED":
      return unknownOutcome(
        `The router began the run and cannot say how it ended: ${run.failure?.message ?? "it gives no reason."}`,
        settlement,
        runId,
      );
    case "NOT_STARTED":
      return notStarted(
        "NOT_STARTED",
        "The run never began: its router had no record of it and has refused it for ever.",
        settlement,
      );
  }
}

/** The outcome of a run that certainly never began. */
export function notStarted(code: string, message: string, settlement: Settlement | undefined): ExecutionFailed {
  return {
    type: "EXECUTION_FAILED",
    code,
    message: cut(message),
    runId: "",
    routerDigest: "",
    routerMediaType: "",
    stepsExecuted: 0,
    settlement,
  };
}

/** The outcome of a run that nobody can tell. */
export function unknownOutcome(
  reason: string,
  settlement: Settlement | undefined,
  runId = "",
): ExecutionOutcomeUnknown {
  return { type: "EXECUTION_OUTCOME_UNKNOWN", reason: cut(reason), runId, settlement };
}

/** Cut to the limit, without leaving half a character, which would have no canonical form. */
function cut(message: string): string {
  const wellFormed = message.toWellFormed();
  return wellFormed.length <= MAX_FAILURE_MESSAGE
    ? wellFormed
    : `${wellFormed.slice(0, MAX_FAILURE_MESSAGE).toWellFormed()}…`;
}
