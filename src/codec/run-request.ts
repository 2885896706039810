import { create } from "@bufbuild/protobuf";
import { RunRequestSchema, type RunRequest as WireRunRequest } from "../../gen/ts/nexus/attest/v1/router_service_pb.ts";
import type { DecisionId, Digest } from "../domain/ids.ts";
import type { RunRequest } from "../domain/run-request.ts";
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

/** @throws {CodecError} if something that every request has is missing. */
export function fromWireRunRequest(wire: WireRunRequest): RunRequest {
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
