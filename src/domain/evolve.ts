import { isSameActor } from "./actor.ts";
import type { ApprovalRevoked, DecisionEvent, ExecutionReviewed, RecordedEvent } from "./event.ts";
import type { Approval, Decision, Gate, Phase, Review } from "./state.ts";
import { gateOf } from "./state.ts";

/** The log says something that cannot have happened: it was not written by these rules. */
export class IllegalEvent extends Error {
  override readonly name = "IllegalEvent";
  readonly seq: number;
  constructor(event: DecisionEvent, why: string) {
    super(`event ${event.seq} (${event.body.type}): ${why}`);
    this.seq = event.seq;
  }
}

/**
 * The decision after one more event.
 *
 * Judges only whether the event can follow, not whether it should have been allowed: rules may change, what happened does not.
 *
 * @throws {IllegalEvent} if it cannot follow.
 */
export function evolve(decision: Decision | undefined, { event, digest }: RecordedEvent): Decision {
  const { body } = event;
  const head = { seq: event.seq, digest, occurredAt: event.occurredAt };
  if (decision === undefined) {
    if (event.seq !== 0) throw new IllegalEvent(event, "the log must begin with seq 0");
    if (body.type !== "DECISION_CREATED") throw new IllegalEvent(event, "the log must begin with DECISION_CREATED");
    if (event.previousDigest !== "") throw new IllegalEvent(event, "the first event has no previous digest");
    return {
      decisionId: event.decisionId,
      requester: event.actor,
      requesterDelegate: event.delegate,
      created: body,
      createdAt: event.occurredAt,
      policy: undefined,
      approvals: [],
      reviews: [],
      phase: { kind: "open" },
      head,
    };
  }
  checkPlace(decision, event);
  const { phase } = decision;
  switch (body.type) {
    case "DECISION_CREATED":
      throw new IllegalEvent(event, "a decision is created once");
    case "POLICY_ATTACHED":
      requireOpen(phase, event);
      if (decision.policy !== undefined) throw new IllegalEvent(event, "a policy attaches once");
      return { ...decision, policy: body, head };
    case "APPROVAL_GRANTED": {
      requireOpen(phase, event);
      requirePolicy(decision, event);
      const approval: Approval = {
        approver: event.actor,
        delegate: event.delegate,
        groups: body.groups,
        seq: event.seq,
        digest,
        grantedAt: event.occurredAt,
        expiresAt: body.expiresAt,
        comment: body.comment,
        requestDigest: body.requestDigest,
        signature: body.signature,
        revoked: undefined,
      };
      return { ...decision, approvals: [...decision.approvals, approval], head };
    }
    case "APPROVAL_REVOKED":
      requireOpen(phase, event);
      return { ...decision, approvals: revoke(decision.approvals, event, body), head };
    case "DECISION_REJECTED":
      requireOpen(phase, event);
      requirePolicy(decision, event);
      return { ...decision, phase: { kind: "rejected" }, head };
    case "DECISION_CANCELLED":
      requireOpen(phase, event);
      return { ...decision, phase: { kind: "cancelled" }, head };
    case "EXECUTION_REQUESTED": {
      requireOpen(phase, event);
      requirePolicy(decision, event);
      const gate: Gate = {
        gate: body,
        gateSeq: event.seq,
        gateDigest: digest,
        gatedAt: event.occurredAt,
        executor: event.actor,
        executorDelegate: event.delegate,
        requestId: event.requestId,
      };
      return { ...decision, phase: { kind: "gated", ...gate }, head };
    }
    case "EXECUTION_STARTED":
      if (phase.kind !== "gated") throw new IllegalEvent(event, "an execution starts once, after the gate");
      return {
        ...decision,
        phase: { ...phase, kind: "started", startedAt: event.occurredAt, serverId: body.serverId },
        head,
      };
    case "EXECUTION_OUTCOME_UNKNOWN":
      if (phase.kind !== "started")
        throw new IllegalEvent(event, "only a started execution without an outcome can have an unknown one");
      return { ...decision, phase: { ...phase, kind: "unknown", unknown: body, endedAt: event.occurredAt }, head };
    case "EXECUTION_COMPLETED":
      if (phase.kind !== "started" && phase.kind !== "unknown")
        throw new IllegalEvent(event, "only a started execution without an outcome can complete");
      return {
        ...decision,
        phase: {
          kind: "completed",
          outcome: body,
          endedAt: event.occurredAt,
          startedAt: phase.startedAt,
          ...gatePart(phase),
        },
        head,
      };
    case "EXECUTION_FAILED":
      if (phase.kind !== "gated" && phase.kind !== "started" && phase.kind !== "unknown")
        throw new IllegalEvent(event, "only an execution behind the gate and without an outcome can fail");
      return {
        ...decision,
        phase: {
          kind: "failed",
          outcome: body,
          endedAt: event.occurredAt,
          startedAt: phase.kind === "gated" ? undefined : phase.startedAt,
          ...gatePart(phase),
        },
        head,
      };
    case "EXECUTION_REVIEWED":
      return { ...decision, reviews: [...decision.reviews, reviewOf(decision, event, body)], head };
  }
}

/** One by somebody who may review: of the rules, only what no change of them could make right. */
function reviewOf({ phase, reviews }: Decision, event: DecisionEvent, body: ExecutionReviewed): Review {
  const gate = gateOf(phase);
  if (gate?.gate.breakGlass === undefined) throw new IllegalEvent(event, "the gate was not passed by break-glass");
  if (gate.executor.id === event.actor.id) throw new IllegalEvent(event, `${event.actor.id} executed it`);
  if (reviews.some(({ reviewer }) => reviewer.id === event.actor.id))
    throw new IllegalEvent(event, `${event.actor.id} has reviewed it already`);
  return {
    reviewer: event.actor,
    delegate: event.delegate,
    groups: body.groups,
    seq: event.seq,
    reviewedAt: event.occurredAt,
    verdict: body.verdict,
    comment: body.comment,
  };
}

function checkPlace(decision: Decision, event: DecisionEvent): void {
  const { head } = decision;
  if (event.decisionId !== decision.decisionId)
    throw new IllegalEvent(event, `belongs to decision ${event.decisionId}, not ${decision.decisionId}`);
  if (event.seq !== head.seq + 1) throw new IllegalEvent(event, `seq ${head.seq + 1} was expected`);
  if (event.previousDigest !== head.digest)
    throw new IllegalEvent(event, "previous_digest is not the digest of the event before");
  if (event.occurredAt < head.occurredAt) throw new IllegalEvent(event, "occurred before the event before it");
}

function requireOpen(phase: Phase, event: DecisionEvent): void {
  if (phase.kind === "open") return;
  throw new IllegalEvent(
    event,
    gateOf(phase) === undefined ? `the decision is ${phase.kind}` : "the gate has been passed",
  );
}

function requirePolicy(decision: Decision, event: DecisionEvent): void {
  if (decision.policy === undefined) throw new IllegalEvent(event, "no policy is attached");
}

/** Ends the approver's latest approval. */
function revoke(approvals: readonly Approval[], event: DecisionEvent, body: ApprovalRevoked): readonly Approval[] {
  const index = approvals.findLastIndex((a) => isSameActor(a.approver, body.approver) && a.revoked === undefined);
  const approval = approvals[index];
  if (approval === undefined) throw new IllegalEvent(event, `${body.approver.id} has no approval to revoke`);
  return approvals.with(index, {
    ...approval,
    revoked: { at: event.occurredAt, seq: event.seq, reason: body.reason },
  });
}

function gatePart({ gate, gateSeq, gateDigest, gatedAt, executor, executorDelegate, requestId }: Gate): Gate {
  return { gate, gateSeq, gateDigest, gatedAt, executor, executorDelegate, requestId };
}
