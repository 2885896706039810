import { expiryOf, hasExpired, ineligibility, stands } from "./approvals.ts";
import type {
  Command,
  CommandContext,
  CreateDecision,
  GrantApproval,
  RevokeApproval,
  SignatureCheck,
} from "./command.ts";
import { contradictionInPolicy, contradictionInRequest } from "./contradiction.ts";
import { isSamePerson, NO_DUTIES } from "./duties.ts";
import type { ApprovalGranted, DecisionCreated, EventBody } from "./event.ts";
import { gateOfExecution } from "./gate.ts";
import { neverMet } from "./guardrail-reasons.ts";
import { EVENTS_KEPT_FOR_THE_END, MAX_EVENTS, MAX_STANDING_APPROVALS } from "./limits.ts";
import { outcomeOf, startOf } from "./outcome.ts";
import { approverOf, partyIn, requesterOf } from "./parties.ts";
import type { Policy } from "./policy.ts";
import { guardrailsFor, policyInForce, underGuardrails } from "./policy-in-force.ts";
import { type PolicySource, policyFrom } from "./policy-source.ts";
import { requestDigestOf } from "./request-digest.ts";
import { reviewExecution } from "./review-execution.ts";
import { type Decision, gateOf, isTerminal } from "./state.ts";
import { accept, closed, reject, underWay, type Verdict } from "./verdict.ts";

/** Judges a command against a decision (undefined: there is none yet). Pure: time, digests and the adapter come with the context. */
export function decide(command: Command, decision: Decision | undefined, context: CommandContext): Verdict {
  if (command.type === "CREATE_DECISION") return create(command, decision, context);
  if (decision === undefined) return reject("DECISION_NOT_FOUND", `There is no decision ${context.decisionId}.`);
  switch (command.type) {
    case "ATTACH_POLICY":
      return beforeTheGate(decision, () =>
        decision.policy === undefined
          ? roomFor(decision, () => attach(command.policy, decision.created, context))
          : reject("POLICY_ALREADY_ATTACHED", "A policy attaches once, and this decision has one."),
      );
    case "GRANT_APPROVAL":
      return underPolicy(decision, (policy) => roomFor(decision, () => grant(command, decision, policy, context)));
    case "REVOKE_APPROVAL":
      return beforeTheGate(decision, () => roomFor(decision, () => revoke(command, decision, context)));
    case "REJECT_DECISION":
      return underPolicy(decision, () => accept({ type: "DECISION_REJECTED", reason: command.reason }));
    case "CANCEL_DECISION":
      return beforeTheGate(decision, () =>
        decision.requester.id === context.actor.id
          ? accept({ type: "DECISION_CANCELLED", reason: command.reason })
          : reject(
              "NOT_THE_REQUESTER",
              `Only ${decision.requester.id}, who requested it, can cancel; an approver can reject.`,
            ),
      );
    case "REQUEST_EXECUTION":
      return gateOfExecution(command, decision, context);
    case "REVIEW_EXECUTION":
      return reviewExecution(command, decision, context);
    case "START_EXECUTION":
      return startOf(command, decision, context.at);
    case "RECORD_OUTCOME":
    case "STATE_OUTCOME":
      return outcomeOf(command, decision);
  }
}

function create({ created, policy }: CreateDecision, decision: Decision | undefined, context: CommandContext): Verdict {
  if (decision !== undefined)
    return reject(
      "REQUEST_ID_REUSED",
      `Decision ${decision.decisionId} was created with this request_id and other content.`,
    );
  const contradiction = contradictionInRequest(created);
  if (contradiction !== undefined) return reject("INVALID_REQUEST", contradiction);
  return policy === undefined ? accept(created) : attach(policy, created, context, created);
}

/** Attaches the policy of a request, right after the events that come with it, and records the guardrails that are for it. */
function attach(
  source: PolicySource,
  created: DecisionCreated,
  { templates = [], guardrails: configured = [] }: CommandContext,
  ...before: readonly EventBody[]
): Verdict {
  const attached = policyFrom(source, created.labels, templates);
  if ("rejection" in attached) return { accepted: false, rejection: attached.rejection };
  const contradiction = contradictionInPolicy(attached.policy);
  if (contradiction !== undefined) return reject("INVALID_REQUEST", contradiction);
  const guardrails = guardrailsFor({ created, policy: attached }, "", configured);
  const rejection = neverMet(created, attached.policy, guardrails);
  if (rejection !== undefined) return { accepted: false, rejection };
  return accept(...before, guardrails.length === 0 ? attached : { ...attached, guardrails });
}

function grant(command: GrantApproval, decision: Decision, policy: Policy, context: CommandContext): Verdict {
  const { actor, at, keys, duties = NO_DUTIES } = context;
  const standing = decision.approvals.find(
    (a) => stands(a, at, keys) && isSamePerson(approverOf(a), partyIn(context), duties),
  );
  if (standing !== undefined)
    return reject(
      "ALREADY_APPROVED",
      `${actor.id} has approved already${standing.approver.id === actor.id ? "" : ` as ${standing.approver.id}`} (seq ${standing.seq}); revoke that approval first.`,
      { approval_seq: `${standing.seq}` },
    );
  if (decision.approvals.filter((approval) => stands(approval, at, keys)).length >= MAX_STANDING_APPROVALS)
    return reject(
      "TOO_MANY_APPROVALS",
      `${MAX_STANDING_APPROVALS} approvals stand already, and no policy asks for more.`,
      { max_standing_approvals: `${MAX_STANDING_APPROVALS}` },
    );
  if (command.expiresAt !== undefined && command.expiresAt <= at)
    return reject(
      "EXPIRY_NOT_IN_FUTURE",
      `expires_at is not in the future: it is ${new Date(at).toISOString()} here.`,
      {
        server_time: new Date(at).toISOString(),
      },
    );
  const requestDigest = requestDigestOf(decision, context);
  if (command.shownDigest !== undefined && command.shownDigest !== requestDigest)
    return reject(
      "REQUEST_DIGEST_MISMATCH",
      `What was shown to the approver (${command.shownDigest}) is not what this decision asks for (${requestDigest}).`,
      { request_digest: requestDigest },
    );
  const granted = {
    type: "APPROVAL_GRANTED" as const,
    comment: command.comment,
    expiresAt: expiryOf(command, policy, at),
    requestDigest,
    groups: context.groups.toSorted(),
    signature: command.signature,
  } satisfies ApprovalGranted;
  // An approval that no gate would count now is refused right away.
  const guardrails = guardrailsFor(decision, "", context.guardrails ?? []);
  const raised = policyInForce(underGuardrails(decision, guardrails)) ?? policy;
  const isOwn = !raised.allowSelfApproval && isSamePerson(requesterOf(decision), partyIn(context), duties);
  const why = isOwn
    ? "SELF_APPROVAL"
    : ineligibility(raised, decision.requester, { ...granted, approver: actor, grantedAt: at });
  switch (why) {
    case undefined:
      return command.signature === undefined ? accept(granted) : signed(granted, context.signature);
    case "SELF_APPROVAL":
      return reject(
        why,
        `${actor.id} requested this decision${decision.requester.id === actor.id ? "" : `, as ${decision.requester.id} or for them`}; the policy does not allow self-approval.`,
      );
    case "HUMAN_REQUIRED":
      return reject(why, `The policy wants people as approvers; ${actor.id} is a system.`);
    case "COMMENT_REQUIRED":
      return reject(why, "The policy wants a comment on every approval.");
    case "APPROVAL_LIFETIME_TOO_LONG": {
      const longest = raised.maxApprovalLifetimeSeconds;
      return reject(
        why,
        command.expiresAt === undefined
          ? `The policy lets an approval live ${longest} seconds at most: ${command.signature === undefined ? "this" : "a signed"} one has to name its own expires_at.`
          : `The policy lets an approval live ${longest} seconds at most.`,
        { max_approval_lifetime_seconds: `${longest}` },
      );
    }
    case "SIGNATURE_REQUIRED":
      return reject(why, "The policy wants every approval signed by a key of the approver's own.");
  }
}

/** A signature that is no good is refused even where the policy wants none: whoever signs means to be held to it. */
function signed(granted: ApprovalGranted, check: SignatureCheck): Verdict {
  if (check === "good") return accept(granted);
  if (check !== "not_checked") return { accepted: false, rejection: check };
  return reject("SIGNATURE_INVALID", "The signature could not be checked.");
}

function revoke(command: RevokeApproval, decision: Decision, { actor, at }: CommandContext): Verdict {
  if (command.approverId !== undefined && command.approverId !== actor.id)
    return reject("NOT_YOUR_APPROVAL", `The approval of ${command.approverId} is not ${actor.id}'s to revoke.`);
  const approval = decision.approvals.findLast((a) => a.approver.id === actor.id && a.approver.type === actor.type);
  if (approval === undefined) return reject("NO_STANDING_APPROVAL", `${actor.id} has not approved this decision.`);
  if (approval.revoked !== undefined)
    return reject("NO_STANDING_APPROVAL", `The approval of ${actor.id} has been revoked already.`);
  if (hasExpired(approval, at))
    return reject("NO_STANDING_APPROVAL", `The approval of ${actor.id} has expired already.`);
  return accept({ type: "APPROVAL_REVOKED", approver: approval.approver, reason: command.reason });
}

function beforeTheGate(decision: Decision, then: () => Verdict): Verdict {
  if (isTerminal(decision.phase)) return closed(decision);
  return gateOf(decision.phase) === undefined ? then() : underWay();
}

function underPolicy(decision: Decision, then: (policy: Policy) => Verdict): Verdict {
  return beforeTheGate(decision, () =>
    decision.policy === undefined
      ? reject("NO_POLICY", "The decision is a draft: attach a policy first.")
      : then(policyInForce(decision) ?? decision.policy.policy),
  );
}

function roomFor(decision: Decision, then: () => Verdict): Verdict {
  if (decision.head.seq + 1 < MAX_EVENTS - EVENTS_KEPT_FOR_THE_END) return then();
  return reject(
    "TOO_MANY_EVENTS",
    "The decision's log is full: execute, reject or cancel it, and make a new decision.",
    { max_events: `${MAX_EVENTS}` },
  );
}
