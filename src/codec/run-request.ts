import { create } from "@bufbuild/protobuf";
import { RunRequestSchema, type RunRequest as WireRunRequest } from "../../gen/ts/nexus/attest/v1/router_service_pb.ts";
import type { RunRequest } from "../domain/run-request.ts";
import { MODES } from "./enums.ts";
import { toWireLabels, toWirePlan } from "./request.ts";

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
