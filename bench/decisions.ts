import { randomUUID } from "node:crypto";
import { create, type DescMessage, fromBinary, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import {
  CreateDecisionRequestSchema,
  CreateDecisionResponseSchema,
  GrantApprovalRequestSchema,
} from "../gen/ts/nexus/attest/v1/decision_service_pb.ts";
import { Mode } from "../gen/ts/nexus/attest/v1/plan_pb.ts";
import type { Call } from "./wire.ts";

export const DECISION_SERVICE = "/nexus.attest.v1.DecisionService";

/** Creates so many decisions that wait for two approvals. @returns their ids. */
export async function createDecisions(call: Call, count: number): Promise<readonly string[]> {
  const one = async (): Promise<string> => {
    const request = encode(CreateDecisionRequestSchema, {
      requestId: randomUUID(),
      goal: "raise the limit",
      mode: Mode.DRY_RUN,
      labels: [{ key: "team", value: "payments" }],
      policySource: { case: "policy", value: { minApprovals: 2, allowedModes: [Mode.DRY_RUN] } },
    });
    const answer = await call(`${DECISION_SERVICE}/CreateDecision`, "human:bob", request);
    return fromBinary(CreateDecisionResponseSchema, answer).decision?.decisionId ?? "";
  };
  return await Promise.all(Array.from({ length: count }, one));
}

export function grantRequest(decisionId: string): Buffer {
  return encode(GrantApprovalRequestSchema, { decisionId, comment: "looks right" });
}

/** Made once, sent many times. */
export function encode<Desc extends DescMessage>(schema: Desc, init: MessageInitShape<Desc>): Buffer {
  return Buffer.from(toBinary(schema, create(schema, init)));
}
