import { create } from "@bufbuild/protobuf";
import {
  ApprovalSchema,
  type ApprovalStatus,
  DecisionSchema,
  ExecutionReviewSchema,
  ExecutionSchema,
  type Approval as WireApproval,
  type Decision as WireDecision,
  type Execution as WireExecution,
  type ExecutionReview as WireExecutionReview,
} from "../../gen/ts/nexus/attest/v1/decision_pb.ts";
import { RecordedEventSchema, type RecordedEvent as WireRecordedEvent } from "../../gen/ts/nexus/attest/v1/event_pb.ts";
import { TimelineSchema, type Timeline as WireTimeline } from "../../gen/ts/nexus/attest/v1/lifecycle_pb.ts";
import { hasExpired, hasLostKey } from "../domain/approvals.ts";
import type { RecordedEvent } from "../domain/event.ts";
import type { Digest, Instant } from "../domain/ids.ts";
import { type KeyView, keyIdOf, keyLostAt } from "../domain/key-view.ts";
import type { Lifecycle } from "../domain/lifecycle.ts";
import { type Approval, type Decision, gateOf, type Review } from "../domain/state.ts";
import type { TimelineEntry } from "../domain/timeline-entry.ts";
import { toWireActor } from "./actor.ts";
import { APPROVAL_STATUSES, MODES, REVIEW_VERDICTS } from "./enums.ts";
import { toWireEvent } from "./event.ts";
import { toWireSettlement } from "./event-body.ts";
import { toWireBreakGlass, toWireSeparation } from "./gate.ts";
import { toWireGuardrailUses } from "./guardrail.ts";
import { toWireLifecycle, toWireTimelineEntry } from "./lifecycle.ts";
import { toWirePolicy, toWireTemplateUse } from "./policy.ts";
import { toWireLabels, toWirePlan } from "./request.ts";
import { toTimestamp } from "./timestamp.ts";

export function toWireRecordedEvent({ event, digest }: RecordedEvent): WireRecordedEvent {
  return create(RecordedEventSchema, { event: toWireEvent(event), digest });
}

/** What is known of a decision, judged: the lifecycle and the timeline are of the same moment. */
export function toWireDecision(
  decision: Decision,
  judged: {
    readonly lifecycle: Lifecycle;
    readonly keys: KeyView;
    readonly timeline: WireTimeline;
    /** Undefined for a draft. */
    readonly digests: { readonly request: Digest; readonly policy: Digest } | undefined;
  },
): WireDecision {
  const { created, policy, head } = decision;
  const { lifecycle, keys, timeline, digests } = judged;
  const wire = create(DecisionSchema, {
    decisionId: decision.decisionId,
    requester: toWireActor(decision.requester),
    goal: created.goal,
    mode: MODES[created.mode],
    adapterId: created.adapterId,
    labels: toWireLabels(created.labels),
    requestDigest: digests?.request ?? "",
    policyDigest: digests?.policy ?? "",
    approvals: decision.approvals.map((approval) => toWireApproval(approval, lifecycle.evaluatedAt, keys)),
    lifecycle: toWireLifecycle(lifecycle),
    timeline,
    createdAt: toTimestamp(decision.createdAt),
    updatedAt: toTimestamp(head.occurredAt),
    headSeq: head.seq,
    headDigest: head.digest,
  });
  const execution = toWireExecution(decision);
  if (created.plan !== undefined) wire.plan = toWirePlan(created.plan);
  if (policy !== undefined) wire.policy = toWirePolicy(policy.policy);
  wire.guardrails = toWireGuardrailUses(policy?.guardrails);
  if (policy?.template !== undefined) wire.template = toWireTemplateUse(policy.template);
  if (execution !== undefined) wire.execution = execution;
  return wire;
}

/** The last `limit` entries of a timeline. */
export function toWireTimeline(entries: readonly TimelineEntry[], limit: number): WireTimeline {
  return create(TimelineSchema, {
    entries: entries.slice(-limit).map(toWireTimelineEntry),
    total: entries.length,
    truncated: entries.length > limit,
  });
}

/** The execution; undefined before the gate. */
export function toWireExecution({ phase, reviews }: Decision): WireExecution | undefined {
  const gated = gateOf(phase);
  if (gated === undefined) return undefined;
  const { gate, executor, gatedAt } = gated;
  const { separation, breakGlass } = gate;
  const wire = create(ExecutionSchema, {
    adapterId: gate.adapterId,
    executor: toWireActor(executor),
    requestedAt: toTimestamp(gatedAt),
    approvalDigests: [...gate.approvalDigests],
    guardrails: toWireGuardrailUses(gate.guardrails),
    reviews: reviews.map(toWireExecutionReview),
  });
  if (separation !== undefined) wire.separationOfDuties = toWireSeparation(separation);
  if (breakGlass !== undefined) wire.breakGlass = toWireBreakGlass(breakGlass);
  if ("startedAt" in gated && gated.startedAt !== undefined) wire.startedAt = toTimestamp(gated.startedAt);
  if ("endedAt" in gated) wire.endedAt = toTimestamp(gated.endedAt);
  const outcome = gated.kind === "unknown" ? gated.unknown : "outcome" in gated ? gated.outcome : undefined;
  if (outcome === undefined) return wire;
  wire.runId = outcome.runId;
  if (outcome.type !== "EXECUTION_OUTCOME_UNKNOWN") {
    wire.routerDigest = outcome.routerDigest;
    wire.stepsExecuted = outcome.stepsExecuted;
  }
  if (outcome.type === "EXECUTION_FAILED") {
    wire.failureCode = outcome.code;
    wire.failureMessage = outcome.message;
  }
  const { settlement } = outcome;
  if (settlement !== undefined) wire.settlement = toWireSettlement(settlement);
  return wire;
}

function toWireExecutionReview(review: Review): WireExecutionReview {
  return create(ExecutionReviewSchema, {
    reviewer: toWireActor(review.reviewer),
    groups: [...review.groups],
    seq: review.seq,
    reviewedAt: toTimestamp(review.reviewedAt),
    verdict: REVIEW_VERDICTS[review.verdict],
    comment: review.comment,
  });
}

function toWireApproval(approval: Approval, now: Instant, keys: KeyView): WireApproval {
  const { approver, groups, seq, grantedAt, expiresAt, comment, digest, signature, revoked } = approval;
  const keyLost = hasLostKey(approval, now, keys) ? keyLostAt(approval, keys) : undefined;
  return create(ApprovalSchema, {
    approver: toWireActor(approver),
    groups: [...groups],
    seq,
    grantedAt: toTimestamp(grantedAt),
    comment,
    status: APPROVAL_STATUSES[statusOf(approval, now, keys)],
    eventDigest: digest,
    keyId: signature === undefined ? "" : keyIdOf(signature),
    ...(keyLost === undefined ? {} : { keyRevokedAt: toTimestamp(keyLost) }),
    ...(expiresAt === undefined ? {} : { expiresAt: toTimestamp(expiresAt) }),
    ...(revoked === undefined ? {} : { revokedAt: toTimestamp(revoked.at), revocationReason: revoked.reason }),
  });
}

function statusOf(
  approval: Approval,
  now: Instant,
  keys: KeyView,
): Exclude<keyof typeof ApprovalStatus, "UNSPECIFIED"> {
  if (approval.revoked !== undefined) return "REVOKED";
  if (hasExpired(approval, now)) return "EXPIRED";
  return hasLostKey(approval, now, keys) ? "KEY_REVOKED" : "STANDING";
}
