import type { Actor } from "./actor.ts";
import { countingApprovals, keyRevokedApprovals, lapsedApprovals } from "./approvals.ts";
import type { Instant } from "./ids.ts";
import { type KeyView, keyIdOf, keyLostAt } from "./key-view.ts";
import type { Policy } from "./policy.ts";
import { type GroupProgress, quorum } from "./quorum.ts";
import type { Mode } from "./request.ts";
import { type Decision, gateOf } from "./state.ts";

/** Why a decision cannot be executed now: a code of the triage ladder, words for people, and the facts behind it. */
export type BlockingReason = { readonly message: string } & (
  | {
      readonly code:
        | "NO_POLICY"
        | "ALREADY_EXECUTED"
        | "EXECUTION_FAILED"
        | "REJECTED"
        | "CANCELLED"
        | "IMPORTED"
        | "EXECUTING"
        | "OUTCOME_UNKNOWN";
    }
  | { readonly code: "MODE_NOT_ALLOWED"; readonly mode: Mode; readonly allowedModes: readonly Mode[] }
  | { readonly code: "TOO_MANY_STEPS"; readonly steps: number; readonly maxSteps: number }
  | { readonly code: "ADAPTER_CAPABILITY_MISSING"; readonly adapterId: string; readonly missing: readonly string[] }
  | {
      readonly code: "ADAPTER_UNKNOWN" | "ADAPTER_NOT_ALLOWED";
      readonly adapterId: string;
      readonly allowedAdapters: readonly string[];
    }
  | { readonly code: "APPROVAL_EXPIRED"; readonly approvals: readonly ExpiredApproval[] }
  | { readonly code: "APPROVAL_KEY_REVOKED"; readonly approvals: readonly KeyRevokedApproval[] }
  | {
      readonly code: "MISSING_APPROVALS";
      readonly required: number;
      readonly have: number;
      readonly missing: number;
      readonly groups: readonly GroupProgress[];
    }
);

export type BlockingCode = BlockingReason["code"];

export interface ExpiredApproval {
  readonly approver: Actor;
  readonly expiredAt: Instant;
}

export interface KeyRevokedApproval {
  readonly approver: Actor;
  readonly keyId: string;
  readonly revokedAt: Instant;
}

/** What is known of the adapter that would carry the decision out. */
export type AdapterView =
  | { readonly kind: "known"; readonly adapterId: string; readonly capabilities: readonly string[] }
  /** No router has it, or its router did not answer. */
  | { readonly kind: "unknown"; readonly adapterId: string; readonly why: string }
  /** The request leaves the choice to whoever executes: judged at the gate. */
  | { readonly kind: "unchosen" };

/** The view of an adapter that nobody has asked about. */
export function notAsked(adapterId: string): AdapterView {
  return { kind: "unknown", adapterId, why: "its router was not asked." };
}

/** Everything that stands between a decision and its execution, in the order of the triage ladder. */
export function blockingReasons(
  decision: Decision,
  now: Instant,
  adapter: AdapterView,
  keys: KeyView,
): readonly BlockingReason[] {
  const policy = decision.policy?.policy;
  return [
    ...(policy === undefined ? [{ code: "NO_POLICY", message: draftMessage(decision) } as const] : []),
    ...phaseReasons(decision),
    // What follows was judged at the gate and no longer applies behind it.
    ...(policy === undefined || gateOf(decision.phase) !== undefined
      ? []
      : [
          ...requestReasons(decision, policy),
          ...adapterReasons(decision, policy, adapter),
          ...approvalReasons(decision, policy, now, keys),
        ]),
  ];
}

function draftMessage({ phase }: Decision): string {
  return phase.kind === "open" ? "No policy is attached: attach one first." : "No policy was attached.";
}

function phaseReasons({ phase }: Decision): readonly BlockingReason[] {
  switch (phase.kind) {
    case "open":
      return [];
    case "completed":
      return [{ code: "ALREADY_EXECUTED", message: "It has been executed; a decision is executed once." }];
    case "failed":
      return [{ code: "EXECUTION_FAILED", message: "Its execution failed: to retry, make a new decision." }];
    case "rejected":
      return [{ code: "REJECTED", message: "An approver rejected it." }];
    case "cancelled":
      return [{ code: "CANCELLED", message: "The requester cancelled it." }];
    case "gated":
    case "started":
      return [{ code: "EXECUTING", message: "It is being executed." }];
    case "unknown":
      return [
        { code: "OUTCOME_UNKNOWN", message: "It was started and nobody can say how it ended: settle the execution." },
      ];
  }
}

function requestReasons({ created }: Decision, policy: Policy): readonly BlockingReason[] {
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

function adapterReasons(decision: Decision, policy: Policy, adapter: AdapterView): readonly BlockingReason[] {
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

function approvalReasons(decision: Decision, policy: Policy, now: Instant, keys: KeyView): readonly BlockingReason[] {
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
