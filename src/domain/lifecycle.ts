import { countingApprovals, stands } from "./approvals.ts";
import { type AdapterView, type BlockingReason, blockingReasons } from "./blocking.ts";
import type { Instant } from "./ids.ts";
import { type GroupProgress, quorum } from "./quorum.ts";
import { type Decision, gateOf } from "./state.ts";

/** The states of a decision; the schema's DecisionState says what each means. */
export type LifecycleState =
  | "DRAFT"
  | "PENDING_APPROVAL"
  | "APPROVED"
  | "EXECUTING"
  | "COMPLETED"
  | "FAILED"
  | "REJECTED"
  | "CANCELLED"
  | "OUTCOME_UNKNOWN";

/** Where a decision stands by a clock and by what is known of its adapter. */
export interface Lifecycle {
  readonly state: LifecycleState;
  readonly blockingReasons: readonly BlockingReason[];
  readonly progress: Progress;
  readonly evaluatedAt: Instant;
  readonly headSeq: number;
  /** When time alone may next change it. */
  readonly nextChangeAt: Instant | undefined;
}

export interface Progress {
  readonly approvalsRequired: number;
  readonly approvalsValid: number;
  readonly approvalsMissing: number;
  readonly groups: readonly GroupProgress[];
  readonly stepsTotal: number;
  readonly stepsExecuted: number;
}

/** Judges a decision. Pure: the clock and the adapter are arguments. */
export function lifecycle(decision: Decision, now: Instant, adapter: AdapterView): Lifecycle {
  return {
    state: stateOf(decision, now),
    blockingReasons: blockingReasons(decision, now, adapter),
    progress: progressOf(decision, now),
    evaluatedAt: now,
    headSeq: decision.head.seq,
    nextChangeAt: nextChangeAt(decision, now),
  };
}

/** The state by a clock. */
export function stateOf(decision: Decision, now: Instant): LifecycleState {
  switch (decision.phase.kind) {
    case "open": {
      const policy = decision.policy?.policy;
      if (policy === undefined) return "DRAFT";
      return quorum(policy, countingApprovals(decision, now)).missing === 0 ? "APPROVED" : "PENDING_APPROVAL";
    }
    case "gated":
    case "started":
      return "EXECUTING";
    case "completed":
      return "COMPLETED";
    case "failed":
      return "FAILED";
    case "rejected":
      return "REJECTED";
    case "cancelled":
      return "CANCELLED";
    case "unknown":
      return "OUTCOME_UNKNOWN";
  }
}

/** How far it is by a clock; behind the gate, the approvals are those that stood there. */
export function progressOf(decision: Decision, now: Instant): Progress {
  const { policy, phase, created } = decision;
  const at = gateOf(phase)?.gatedAt ?? now;
  const judged =
    policy === undefined
      ? { required: 0, have: 0, missing: 0, groups: [] }
      : quorum(policy.policy, countingApprovals(decision, at));
  return {
    approvalsRequired: judged.required,
    approvalsValid: judged.have,
    approvalsMissing: judged.missing,
    groups: judged.groups,
    stepsTotal: created.plan?.steps.length ?? 0,
    stepsExecuted: phase.kind === "completed" || phase.kind === "failed" ? phase.outcome.stepsExecuted : 0,
  };
}

/** When an approval that stands now expires next, while that still matters. */
export function nextChangeAt(decision: Decision, now: Instant): Instant | undefined {
  if (decision.phase.kind !== "open") return undefined;
  let next: Instant | undefined;
  for (const approval of decision.approvals) {
    const { expiresAt } = approval;
    if (expiresAt === undefined || !stands(approval, now)) continue;
    if (next === undefined || expiresAt < next) next = expiresAt;
  }
  return next;
}
