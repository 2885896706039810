import { countingApprovals, expiryOf, hasExpired, ineligibility, stands } from "./approvals.ts";
import { type AdapterView, blockingReasons, notAsked } from "./blocking.ts";
import type {
  Command,
  CommandContext,
  CreateDecision,
  GrantApproval,
  RequestExecution,
  RevokeApproval,
  SignatureCheck,
} from "./command.ts";
import { contradictionInPolicy, contradictionInRequest } from "./contradiction.ts";
import { isSamePerson, NO_DUTIES, type Party } from "./duties.ts";
import type { ApprovalGranted, DecisionCreated, EventBody } from "./event.ts";
import { EVENTS_KEPT_FOR_THE_END, MAX_EVENTS, MAX_STANDING_APPROVALS } from "./limits.ts";
import { outcomeOf, startOf } from "./outcome.ts";
import type { Policy } from "./policy.ts";
import { type PolicySource, policyFrom } from "./policy-source.ts";
import { runRequestOf } from "./run-request.ts";
import { type Approval, type Decision, gateOf, isTerminal } from "./state.ts";
import { accept, closed, reject, type Verdict } from "./verdict.ts";

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
      return requestExecution(command, decision, context);
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

/** Attaches the policy of a request, right after the events that come with it. */
function attach(
  source: PolicySource,
  { labels }: DecisionCreated,
  { templates = [] }: CommandContext,
  ...before: readonly EventBody[]
): Verdict {
  const attached = policyFrom(source, labels, templates);
  if ("rejection" in attached) return { accepted: false, rejection: attached.rejection };
  const contradiction = contradictionInPolicy(attached.policy);
  return contradiction === undefined ? accept(...before, attached) : reject("INVALID_REQUEST", contradiction);
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
  const isOwn = !policy.allowSelfApproval && isSamePerson(requesterOf(decision), partyIn(context), duties);
  const why = isOwn
    ? "SELF_APPROVAL"
    : ineligibility(policy, decision.requester, { ...granted, approver: actor, grantedAt: at });
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
    case "APPROVAL_LIFETIME_TOO_LONG":
      return reject(
        why,
        command.signature !== undefined && command.expiresAt === undefined
          ? `The policy lets an approval live ${policy.maxApprovalLifetimeSeconds} seconds at most: a signed one has to name its own expires_at.`
          : `The policy lets an approval live ${policy.maxApprovalLifetimeSeconds} seconds at most.`,
        { max_approval_lifetime_seconds: `${policy.maxApprovalLifetimeSeconds}` },
      );
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

/** The gate: everything is judged again, at this moment. */
function requestExecution(command: RequestExecution, decision: Decision, context: CommandContext): Verdict {
  const { created, policy } = decision;
  if (isTerminal(decision.phase)) return closed(decision);
  if (gateOf(decision.phase) !== undefined) return underWay();
  if (created.adapterId !== "" && command.adapterId !== undefined && command.adapterId !== created.adapterId)
    return reject(
      "ADAPTER_MISMATCH",
      `What was approved is a run on ${created.adapterId}, not on ${command.adapterId}.`,
      { adapter_id: created.adapterId },
    );
  if (created.adapterId === "" && command.adapterId === undefined && (policy?.policy.allowedAdapters.length ?? 0) > 0)
    return reject(
      "ADAPTER_REQUIRED",
      `The request names no adapter: name one of ${policy?.policy.allowedAdapters.join(", ")}.`,
    );
  const united = unitedDuties(decision, context);
  if (united !== undefined) return united;
  const { at, keys } = context;
  const adapter = viewOf(created.adapterId || command.adapterId, context.adapter);
  const blocking = blockingReasons(withoutDoubles(decision, context), at, adapter, keys);
  if (blocking.length > 0 || policy === undefined || adapter.kind !== "known")
    return {
      accepted: false,
      rejection: {
        reason: "GATE_CLOSED",
        message: `It cannot be executed now: ${blocking.map((b) => b.message).join(" ")}`,
        blockingReasons: blocking,
      },
    };
  const approvalDigests = countingApprovals(decision, at, keys)
    .toSorted((a, b) => a.seq - b.seq)
    .map((approval) => approval.digest);
  const policyDigest = context.digests.policy(policy.policy);
  const requestDigest = requestDigestOf(decision, context);
  const request = runRequestOf(decision.decisionId, created, policy.policy, adapter.adapterId, {
    requestDigest,
    policyDigest,
    approvalDigests,
  });
  return accept({
    type: "EXECUTION_REQUESTED",
    adapterId: adapter.adapterId,
    mode: created.mode,
    adapterCapabilities: adapter.capabilities.toSorted(),
    approvalDigests,
    policyDigest,
    routerRequestDigest: context.digests.runRequest(request),
  });
}

/** Why whoever asks is not the one to execute, or undefined. */
function unitedDuties(decision: Decision, context: CommandContext): Verdict | undefined {
  const { actor, at, keys, duties = NO_DUTIES } = context;
  if (duties.executorIsNotRequester && isSamePerson(requesterOf(decision), partyIn(context), duties))
    return reject(
      "EXECUTOR_IS_REQUESTER",
      `${actor.id} requested this decision, or is one with ${decision.requester.id}, who did: somebody else has to execute it.`,
    );
  const own = decision.approvals.find(
    (a) => stands(a, at, keys) && isSamePerson(approverOf(a), partyIn(context), duties),
  );
  if (!duties.approverIsNotExecutor || own === undefined) return undefined;
  return reject(
    "EXECUTOR_IS_APPROVER",
    `${actor.id} approved this decision, or is one with ${own.approver.id}, who did (seq ${own.seq}): somebody else has to execute it.`,
    { approval_seq: `${own.seq}` },
  );
}

/**
 * The decision with one approval of each person, the latest, and none of the requester's where the policy allows none. Two of one person were refused when they were given;
 * but what was known of persons may have changed since.
 */
function withoutDoubles(decision: Decision, { at, keys, duties = NO_DUTIES }: CommandContext): Decision {
  const kept: Approval[] = [];
  const isSelfAllowed = decision.policy?.policy.allowSelfApproval === true;
  const approvals = decision.approvals.toReversed().filter((approval) => {
    if (!stands(approval, at, keys)) return true;
    const party = approverOf(approval);
    const isDouble = kept.some((other) => isSamePerson(approverOf(other), party, duties));
    if (isDouble || (!isSelfAllowed && isSamePerson(requesterOf(decision), party, duties))) return false;
    kept.push(approval);
    return true;
  });
  return { ...decision, approvals: approvals.toReversed() };
}

function partyIn({ actor, delegate }: CommandContext): Party {
  return { actor, delegate };
}

function approverOf({ approver, delegate }: Approval): Party {
  return { actor: approver, delegate };
}

function requesterOf({ requester, requesterDelegate }: Decision): Party {
  return { actor: requester, delegate: requesterDelegate };
}

/** What is known of the chosen adapter; what is known of another says nothing about it. */
function viewOf(chosen: string | undefined, view: AdapterView): AdapterView {
  if (chosen === undefined || (view.kind !== "unchosen" && view.adapterId === chosen)) return view;
  return notAsked(chosen);
}

function requestDigestOf({ decisionId, created, policy }: Decision, { digests }: CommandContext) {
  if (policy === undefined) throw new TypeError("a draft has no request digest");
  return digests.request(decisionId, created, policy);
}

function beforeTheGate(decision: Decision, then: () => Verdict): Verdict {
  if (isTerminal(decision.phase)) return closed(decision);
  return gateOf(decision.phase) === undefined ? then() : underWay();
}

function underPolicy(decision: Decision, then: (policy: Policy) => Verdict): Verdict {
  return beforeTheGate(decision, () =>
    decision.policy === undefined
      ? reject("NO_POLICY", "The decision is a draft: attach a policy first.")
      : then(decision.policy.policy),
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

function underWay(): Verdict {
  return reject("EXECUTION_UNDER_WAY", "The decision has passed the gate: only its outcome is still to come.");
}
