import type { Adapter, Run as WireRun } from "../../../gen/ts/nexus/attest/v1/router_pb.ts";
import { type AdapterDescription, RouterUnavailable, type Run } from "../../app/router.ts";
import { CodecError } from "../../codec/codec-error.ts";
import { nameOf, RUN_STATES } from "../../codec/enums.ts";
import type { DecisionId } from "../../domain/ids.ts";

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
export function readRun(run: WireRun | undefined, decisionId: DecisionId): Run {
  if (run?.decisionId !== decisionId) throw nonsense("it was asked about a run and answers about another");
  const { runId, adapterId, stepsExecuted, failure, runBundle, runBundleMediaType } = run;
  const state = stateOf(run);
  if (state !== "NOT_STARTED" && !/^[\x21-\x7e]{1,128}$/.test(runId))
    throw nonsense("the run has no run_id of 1 to 128 characters");
  if (failure !== undefined && !/^[A-Z0-9_]{1,64}$/.test(failure.code)) throw nonsense("the failure's code is not one");
  return {
    runId,
    decisionId,
    adapterId,
    state,
    stepsExecuted,
    failure: failure && { code: failure.code, message: failure.message, stepId: failure.stepId },
    bundle: runBundle.length === 0 ? undefined : { bytes: runBundle, mediaType: runBundleMediaType },
  };
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
