import type { Clock } from "../../app/clock.ts";
import type { Run, RunFailure, RunProgress } from "../../app/router.ts";
import type { RunRequest } from "../../domain/run-request.ts";
import type { FailureCode } from "./failure-code.ts";
import { MAX_RUN_BUNDLE_BYTES, RUN_BUNDLE_MEDIA_TYPE, runBundle, stepEntry } from "./run-bundle.ts";
import type { RunLog } from "./run-log.ts";
import { type CallAdapter, type StepResult, simulated } from "./step.ts";

/** A run on record, and how its steps are carried out. */
export interface AcceptedRun {
  readonly runId: string;
  readonly request: RunRequest;
  /** Canonical JSON of the request. */
  readonly requestText: string;
  readonly acceptedAt: number;
  readonly call: CallAdapter;
  /** A dry run for which the adapter has no way of its own. */
  readonly simulate: boolean;
}

/** A failure with one of the codes that docs/routers.md lists. */
export type LocalRunFailure = RunFailure & { readonly code: FailureCode };

/** Room that the bundle needs besides the steps. */
const BUNDLE_FRAME = 512 * 1024;

/**
 * Runs the steps in order; the first failure ends the run. Each step is on record before it begins and after it has ended.
 *
 * @returns the run as ended and recorded.
 */
export async function runPlan(
  { log, clock }: { readonly log: RunLog; readonly clock: Clock },
  run: AcceptedRun,
  signal: AbortSignal,
  onProgress: (progress: RunProgress) => void,
): Promise<Run> {
  const { runId, request } = run;
  const { decisionId, adapterId } = request;
  const planned = request.plan?.steps ?? [];
  const entries: string[] = [];
  let stepsExecuted = 0;
  let failure: LocalRunFailure | undefined;
  let size = run.requestText.length + BUNDLE_FRAME;

  for (const step of planned) {
    if (signal.aborted) {
      failure = { code: "CANCELLED", message: `The run was cancelled before step ${step.stepId} began.`, stepId: "" };
      break;
    }
    report(step.stepId, `step ${step.stepId} begins`);
    const startedAt = clock.now();
    log.stepBegun(decisionId);
    let result: StepResult = run.simulate
      ? simulated()
      : await run.call({
          decisionId,
          step,
          dryRun: request.mode === "DRY_RUN",
          signal,
          onProcess: (process) => log.stepProcess(decisionId, process),
        });
    let entry = stepEntry(step, result, startedAt, clock.now());
    if (size + Buffer.byteLength(entry) > MAX_RUN_BUNDLE_BYTES) {
      const message = `The outputs of the run would exceed ${MAX_RUN_BUNDLE_BYTES} bytes.`;
      result = {
        ...result,
        outcome: "FAILED",
        failure: { code: "OUTPUT_TOO_LARGE", message },
        outputJson: "",
        stderrTail: "",
      };
      entry = stepEntry(step, result, startedAt, clock.now());
    }
    size += Buffer.byteLength(entry);
    log.stepEnded(decisionId, entry);
    entries.push(entry);
    if (result.failure !== undefined) {
      failure = { ...result.failure, stepId: step.stepId };
      break;
    }
    stepsExecuted += 1;
    report(step.stepId, `step ${step.stepId} ended`);
  }
  return endRun(log, run, {
    state: failure === undefined ? "SUCCEEDED" : "FAILED",
    failure,
    stepsExecuted,
    entries,
    endedAt: clock.now(),
  });

  function report(stepId: string, message: string): void {
    onProgress({ runId, stepId, stepsExecuted, stepsTotal: planned.length, message: `${message} on ${adapterId}` });
  }
}

/** Puts the end of a run on record, with its bundle. */
export function endRun(
  log: RunLog,
  run: Omit<AcceptedRun, "call">,
  end: {
    readonly state: "SUCCEEDED" | "FAILED" | "INTERRUPTED";
    readonly failure: LocalRunFailure | undefined;
    readonly stepsExecuted: number;
    readonly entries: readonly string[];
    readonly endedAt: number;
  },
): Run {
  const { runId, request, requestText, acceptedAt, simulate } = run;
  const { state, failure, stepsExecuted, entries, endedAt } = end;
  const { decisionId, adapterId } = request;
  const bytes = runBundle({
    runId,
    request: requestText,
    simulated: simulate,
    startedAt: acceptedAt,
    endedAt,
    outcome: state,
    failure,
    steps: entries,
  });
  log.end(decisionId, {
    state,
    failure: failure === undefined ? "" : JSON.stringify(failure),
    stepsExecuted,
    bundle: bytes,
  });
  return {
    runId,
    decisionId,
    adapterId,
    state,
    stepsExecuted,
    failure,
    bundle: { bytes, mediaType: RUN_BUNDLE_MEDIA_TYPE },
  };
}
