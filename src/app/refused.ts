import type { DecisionId, ImportId } from "../domain/ids.ts";
import type { Facts, Rejection, RejectionReason } from "../domain/rejection.ts";

/** Why a call was refused; a value of the schema's ErrorReason, without its prefix. */
export type RefusalReason =
  | RejectionReason
  | "INVALID_PAGE_TOKEN"
  | "INVALID_CURSOR"
  | "SEQ_OUT_OF_RANGE"
  | "EVENT_TOO_LARGE"
  | "CONTENTION"
  | "STORED_LOG_CORRUPT"
  | "NO_RUN"
  | "RUN_BUNDLE_UNAVAILABLE"
  | "RUN_BUNDLE_MISMATCH"
  | "PACKAGE_TOO_LARGE"
  | "ROUTER_CANNOT_SAY"
  | "ROUTER_KNOWS_OUTCOME"
  | "RUN_STILL_AT_WORK"
  | "ROUTER_UNAVAILABLE"
  | "SERVER_DRAINING"
  | "TOO_MANY_TEMPLATES"
  | "UNAUTHENTICATED"
  | "PERMISSION_DENIED"
  | "ON_BEHALF_OF_REFUSED"
  | "IDENTITY_UNAVAILABLE"
  | "BUNDLE_INVALID"
  | "BUNDLE_NOT_AUTHENTIC"
  | "IMPORT_CONFLICT"
  | "IMPORT_DIVERGED"
  | "IMPORT_NOT_FOUND"
  | "RATE_LIMITED"
  | "TOO_MANY_CALLS"
  | "MESSAGE_TOO_LARGE"
  | "SERVER_OVERLOADED"
  | "REQUEST_MEMORY_EXHAUSTED"
  | "TOO_MANY_FAILED_AUTHENTICATIONS";

/** A call that was understood and refused. Nothing was written. */
export class Refused extends Error {
  override readonly name = "Refused";
  readonly reason: RefusalReason;
  readonly facts: Facts;
  readonly blockingReasons: NonNullable<Rejection["blockingReasons"]>;
  readonly violations: NonNullable<Rejection["violations"]>;
  /** When the call may be repeated, in milliseconds; undefined: nobody can say. */
  readonly retryAfter: number | undefined;

  constructor(
    reason: RefusalReason,
    message: string,
    options: ErrorOptions &
      Pick<Rejection, "facts" | "blockingReasons" | "violations"> & { readonly retryAfter?: number } = {},
  ) {
    super(message, options);
    this.reason = reason;
    this.facts = options.facts ?? {};
    this.blockingReasons = options.blockingReasons ?? [];
    this.violations = options.violations ?? [];
    this.retryAfter = options.retryAfter;
  }
}

/** The refusal of an id that no decision has. */
export function noSuchDecision(decisionId: DecisionId): Refused {
  return new Refused("DECISION_NOT_FOUND", `There is no decision ${decisionId}.`);
}

/** The refusal of an id that no import has, or none that is whole. */
export function noSuchImport(importId: ImportId): Refused {
  return new Refused("IMPORT_NOT_FOUND", `There is no import ${importId}.`);
}
