import type { Guardrail, GuardrailUse } from "../../gen/ts/nexus/attest/v1/guardrail_pb.ts";
import { Mode } from "../../gen/ts/nexus/attest/v1/plan_pb.ts";
import { safe } from "./output.ts";

/** What a guardrail asks for beyond the policy. */
export function guardrailWords(guardrail: Guardrail): string {
  const { minApprovals, groups, requiredLabels, allowedModes } = guardrail;
  return safe(
    [
      ...(minApprovals === 0 ? [] : [`${minApprovals} approval${minApprovals === 1 ? "" : "s"}`]),
      ...groups.map((group) => `${group.minApprovals} of ${group.group}`),
      ...(allowedModes.length === 0
        ? []
        : [allowedModes.map((mode) => (mode === Mode.APPLY ? "APPLY" : "DRY_RUN")).join(" or ")]),
      ...(guardrail.humansOnly ? ["people only"] : []),
      ...(guardrail.requireSignedApprovals ? ["signed approvals"] : []),
      ...(guardrail.maxApprovalLifetimeSeconds === 0
        ? []
        : [`approvals end after ${guardrail.maxApprovalLifetimeSeconds} s`]),
      ...requiredLabels.map(({ key, values }) => `label ${key}${values.length === 0 ? "" : `=${values.join("|")}`}`),
      ...(guardrail.allowSelfApproval ? [] : ["no self-approval"]),
    ].join(", "),
  );
}

/** Rows of a table: one for each guardrail, with the digest that trust policies name. */
export function guardrailRows(uses: readonly GuardrailUse[], heading = "guardrails"): string[][] {
  return uses.map(({ digest, guardrail }, i) => [
    i === 0 ? heading : "",
    guardrail === undefined ? digest : `${safe(guardrail.name)}: ${guardrailWords(guardrail)} (${digest})`,
  ]);
}
