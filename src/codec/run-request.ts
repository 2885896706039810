import { create, fromJson, type JsonValue, toJson } from "@bufbuild/protobuf";
import { RunRequestSchema, type RunRequest as WireRunRequest } from "../../gen/ts/nexus/attest/v1/router_service_pb.ts";
import type { DecisionId, Digest } from "../domain/ids.ts";
import type { RunRequest } from "../domain/run-request.ts";
import { canonicalJson, parseJson } from "./canonical-json.ts";
import { CodecError } from "./codec-error.ts";
import { MODES, nameOf } from "./enums.ts";
import { fromWireLabels, fromWirePlan, toWireLabels, toWirePlan } from "./request.ts";

export function toWireRunRequest(request: RunRequest): WireRunRequest {
  const { decisionId, adapterId, goal, maxSteps, requestDigest, policyDigest, approvalDigests } = request;
  const wire = create(RunRequestSchema, {
    decisionId,
    adapterId,
    mode: MODES[request.mode],
    goal,
    maxSteps,
    labels: toWireLabels(request.labels),
    requestDigest,
    policyDigest,
    approvalDigests: [...approvalDigests],
  });
  if (request.plan !== undefined) wire.plan = toWirePlan(request.plan);
  return wire;
}

/** The canonical JSON of what a router is asked to run: its digest is taken of exactly this text. */
export function encodeRunRequest(request: RunRequest): string {
  return canonicalJson(toJson(RunRequestSchema, toWireRunRequest(request)));
}

/**
 * Reads such a text.
 *
 * @throws {CodecError} if it is none, or something that every request has is missing.
 */
export function decodeRunRequest(text: string): RunRequest {
  const json = parseJson(text) as JsonValue;
  try {
    return fromWireRunRequest(fromJson(RunRequestSchema, json));
  } catch (cause) {
    throw cause instanceof CodecError ? cause : new CodecError((cause as Error).message, { cause });
  }
}

function fromWireRunRequest(wire: WireRunRequest): RunRequest {
  return {
    decisionId: wire.decisionId as DecisionId,
    adapterId: wire.adapterId,
    mode: nameOf(MODES, wire.mode, "mode"),
    goal: wire.goal,
    plan: wire.plan === undefined ? undefined : fromWirePlan(wire.plan),
    maxSteps: wire.maxSteps,
    labels: fromWireLabels(wire.labels),
    requestDigest: wire.requestDigest as Digest,
    policyDigest: wire.policyDigest as Digest,
    approvalDigests: wire.approvalDigests as Digest[],
  };
}
