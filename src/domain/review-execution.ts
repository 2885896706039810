import { judgedAtGate } from "./at-gate.ts";
import type { CommandContext, ReviewExecution } from "./command.ts";
import { isSamePerson, NO_DUTIES } from "./duties.ts";
import { MAX_STANDING_APPROVALS } from "./limits.ts";
import { approverOf, executorOf, partyIn, requesterOf, reviewerOf } from "./parties.ts";
import { policyInForce } from "./policy-in-force.ts";
import { isReviewOpen, reviewOf } from "./review.ts";
import { type Decision, gateOf } from "./state.ts";
import { accept, reject, type Verdict } from "./verdict.ts";

/** A review of an execution by break-glass: by somebody who could have approved it, and did not execute it. */
export function reviewExecution(command: ReviewExecution, decision: Decision, context: CommandContext): Verdict {
  const { actor, at, groups, duties = NO_DUTIES } = context;
  const gate = gateOf(decision.phase);
  const review = reviewOf(decision, at);
  if (gate === undefined || review === undefined)
    return reject("NOTHING_TO_REVIEW", "The decision was not executed by break-glass: there is nothing to review.");
  if (!isReviewOpen(review))
    return reject(
      "NOTHING_TO_REVIEW",
      `Its review is done: ${review.status === "APPROVED" ? "approved" : "objected to"}.`,
    );
  const party = partyIn(context);
  if (isSamePerson(executorOf(gate), party, duties))
    return reject(
      "REVIEWER_IS_EXECUTOR",
      `${actor.id} executed this decision, or is one with ${gate.executor.id}, who did: somebody else has to review it.`,
    );
  const earlier = decision.reviews.find((other) => isSamePerson(reviewerOf(other), party, duties));
  if (earlier !== undefined)
    return reject("ALREADY_REVIEWED", `${earlier.reviewer.id} has reviewed it already (seq ${earlier.seq}).`);
  const relied = decision.approvals.find(
    (a) => gate.gate.approvalDigests.includes(a.digest) && isSamePerson(approverOf(a), party, duties),
  );
  if (relied !== undefined && command.verdict === "JUSTIFIED")
    return reject(
      "ALREADY_APPROVED",
      `${relied.approver.id} approved it before the gate (seq ${relied.seq}), which the review counts already.`,
      { approval_seq: `${relied.seq}` },
    );
  const policy = policyInForce(judgedAtGate(decision, gate));
  if (policy?.humansOnly === true && actor.type !== "HUMAN")
    return reject("HUMAN_REQUIRED", `The policy wants people as approvers; ${actor.id} is a system.`);
  if (policy?.allowSelfApproval !== true && isSamePerson(requesterOf(decision), party, duties))
    return reject("SELF_APPROVAL", `${actor.id} requested this decision; the policy does not allow self-approval.`);
  if (decision.reviews.length >= MAX_STANDING_APPROVALS)
    return reject("TOO_MANY_APPROVALS", `${MAX_STANDING_APPROVALS} people have reviewed it already.`, {
      max_standing_approvals: `${MAX_STANDING_APPROVALS}`,
    });
  const { verdict, comment } = command;
  return accept({ type: "EXECUTION_REVIEWED", verdict, comment, groups: groups.toSorted() });
}
