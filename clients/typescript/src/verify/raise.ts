import type { GuardrailUse, Policy } from "./log.js";

/** A policy raised by guardrails, one after the other: docs/audit-package.md, "guardrails". */
export function raised(policy: Policy, uses: readonly GuardrailUse[]): Policy {
  return uses.reduce((before, { guardrail = {} }) => raisedBy(before, guardrail), policy);
}

type Guardrail = NonNullable<GuardrailUse["guardrail"]>;

function raisedBy(policy: Policy, guardrail: Guardrail): Policy {
  const modes = new Set(guardrail.allowedModes);
  const { allowedModes = [] } = policy;
  return {
    ...policy,
    minApprovals: Math.max(policy.minApprovals ?? 0, guardrail.minApprovals ?? 0),
    allowedModes: modes.size === 0 ? allowedModes : allowedModes.filter((mode) => modes.has(mode)),
    allowSelfApproval: policy.allowSelfApproval === true && guardrail.allowSelfApproval === true,
    humansOnly: policy.humansOnly === true || guardrail.humansOnly === true,
    requireSignedApprovals: policy.requireSignedApprovals === true || guardrail.requireSignedApprovals === true,
    groups: groups(policy.groups, guardrail.groups),
    maxApprovalLifetimeSeconds: shorter(policy.maxApprovalLifetimeSeconds, guardrail.maxApprovalLifetimeSeconds),
  };
}

function groups(policy: Policy["groups"] = [], guardrail: Guardrail["groups"] = []): NonNullable<Policy["groups"]> {
  const seats = new Map<string, number>();
  for (const { group = "", minApprovals = 0 } of [...policy, ...guardrail])
    seats.set(group, Math.max(seats.get(group) ?? 0, minApprovals));
  return Array.from(seats, ([group, minApprovals]) => ({ group, minApprovals }));
}

/** 0 is no limit. */
function shorter(policy = 0, guardrail = 0): number {
  return policy === 0 || guardrail === 0 ? Math.max(policy, guardrail) : Math.min(policy, guardrail);
}
