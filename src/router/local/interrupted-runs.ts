import type { Clock } from "../../app/clock.ts";
import type { Run } from "../../app/router.ts";
import { decodeRunRequest } from "../../codec/run-request.ts";
import type { RunRequest } from "../../domain/run-request.ts";
import type { StepFailure } from "./failure-code.ts";
import { killSurvivors, markOf } from "./process-group.ts";
import type { RunLog, RunRecord } from "./run-log.ts";
import { endRun, type LocalRunFailure } from "./run-plan.ts";

/**
 * Settles runs that a process left on record without an end. What is left of their programs is ended first. If a step was under way, nobody can say what it did:
 * INTERRUPTED. If none was, or if steps were only simulated, what the run did is known.
 */
export function settleInterrupted(log: RunLog, clock: Clock, isAtWork: (decisionId: string) => boolean): void {
  for (const record of log.open()) {
    if (isAtWork(record.decisionId)) continue;
    const { runId, acceptedAt, steps, simulated } = record;
    const request = decodeRunRequest(record.request);
    const survived = endProgram(record, request);
    const run = { runId, request, requestText: record.request, acceptedAt, simulate: simulated };
    const survivor = survived ? "; the step's program was still running and has been ended" : "";
    endRun(log, run, { ...endOf(record, request, survivor), entries: steps, endedAt: clock.now() });
  }
}

/** Ends what is left of the programs of all runs that have no end. */
export function endPrograms(log: RunLog): void {
  for (const record of log.open()) endProgram(record, decodeRunRequest(record.request));
}

function endProgram({ decisionId, process, steps, stepUnderWay }: RunRecord, { plan }: RunRequest): boolean {
  const stepId = plan?.steps[steps.length]?.stepId ?? "";
  return stepUnderWay && killSurvivors(process, markOf(decisionId, stepId));
}

function endOf(
  { stepUnderWay, steps, simulated }: RunRecord,
  request: RunRequest,
  survivor: string,
): Pick<Run, "stepsExecuted"> & {
  readonly state: "SUCCEEDED" | "FAILED" | "INTERRUPTED";
  readonly failure: LocalRunFailure | undefined;
} {
  const planned = request.plan?.steps ?? [];
  const stepId = planned[steps.length]?.stepId ?? "";
  if (stepUnderWay && !simulated) {
    const message = `The router's process ended during step ${stepId}${survivor}.`;
    return {
      state: "INTERRUPTED",
      failure: { code: "ROUTER_INTERRUPTED", message, stepId },
      stepsExecuted: steps.length,
    };
  }
  const last = JSON.parse(steps.at(-1) ?? "{}") as {
    failure_code?: StepFailure;
    failure_message?: string;
    step_id?: string;
  };
  if (last.failure_code !== undefined) {
    const failure = { code: last.failure_code, message: last.failure_message ?? "", stepId: last.step_id ?? "" };
    return { state: "FAILED", failure, stepsExecuted: steps.length - 1 };
  }
  if (steps.length === planned.length) return { state: "SUCCEEDED", failure: undefined, stepsExecuted: steps.length };
  const message = `The router's process ended before step ${stepId} began; the steps before it had ended.`;
  return { state: "FAILED", failure: { code: "RUN_ABANDONED", message, stepId: "" }, stepsExecuted: steps.length };
}
