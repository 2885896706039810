import { countingApprovals, stands } from "./approvals.ts";
import { type AdapterView, type BlockingReason, notAsked } from "./blocking.ts";
import type { CommandContext, RequestExecution } from "./command.ts";
import { isSamePerson, NO_DUTIES } from "./duties.ts";
import type { BreakGlass } from "./event.ts";
import type { GuardrailUse } from "./guardrail.ts";
import { withoutApprovalReasons } from "./guardrail-reasons.ts";
import { approverOf, partyIn, requesterOf } from "./parties.ts";
import { guardrailsFor, underGuardrails } from "./policy-in-force.ts";
import { requestDigestOf } from "./request-digest.ts";
import { runRequestOf } from "./run-request.ts";
import { type Approval, type Decision, gateOf, isTerminal } from "./state.ts";
import { blockingReasons } from "./triage-ladder.ts";
import { accept, closed, reject, underWay, type Verdict } from "./verdict.ts";

/** The gate: everything is judged again, at this moment. */
export function gateOfExecution(command: RequestExecution, decision: Decision, context: CommandContext): Verdict {
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
  const adapter = viewOf(created.adapterId || command.adapterId, context.adapter);
  const chosen = adapter.kind === "unchosen" ? "" : adapter.adapterId;
  const guardrails = guardrailsFor(decision, chosen, context.guardrails ?? []);
  const blocking = blockingReasons(withoutDoubles(decision, context), context.at, { ...context, adapter });
  const breakGlass = blocking.length === 0 ? undefined : brokenGlass(command, decision, blocking, guardrails, context);
  if (breakGlass !== undefined && "accepted" in breakGlass) return breakGlass;
  if (policy === undefined || adapter.kind !== "known") return gateClosed(blocking);
  const { at, keys, duties = NO_DUTIES } = context;
  const approvalDigests = countingApprovals(underGuardrails(decision, guardrails), at, keys)
    .toSorted((a, b) => a.seq - b.seq)
    .map((approval) => approval.digest);
  const policyDigest = context.digests.policy(policy.policy);
  const requestDigest = requestDigestOf(decision, context);
  const request = runRequestOf(decision.decisionId, created, policy.policy, adapter.adapterId, {
    requestDigest,
    policyDigest,
    approvalDigests,
  });
  const { executorIsNotRequester, approverIsNotExecutor } = duties;
  return accept({
    type: "EXECUTION_REQUESTED",
    adapterId: adapter.adapterId,
    mode: created.mode,
    adapterCapabilities: adapter.capabilities.toSorted(),
    approvalDigests,
    policyDigest,
    routerRequestDigest: context.digests.runRequest(request),
    ...(guardrails.length === 0 ? {} : { guardrails }),
    ...(executorIsNotRequester || approverIsNotExecutor
      ? { separation: { executorIsNotRequester, approverIsNotExecutor } }
      : {}),
    ...(breakGlass === undefined ? {} : { breakGlass }),
  });
}

/** The glass, if it may be broken; else why the gate stays closed. */
function brokenGlass(
  { breakGlassReason = "" }: RequestExecution,
  decision: Decision,
  blocking: readonly BlockingReason[],
  guardrails: readonly GuardrailUse[],
  context: CommandContext,
): BreakGlass | Verdict {
  if (breakGlassReason === "") return gateClosed(blocking);
  const { at, keys, breakGlass } = context;
  if (breakGlass === undefined)
    return reject("BREAK_GLASS_DISABLED", "This server allows no execution by break-glass: its configuration says so.");
  const left = withoutApprovalReasons(blocking);
  if (left.length > 0) return gateClosed(left);
  const { minApprovals, reviewWithin } = breakGlass;
  const persons = underGuardrails(withoutDoubles(decision, context), guardrails);
  const have = countingApprovals(persons, at, keys).length;
  if (have >= minApprovals) return { reason: breakGlassReason, minApprovals, reviewBy: at + reviewWithin };
  const missing = minApprovals - have;
  return gateClosed([
    {
      code: "MISSING_APPROVALS",
      message: `Even by break-glass ${minApprovals} approval${minApprovals === 1 ? " is" : "s are"} needed, ${have} standing, ${missing} missing.`,
      required: minApprovals,
      have,
      missing,
      groups: [],
    },
  ]);
}

function gateClosed(blocking: readonly BlockingReason[]): Verdict {
  return {
    accepted: false,
    rejection: {
      reason: "GATE_CLOSED",
      message: `It cannot be executed now: ${blocking.map((b) => b.message).join(" ")}`,
      blockingReasons: blocking,
    },
  };
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

/** What is known of the chosen adapter; what is known of another says nothing about it. */
function viewOf(chosen: string | undefined, view: AdapterView): AdapterView {
  if (chosen === undefined || (view.kind !== "unchosen" && view.adapterId === chosen)) return view;
  return notAsked(chosen);
}
