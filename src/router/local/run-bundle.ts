import { canonicalJson, parseJson } from "../../codec/canonical-json.ts";
import type { PlanStep } from "../../domain/request.ts";
import { digestOf } from "../../evidence/digest.ts";
import type { StepResult } from "./step.ts";

export const RUN_BUNDLE_VERSION = "nexus.attest/local-run/v1";
export const RUN_BUNDLE_MEDIA_TYPE = "application/vnd.nexus-attest.local-run+json";

/** Largest run bundle, in bytes: a run whose outputs would make it larger fails. */
export const MAX_RUN_BUNDLE_BYTES = 8 * 1024 * 1024;

/** A step's part of the run bundle, as JSON text. */
export function stepEntry(step: PlanStep, result: StepResult, startedAt: number, endedAt: number): string {
  const { outcome, failure, outputJson, exitCode, httpStatus, stderrTail } = result;
  return JSON.stringify({
    step_id: step.stepId,
    tool: step.call.tool,
    method: step.call.method,
    arguments_json: step.call.argumentsJson,
    outcome,
    started_at: new Date(startedAt).toISOString(),
    ended_at: new Date(endedAt).toISOString(),
    ...(exitCode === undefined ? {} : { exit_code: exitCode }),
    ...(httpStatus === undefined ? {} : { http_status: httpStatus }),
    ...(outputJson === "" ? {} : { output_json: outputJson, output_digest: digestOf(outputJson) }),
    ...(stderrTail === "" ? {} : { stderr_tail: stderrTail }),
    ...(failure === undefined ? {} : { failure_code: failure.code, failure_message: failure.message }),
  });
}

/** The run bundle: the canonical JSON of what the router has on record. docs/routers.md describes it. */
export function runBundle(run: {
  readonly runId: string;
  /** Canonical JSON of the RunRequest. */
  readonly request: string;
  readonly simulated: boolean;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly outcome: string;
  readonly failure: { readonly code: string; readonly message: string; readonly stepId: string } | undefined;
  readonly steps: readonly string[];
}): Uint8Array {
  const { runId, request, simulated, startedAt, endedAt, outcome, failure, steps } = run;
  const text = canonicalJson({
    bundle_version: RUN_BUNDLE_VERSION,
    run_id: runId,
    request: parseJson(request),
    request_digest: digestOf(request),
    simulated,
    started_at: new Date(startedAt).toISOString(),
    ended_at: new Date(endedAt).toISOString(),
    outcome,
    ...(failure === undefined
      ? {}
      : { failure: { code: failure.code, message: failure.message, step_id: failure.stepId } }),
    steps: steps.map(parseJson),
  });
  return new TextEncoder().encode(text);
}
