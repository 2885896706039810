import { toJson } from "@bufbuild/protobuf";
import type { Label } from "../../gen/ts/nexus/attest/v1/label_pb.ts";
import { Mode } from "../../gen/ts/nexus/attest/v1/plan_pb.ts";
import { type Policy, PolicyOverridesSchema } from "../../gen/ts/nexus/attest/v1/policy_pb.ts";
import type { TemplateUse } from "../../gen/ts/nexus/attest/v1/template_pb.ts";
import { safe } from "./output.ts";

/** What a policy asks for. */
export function policyWords(policy: Policy): string {
  const groups = policy.groups.map(({ group, minApprovals }) => `${minApprovals} of ${group}`);
  return [
    `${policy.minApprovals} approval${policy.minApprovals === 1 ? "" : "s"}`,
    ...groups,
    policy.allowedModes.map((mode) => (mode === Mode.APPLY ? "APPLY" : "DRY_RUN")).join(" or "),
    ...(policy.maxSteps === 0 ? [] : [`at most ${policy.maxSteps} steps`]),
    ...(policy.allowedAdapters.length === 0 ? [] : [`on ${policy.allowedAdapters.join(" or ")}`]),
    ...(policy.requireAdapterCapabilities.length === 0
      ? []
      : [`adapter with ${policy.requireAdapterCapabilities.join(", ")}`]),
    ...(policy.humansOnly ? ["people only"] : []),
    ...(policy.requireComment ? ["comments required"] : []),
    ...(policy.requireSignedApprovals ? ["signed approvals"] : []),
    ...(policy.maxApprovalLifetimeSeconds === 0 ? [] : [`approvals end after ${policy.maxApprovalLifetimeSeconds} s`]),
    ...(policy.allowSelfApproval ? ["self-approval allowed"] : []),
  ].join(", ");
}

/** Which template a decision's policy came from, and what was tightened. */
export function templateWords({ name, digest, overrides }: TemplateUse): string {
  const changes =
    overrides === undefined
      ? []
      : Object.entries(toJson(PolicyOverridesSchema, overrides) as object).map(
          ([field, value]) => `${field} ${typeof value === "object" ? JSON.stringify(value) : String(value)}`,
        );
  const tightened = changes.length === 0 ? "as it is" : `tightened by ${changes.join(", ")}`;
  return safe(`${name} (${digest}), ${tightened}`);
}

export function labelWords(labels: readonly Label[]): string {
  return labels.map(({ key, value }) => safe(`${key}=${value}`)).join(", ");
}
