import { countingApprovals, keyRevokedApprovals, lapsedApprovals } from "./approvals.ts";
import { type AdapterView, type BlockingReason, notAsked } from "./blocking.ts";
import type { Instant } from "./ids.ts";
import { type KeyView, keyIdOf, keyLostAt } from "./key-view.ts";
import type { Policy } from "./policy.ts";
import { quorum } from "./quorum.ts";
import type { Decision } from "./state.ts";

/** What of the request itself a policy does not allow. */
export function requestReasons({ created }: Decision, policy: Policy): readonly BlockingReason[] {
  const reasons: BlockingReason[] = [];
  if (!policy.allowedModes.includes(created.mode))
    reasons.push({
      code: "MODE_NOT_ALLOWED",
      message: `The policy does not allow ${created.mode}, only ${policy.allowedModes.join(" and ")}.`,
      mode: created.mode,
      allowedModes: policy.allowedModes,
    });
  const steps = created.plan?.steps.length ?? 0;
  if (policy.maxSteps > 0 && steps > policy.maxSteps)
    reasons.push({
      code: "TOO_MANY_STEPS",
      message: `The plan has ${steps} steps, the policy allows ${policy.maxSteps}.`,
      steps,
      maxSteps: policy.maxSteps,
    });
  return reasons;
}

/** What a policy does not allow of the adapter. */
export function adapterReasons(decision: Decision, policy: Policy, adapter: AdapterView): readonly BlockingReason[] {
  const { created } = decision;
  const { allowedAdapters } = policy;
  // Whatever adapter somebody has in mind: nobody approved a run on it.
  if (created.adapterId === "" && allowedAdapters.length === 0)
    return [
      {
        code: "ADAPTER_UNKNOWN",
        message: "The request names no adapter and the policy lists none to choose from: it cannot be executed.",
        adapterId: "",
        allowedAdapters,
      },
    ];
  if (adapter.kind === "unchosen")
    return created.adapterId === "" ? [] : adapterReasons(decision, policy, notAsked(created.adapterId));
  const { adapterId } = adapter;
  const reasons: BlockingReason[] = [];
  if (adapter.kind === "unknown") {
    reasons.push({
      code: "ADAPTER_UNKNOWN",
      message: `The capabilities of adapter ${adapterId} could not be learned: ${adapter.why}`,
      adapterId,
      allowedAdapters,
    });
  } else {
    const needed = new Set(policy.requireAdapterCapabilities);
    if (created.mode === "APPLY") needed.add("apply");
    const missing = [...needed.difference(new Set(adapter.capabilities))];
    if (missing.length > 0)
      reasons.push({
        code: "ADAPTER_CAPABILITY_MISSING",
        message: `Adapter ${adapterId} does not declare ${missing.join(", ")}.`,
        adapterId,
        missing,
      });
  }
  if (allowedAdapters.length > 0 && !allowedAdapters.includes(adapterId))
    reasons.push({
      code: "ADAPTER_NOT_ALLOWED",
      message: `The policy does not allow adapter ${adapterId}, only ${allowedAdapters.join(", ")}.`,
      adapterId,
      allowedAdapters,
    });
  return reasons;
}

/** Which approvals a policy misses. The approvals are counted by the decision's own policy, so that has to be the same. */
export function approvalReasons(
  decision: Decision,
  policy: Policy,
  now: Instant,
  keys: KeyView,
): readonly BlockingReason[] {
  const counting = countingApprovals(decision, now, keys);
  const { required, have, missing, groups } = quorum(policy, counting);
  if (missing === 0) return [];
  const reasons: BlockingReason[] = [];
  const lapsed = lapsedApprovals(decision, now, keys);
  if (quorum(policy, [...counting, ...lapsed]).missing === 0)
    reasons.push({
      code: "APPROVAL_EXPIRED",
      message: `There would be enough approvals had those of ${lapsed.map((a) => a.approver.id).join(", ")} not expired.`,
      approvals: lapsed.map((a) => ({ approver: a.approver, expiredAt: a.expiresAt ?? now })),
    });
  const keyless = keyRevokedApprovals(decision, now, keys);
  if (keyless.length > 0)
    reasons.push({
      code: "APPROVAL_KEY_REVOKED",
      message: `The keys that signed the approvals of ${keyless.map((a) => a.approver.id).join(", ")} have been revoked: those approvals do not count, and have to be given again with other keys.`,
      approvals: keyless.map((a) => ({
        approver: a.approver,
        keyId: a.signature === undefined ? "" : keyIdOf(a.signature),
        revokedAt: keyLostAt(a, keys) ?? now,
      })),
    });
  const short = groups.filter((group) => group.have < group.required);
  const inGroups = short.map((g) => `${g.required - g.have} of group ${g.group}`).join(", ");
  reasons.push({
    code: "MISSING_APPROVALS",
    message: `${required} approval${required === 1 ? "" : "s"} needed, ${have} standing, ${missing} missing${inGroups === "" ? "" : ` (${inGroups})`}.`,
    required,
    have,
    missing,
    groups: short,
  });
  return reasons;
}
