import { countingApprovals, stands } from "./approvals.ts";
import { judgedAtGate } from "./at-gate.ts";
import type { BlockingReason } from "./blocking.ts";
import type { Instant } from "./ids.ts";
import { KEYS_SET_ASIDE, type KeyView, keyLostAt } from "./key-view.ts";
import { policyInForce } from "./policy-in-force.ts";
import { type GroupProgress, quorum } from "./quorum.ts";
import { isReviewOpen, type ReviewProgress, reviewOf } from "./review.ts";
import { type Decision, gateOf } from "./state.ts";
import { blockingReasons, type World } from "./triage-ladder.ts";

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
  /** Undefined unless it was executed by break-glass. */
  readonly review: ReviewProgress | undefined;
}

export interface Progress {
  readonly approvalsRequired: number;
  readonly approvalsValid: number;
  readonly approvalsMissing: number;
  readonly groups: readonly GroupProgress[];
  readonly stepsTotal: number;
  readonly stepsExecuted: number;
}

/** Judges a decision. Pure: the clock and all that is known of the world are arguments. */
export function lifecycle(decision: Decision, now: Instant, world: World): Lifecycle {
  const { keys } = world;
  return {
    state: stateOf(decision, now, keys),
    blockingReasons: blockingReasons(decision, now, world),
    progress: progressOf(decision, now, keys),
    evaluatedAt: now,
    headSeq: decision.head.seq,
    nextChangeAt: nextChangeAt(decision, now, keys),
    review: reviewOf(decision, now),
  };
}

/** The state by a clock. */
export function stateOf(decision: Decision, now: Instant, keys: KeyView): LifecycleState {
  switch (decision.phase.kind) {
    case "open": {
      const policy = policyInForce(decision);
      if (policy === undefined) return "DRAFT";
      return quorum(policy, countingApprovals(decision, now, keys)).missing === 0 ? "APPROVED" : "PENDING_APPROVAL";
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
export function progressOf(decision: Decision, now: Instant, keys: KeyView): Progress {
  const { phase, created } = decision;
  const gate = gateOf(phase);
  const judgedBy = gate === undefined ? decision : judgedAtGate(decision, gate);
  const policy = policyInForce(judgedBy);
  const counting =
    gate === undefined
      ? countingApprovals(decision, now, keys)
      : countingApprovals(judgedBy, gate.gatedAt, KEYS_SET_ASIDE);
  const judged = policy === undefined ? { required: 0, have: 0, missing: 0, groups: [] } : quorum(policy, counting);
  return {
    approvalsRequired: judged.required,
    approvalsValid: judged.have,
    approvalsMissing: judged.missing,
    groups: judged.groups,
    stepsTotal: created.plan?.steps.length ?? 0,
    stepsExecuted: phase.kind === "completed" || phase.kind === "failed" ? phase.outcome.stepsExecuted : 0,
  };
}

/**
 * When time alone changes something next: an approval that stands now ends, while that still matters (it expires, or for a clock in the past its key was revoked), or a
 * review becomes overdue.
 */
export function nextChangeAt(decision: Decision, now: Instant, keys: KeyView): Instant | undefined {
  const review = reviewOf(decision, now);
  if (review !== undefined) return isReviewOpen(review) && review.reviewBy > now ? review.reviewBy : undefined;
  if (decision.phase.kind !== "open") return undefined;
  let next: Instant | undefined;
  for (const approval of decision.approvals) {
    if (!stands(approval, now, keys)) continue;
    for (const end of [approval.expiresAt, keyLostAt(approval, keys)])
      if (end !== undefined && (next === undefined || end < next)) next = end;
  }
  return next;
}
