import type { AttachPolicyRequest, CreateDecisionRequest } from "../../gen/ts/nexus/attest/v1/decision_service_pb.ts";
import { fromWireOverrides, fromWirePolicy } from "../codec/policy.ts";
import type { PolicySource } from "../domain/policy-source.ts";

/** Where a request wants its policy from; undefined: it wants none yet. */
export function policySourceOf({
  policySource,
}: Pick<CreateDecisionRequest | AttachPolicyRequest, "policySource">): PolicySource | undefined {
  switch (policySource.case) {
    case undefined:
      return undefined;
    case "policy":
      return { type: "POLICY_ATTACHED", policy: fromWirePolicy(policySource.value), template: undefined };
    case "template": {
      const { name, overrides } = policySource.value;
      return { type: "NAMED_TEMPLATE", name, overrides: fromWireOverrides(overrides) };
    }
    case "matchLabels":
      return { type: "MATCHING_TEMPLATE", overrides: fromWireOverrides(policySource.value.overrides) };
  }
}
