import { groupsOf } from "./approval.js";
import { digest } from "./digest.js";
import { type Finding, fail, notChecked, PASS, unless } from "./finding.js";
import type { Gate } from "./gate.js";
import type { EventOf, GuardrailUse } from "./log.js";
import type { OpenedPackage } from "./opened-package.js";
import { quorumProblem } from "./quorum.js";
import type { TrustPolicy } from "./trust-policy.js";

// What operators demand beyond the policy, and what they let pass without the quorum.

export function guardrails({ given, history }: Gate, _: OpenedPackage, trust?: TrustPolicy): Finding {
  const { guardrails: atGate = [] } = given;
  const inForce = new Set(atGate.map((use) => use.digest));
  const missing = trust?.requiredGuardrails.find((required) => !inForce.has(required));
  return unless(
    misnamed("attached with the policy", history.attached?.body.value.guardrails),
    misnamed("of the gate", atGate),
    missing === undefined ? "" : `the guardrail ${missing} was not in force at the gate`,
  );
}

function misnamed(which: string, uses: readonly GuardrailUse[] = []): string {
  const digests = new Set<string>();
  for (const [index, { digest: named = "", guardrail = {} }] of uses.entries()) {
    if (named !== digest(guardrail)) return `guardrail ${index} ${which} is not the one that its digest names`;
    if (digests.has(named)) return `guardrail ${index} ${which} stands twice`;
    digests.add(named);
  }
  return "";
}

export function breakGlass(gate: Gate, _: OpenedPackage, trust?: TrustPolicy): Finding {
  if (gate.given.breakGlass === undefined) return PASS;
  if (trust === undefined) return notChecked("no trust policy says which executions by break-glass are accepted");
  switch (trust.acceptedBreakGlass) {
    case "ACCEPTED_BREAK_GLASS_ALL":
      return PASS;
    case "ACCEPTED_BREAK_GLASS_REVIEWED":
      return unless(reviewProblem(gate));
    default:
      return fail("the gate was passed by break-glass, and the trust policy accepts none");
  }
}

/** Why the review does not make up for the quorum; empty if it does. */
function reviewProblem(gate: Gate): string {
  const { history, raised, counting } = gate;
  if (history.reviews.some(({ body }) => body.value.verdict === "REVIEW_VERDICT_UNJUSTIFIED"))
    return "a review says that the execution was not justified";
  const approvers = new Set(counting.map(({ event }) => event.actor.id));
  const reviewers = history.reviews.filter(({ actor }) => !approvers.has(actor.id) && mayReview(gate, actor));
  const problem = quorumProblem(raised, [
    ...counting.map(groupsOf),
    ...reviewers.map(({ body }) => body.value.groups ?? []),
  ]);
  return problem === "" ? "" : `approvals and reviews do not make up for the quorum: ${problem}`;
}

function mayReview({ history, raised }: Gate, { type, id }: EventOf<"executionReviewed">["actor"]): boolean {
  if (id === history.created.actor.id && raised.allowSelfApproval !== true) return false;
  return raised.humansOnly !== true || type === "ACTOR_TYPE_HUMAN";
}
