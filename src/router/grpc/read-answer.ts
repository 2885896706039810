import type {
  Adapter,
  RunProgress as WireProgress,
  Run as WireRun,
} from "../../../gen/ts/nexus/attest/v1/router_pb.ts";
import { type AdapterDescription, RouterUnavailable, type Run, type RunProgress } from "../../app/router.ts";
import { CodecError } from "../../codec/codec-error.ts";
import { fromWireEnvelope } from "../../codec/dsse-envelope.ts";
import { nameOf, RUN_STATES } from "../../codec/enums.ts";
import type { DecisionId } from "../../domain/ids.ts";
import type { RunRequest } from "../../domain/run-request.ts";

/**
 * What a router says of an adapter.
 *
 * @throws {RouterUnavailable} if it makes no sense.
 */
export function readAdapter(adapter: Adapter | undefined, adapterId: string): AdapterDescription {
  if (adapter?.adapterId !== adapterId)
    throw nonsense(`it was asked about adapter ${adapterId} and answers about another`);
  const { capabilities, description } = adapter;
  if (capabilities.length > 256 || !capabilities.every((each) => /^[a-z0-9][a-z0-9_.-]{0,62}$/.test(each)))
    throw nonsense(`the capabilities of adapter ${adapterId} are not names`);
  return { adapterId, capabilities: [...new Set(capabilities)].toSorted(), description };
}

/**
 * What a router says of a run.
 *
 * @throws {RouterUnavailable} if it makes no sense: then nothing is known.
 */
export function readRun(run: WireRun | undefined, decisionId: DecisionId, adapterId: string): Run {
  if (run?.decisionId !== decisionId) throw nonsense("it was asked about a run and answers about another");
  const { stepsExecuted, failure, runBundle, runBundleMediaType, signature } = run;
  const state = stateOf(run);
  const runId = state === "NOT_STARTED" ? "" : readRunId(run.runId);
  if (state !== "NOT_STARTED" && run.adapterId !== adapterId)
    throw nonsense(`it was to be carried out by adapter ${adapterId} and it names another`);
  if (state === "SUCCEEDED" && failure !== undefined) throw nonsense("the run succeeded and has a failure");
  if (runBundle.length > 0 && !/^[\x20-\x7e]{1,255}$/.test(runBundleMediaType))
    throw nonsense("the run bundle has no media type of 1 to 255 characters");
  if (failure !== undefined && !/^[A-Z0-9_]{1,64}$/.test(failure.code)) throw nonsense("the failure's code is not one");
  return {
    runId,
    decisionId,
    adapterId,
    state,
    stepsExecuted,
    failure: failure && { code: failure.code, message: failure.message, stepId: failure.stepId },
    bundle: runBundle.length === 0 ? undefined : { bytes: runBundle, mediaType: runBundleMediaType },
    signature: signature && fromWireEnvelope(signature),
  };
}

/** The last word of a run: it has an end, and the id it was accepted with. */
export function readFinished(
  run: WireRun | undefined,
  { decisionId, adapterId }: RunRequest,
  acceptedAs: string | undefined,
): Run {
  const read = readRun(run, decisionId, adapterId);
  if (read.state === "RUNNING" || read.state === "NOT_STARTED") throw nonsense(`a finished run is ${read.state}`);
  if (acceptedAs !== undefined && read.runId !== acceptedAs)
    throw nonsense("the run was accepted under another run_id");
  return read;
}

export function readRunId(runId: string): string {
  if (!/^[\x21-\x7e]{1,128}$/.test(runId)) throw nonsense("the run has no run_id of 1 to 128 characters");
  return runId;
}

/** Progress goes out to everybody who watches: what is too long is cut to the schema's limits. */
export function readProgress({ runId, stepId, stepsExecuted, stepsTotal, message }: WireProgress): RunProgress {
  return {
    runId: cut(runId, 128),
    stepId: cut(stepId, 63),
    stepsExecuted,
    stepsTotal,
    message: cut(message, 1_024),
  };
}

/** At most so many bytes of UTF-8, and no half of a character. */
function cut(text: string, limit: number): string {
  if (text.length <= limit && Buffer.byteLength(text) <= limit) return text;
  const bytes = Buffer.from(text.slice(0, limit)).subarray(0, limit);
  return new TextDecoder().decode(bytes, { stream: true });
}

function stateOf({ state }: WireRun): Run["state"] {
  try {
    return nameOf(RUN_STATES, state, "state");
  } catch (error) {
    if (error instanceof CodecError) throw nonsense(`the run's ${error.message}`);
    throw error;
  }
}

function nonsense(what: string): RouterUnavailable {
  return new RouterUnavailable(`the router's answer makes no sense: ${what}`);
}
