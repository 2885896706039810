import { countedAtGate, judgedAtGate } from "./at-gate.ts";
import type { Instant } from "./ids.ts";
import { policyInForce } from "./policy-in-force.ts";
import { type GroupProgress, quorum, type Seated } from "./quorum.ts";
import { type Decision, gateOf, type Review } from "./state.ts";

/** Where the review of an execution by break-glass stands. */
export interface ReviewProgress {
  readonly status: ReviewStatus;
  readonly reviewBy: Instant;
  /** How many more reviewers are needed, those for groups included. */
  readonly missing: number;
  /** Those that are not yet represented. */
  readonly groups: readonly GroupProgress[];
  readonly objections: number;
}

export type ReviewStatus = "PENDING" | "OVERDUE" | "APPROVED" | "OBJECTED";

/**
 * The review of a decision by a clock; undefined where none is demanded. It is done as soon as anybody objects, or when the approvals of the gate and the reviewers
 * together would have been the quorum.
 */
export function reviewOf(decision: Decision, now: Instant): ReviewProgress | undefined {
  const gate = gateOf(decision.phase);
  const breakGlass = gate?.gate.breakGlass;
  if (gate === undefined || breakGlass === undefined) return undefined;
  const policy = policyInForce(judgedAtGate(decision, gate));
  if (policy === undefined) return undefined;
  const approvals = countedAtGate(decision, gate);
  const approvers = new Set(approvals.map(({ approver }) => approver.id));
  const reviewers = decision.reviews.filter(
    (review) =>
      review.verdict === "JUSTIFIED" &&
      !approvers.has(review.reviewer.id) &&
      isEligible(review, decision, policy.humansOnly, policy.allowSelfApproval),
  );
  const seated: readonly Seated[] = [...approvals, ...reviewers];
  const { missing, groups } = quorum(policy, seated);
  const objections = decision.reviews.filter(({ verdict }) => verdict === "UNJUSTIFIED").length;
  const { reviewBy } = breakGlass;
  const late = reviewBy <= now ? "OVERDUE" : "PENDING";
  const done = missing === 0 ? "APPROVED" : late;
  return {
    status: objections > 0 ? "OBJECTED" : done,
    reviewBy,
    missing,
    groups: groups.filter(({ have, required }) => have < required),
    objections,
  };
}

function isEligible(
  { reviewer }: Review,
  { requester }: Decision,
  humansOnly: boolean,
  allowSelfApproval: boolean,
): boolean {
  return (!humansOnly || reviewer.type === "HUMAN") && (allowSelfApproval || reviewer.id !== requester.id);
}

/** Whether a review still waits for somebody. */
export function isReviewOpen({ status }: Pick<ReviewProgress, "status">): boolean {
  return status === "PENDING" || status === "OVERDUE";
}
