import { create, type MessageInitShape } from "@bufbuild/protobuf";
import {
  BlockingReasonSchema,
  LifecycleSchema,
  ProgressSchema,
  ReviewSchema,
  TimelineEntrySchema,
  type BlockingReason as WireBlockingReason,
  type Lifecycle as WireLifecycle,
  type Progress as WireProgress,
  type Review as WireReview,
  type TimelineEntry as WireTimelineEntry,
} from "../../gen/ts/nexus/attest/v1/lifecycle_pb.ts";
import type { BlockingReason } from "../domain/blocking.ts";
import type { Lifecycle, Progress } from "../domain/lifecycle.ts";
import type { ReviewProgress } from "../domain/review.ts";
import type { TimelineEntry } from "../domain/timeline-entry.ts";
import { toWireActor } from "./actor.ts";
import { BLOCKING_CODES, DECISION_STATES, EVENT_TYPES, MODES, REVIEW_STATUSES, TIMELINE_CATEGORIES } from "./enums.ts";
import { toTimestamp } from "./timestamp.ts";

export function toWireLifecycle(lifecycle: Lifecycle): WireLifecycle {
  const { state, blockingReasons, progress, evaluatedAt, headSeq, nextChangeAt, review } = lifecycle;
  const wire = create(LifecycleSchema, {
    state: DECISION_STATES[state],
    executable: blockingReasons.length === 0,
    blockingReasons: blockingReasons.map(toWireBlockingReason),
    progress: toWireProgress(progress),
    evaluatedAt: toTimestamp(evaluatedAt),
    headSeq,
  });
  if (nextChangeAt !== undefined) wire.nextChangeAt = toTimestamp(nextChangeAt);
  if (review !== undefined) wire.review = toWireReview(review);
  return wire;
}

export function toWireReview({ status, reviewBy, missing, groups, objections }: ReviewProgress): WireReview {
  return create(ReviewSchema, {
    status: REVIEW_STATUSES[status],
    reviewBy: toTimestamp(reviewBy),
    missing,
    groups: groups.map((group) => ({ ...group })),
    objections,
  });
}

export function toWireProgress(progress: Progress): WireProgress {
  return create(ProgressSchema, { ...progress, groups: progress.groups.map((group) => ({ ...group })) });
}

export function toWireBlockingReason(reason: BlockingReason): WireBlockingReason {
  return create(BlockingReasonSchema, {
    code: BLOCKING_CODES[reason.code],
    message: reason.message,
    details: toWireDetails(reason),
  });
}

function toWireDetails(reason: BlockingReason): NonNullable<MessageInitShape<typeof BlockingReasonSchema>["details"]> {
  switch (reason.code) {
    case "MODE_NOT_ALLOWED": {
      const allowedModes = reason.allowedModes.map((mode) => MODES[mode]);
      return { case: "modeNotAllowed", value: { mode: MODES[reason.mode], allowedModes } };
    }
    case "TOO_MANY_STEPS":
      return { case: "tooManySteps", value: { steps: reason.steps, maxSteps: reason.maxSteps } };
    case "ADAPTER_CAPABILITY_MISSING": {
      const { adapterId, missing } = reason;
      return { case: "adapterCapabilityMissing", value: { adapterId, missing: [...missing] } };
    }
    case "ADAPTER_UNKNOWN":
    case "ADAPTER_NOT_ALLOWED": {
      const { adapterId, allowedAdapters } = reason;
      return { case: "adapterProblem", value: { adapterId, allowedAdapters: [...allowedAdapters] } };
    }
    case "APPROVAL_EXPIRED": {
      const approvals = reason.approvals.map(({ approver, expiredAt }) => ({
        approver: toWireActor(approver),
        expiredAt: toTimestamp(expiredAt),
      }));
      return { case: "approvalExpired", value: { approvals } };
    }
    case "APPROVAL_KEY_REVOKED": {
      const approvals = reason.approvals.map(({ approver, keyId, revokedAt }) => ({
        approver: toWireActor(approver),
        keyId,
        revokedAt: toTimestamp(revokedAt),
      }));
      return { case: "approvalKeyRevoked", value: { approvals } };
    }
    case "MISSING_APPROVALS": {
      const { required, have, missing, groups } = reason;
      return { case: "missingApprovals", value: { required, have, missing, groups: groups.map((g) => ({ ...g })) } };
    }
    case "GUARDRAIL_NOT_MET": {
      const { name, digest, unmet } = reason;
      return { case: "guardrailNotMet", value: { name, digest, unmet: unmet.map(toWireBlockingReason) } };
    }
    case "LABEL_MISSING":
      return { case: "labelMissing", value: { key: reason.key, values: [...reason.values] } };
    default:
      return { case: undefined };
  }
}

export function toWireTimelineEntry(entry: TimelineEntry): WireTimelineEntry {
  const wire = create(TimelineEntrySchema, {
    seq: entry.seq,
    time: toTimestamp(entry.time),
    category: TIMELINE_CATEGORIES[entry.category],
    label: entry.label,
    summary: entry.summary.toWellFormed(),
    eventType: EVENT_TYPES[entry.eventType ?? "UNSPECIFIED"],
  });
  if (entry.actor !== undefined) wire.actor = toWireActor(entry.actor);
  return wire;
}
