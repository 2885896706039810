import { ActorType } from "../../gen/ts/nexus/attest/v1/actor_pb.ts";
import { PackageMode } from "../../gen/ts/nexus/attest/v1/audit_package_pb.ts";
import { ImportConflictMode, ImportOutcome } from "../../gen/ts/nexus/attest/v1/audit_service_pb.ts";
import { ApprovalStatus } from "../../gen/ts/nexus/attest/v1/decision_pb.ts";
import { EventType, Overruled, ReviewVerdict, SettlementBasis } from "../../gen/ts/nexus/attest/v1/event_pb.ts";
import { ImportedFormat } from "../../gen/ts/nexus/attest/v1/imported_decision_service_pb.ts";
import {
  BlockingCode,
  DecisionState,
  ReviewStatus,
  TimelineCategory,
} from "../../gen/ts/nexus/attest/v1/lifecycle_pb.ts";
import { Mode } from "../../gen/ts/nexus/attest/v1/plan_pb.ts";
import { RunState } from "../../gen/ts/nexus/attest/v1/router_pb.ts";
import type { ActorType as DomainActorType } from "../domain/actor.ts";
import type { BlockingCode as DomainBlockingCode } from "../domain/blocking.ts";
import type {
  EventType as DomainEventType,
  Overruled as DomainOverruled,
  ReviewVerdict as DomainReviewVerdict,
  Settlement,
} from "../domain/event.ts";
import type { LifecycleState } from "../domain/lifecycle.ts";
import type { Mode as DomainMode } from "../domain/request.ts";
import type { ReviewStatus as DomainReviewStatus } from "../domain/review.ts";
import type { TimelineCategory as DomainTimelineCategory } from "../domain/timeline-entry.ts";
import { CodecError } from "./codec-error.ts";

/** The schema's enums carry the domain's names; the compiler checks that none is missing. */
type Names<Name extends string, Wire> = { readonly [N in Name]: Wire };

export const ACTOR_TYPES = ActorType satisfies Names<DomainActorType, ActorType>;
export const MODES = Mode satisfies Names<DomainMode, Mode>;
export const EVENT_TYPES = EventType satisfies Names<DomainEventType, EventType>;
export const SETTLEMENT_BASES = SettlementBasis satisfies Names<Settlement["basis"], SettlementBasis>;
export const OVERRULED = Overruled satisfies Names<DomainOverruled, Overruled>;
export const REVIEW_VERDICTS = ReviewVerdict satisfies Names<DomainReviewVerdict, ReviewVerdict>;
export const REVIEW_STATUSES = ReviewStatus satisfies Names<DomainReviewStatus, ReviewStatus>;
export const DECISION_STATES = DecisionState satisfies Names<LifecycleState, DecisionState>;
export const BLOCKING_CODES = BlockingCode satisfies Names<DomainBlockingCode, BlockingCode>;
export const TIMELINE_CATEGORIES = TimelineCategory satisfies Names<DomainTimelineCategory, TimelineCategory>;
export const APPROVAL_STATUSES = ApprovalStatus;
export const PACKAGE_MODES = PackageMode;
export const RUN_STATES = RunState;
export const IMPORT_CONFLICT_MODES = ImportConflictMode;
export const IMPORT_OUTCOMES = ImportOutcome;
export const IMPORTED_FORMATS = ImportedFormat;

/**
 * The domain's name of a wire value.
 *
 * @throws {CodecError} for UNSPECIFIED and for values that this version does not know.
 */
export function nameOf<Name extends string>(
  wireEnum: { readonly [N in Name | "UNSPECIFIED"]: number },
  value: number,
  field: string,
): Exclude<Name, "UNSPECIFIED"> {
  for (const [name, number] of Object.entries(wireEnum)) {
    if (number === value && name !== "UNSPECIFIED") return name as Exclude<Name, "UNSPECIFIED">;
  }
  throw new CodecError(`${field}: ${value} is not a known value`);
}
