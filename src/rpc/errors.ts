import { create, toBinary } from "@bufbuild/protobuf";
import { durationFromMs } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError } from "@connectrpc/connect";
import { BadRequestSchema, ErrorInfoSchema, RetryInfoSchema } from "../../gen/ts/google/rpc/error_details_pb.ts";
import { type ErrorReason, type GateClosed, GateClosedSchema } from "../../gen/ts/nexus/attest/v1/error_reason_pb.ts";
import { AuditLogUnavailable } from "../app/audit-log.ts";
import { AppendOutcomeUnknown, StoreUnavailable, StreamCorrupt, WrongExpectedRevision } from "../app/event-store.ts";
import { type RefusalReason, Refused } from "../app/refused.ts";
import { CodecError } from "../codec/codec-error.ts";
import { toWireBlockingReason } from "../codec/lifecycle.ts";
import type { Facts } from "../domain/rejection.ts";

/** The names of the schema's ErrorReason. */
export type Reason = Exclude<keyof typeof ErrorReason, "UNSPECIFIED">;

/** The one table from reasons to codes. The compiler proves that it is complete, docs/errors.md explains each reason. */
export const CODES: { readonly [R in Reason | RefusalReason]: Code } = {
  INVALID_REQUEST: Code.InvalidArgument,
  UNKNOWN_FIELD: Code.InvalidArgument,
  EXPIRY_NOT_IN_FUTURE: Code.InvalidArgument,
  APPROVAL_LIFETIME_TOO_LONG: Code.InvalidArgument,
  COMMENT_REQUIRED: Code.InvalidArgument,
  ADAPTER_REQUIRED: Code.InvalidArgument,
  ADAPTER_MISMATCH: Code.InvalidArgument,
  INVALID_PAGE_TOKEN: Code.InvalidArgument,
  INVALID_CURSOR: Code.InvalidArgument,
  SEQ_OUT_OF_RANGE: Code.OutOfRange,
  EVENT_TOO_LARGE: Code.InvalidArgument,
  TOO_MANY_EVENTS: Code.ResourceExhausted,
  REQUEST_ID_REUSED: Code.AlreadyExists,
  UNAUTHENTICATED: Code.Unauthenticated,
  SELF_APPROVAL: Code.PermissionDenied,
  HUMAN_REQUIRED: Code.PermissionDenied,
  NOT_THE_REQUESTER: Code.PermissionDenied,
  NOT_YOUR_APPROVAL: Code.PermissionDenied,
  DECISION_NOT_FOUND: Code.NotFound,
  NO_POLICY: Code.FailedPrecondition,
  POLICY_ALREADY_ATTACHED: Code.FailedPrecondition,
  DECISION_CLOSED: Code.FailedPrecondition,
  EXECUTION_UNDER_WAY: Code.FailedPrecondition,
  ALREADY_APPROVED: Code.FailedPrecondition,
  NO_STANDING_APPROVAL: Code.FailedPrecondition,
  REQUEST_DIGEST_MISMATCH: Code.FailedPrecondition,
  GATE_CLOSED: Code.FailedPrecondition,
  NOTHING_TO_SETTLE: Code.FailedPrecondition,
  ROUTER_CANNOT_SAY: Code.FailedPrecondition,
  CONTENTION: Code.Aborted,
  STORED_LOG_CORRUPT: Code.DataLoss,
  NO_RUN: Code.FailedPrecondition,
  RUN_BUNDLE_UNAVAILABLE: Code.Unavailable,
  RUN_BUNDLE_MISMATCH: Code.DataLoss,
  PACKAGE_TOO_LARGE: Code.ResourceExhausted,
  STORE_UNAVAILABLE: Code.Unavailable,
  WRITE_OUTCOME_UNKNOWN: Code.Unknown,
  ROUTER_UNAVAILABLE: Code.Unavailable,
  SERVER_DRAINING: Code.Unavailable,
  DEADLINE_EXCEEDED: Code.DeadlineExceeded,
  CANCELLED: Code.Canceled,
  NOT_IMPLEMENTED: Code.Unimplemented,
  INTERNAL: Code.Internal,
  SERVICE_UNKNOWN: Code.NotFound,
  TOO_MANY_APPROVALS: Code.ResourceExhausted,
  TOO_BUSY: Code.Unavailable,
  BUNDLE_INVALID: Code.InvalidArgument,
  IMPORT_CONFLICT: Code.AlreadyExists,
  IMPORT_DIVERGED: Code.FailedPrecondition,
  IMPORT_NOT_FOUND: Code.NotFound,
  BUNDLE_NOT_AUTHENTIC: Code.FailedPrecondition,
  SIGNATURE_REQUIRED: Code.InvalidArgument,
  SIGNATURE_INVALID: Code.InvalidArgument,
  APPROVER_KEY_NOT_ENROLLED: Code.FailedPrecondition,
  APPROVER_KEY_REVOKED: Code.FailedPrecondition,
  APPROVER_KEY_INVALID: Code.InvalidArgument,
  APPROVER_KEY_NOT_FOUND: Code.NotFound,
  APPROVER_KEY_ALREADY_ENROLLED: Code.AlreadyExists,
  NOT_AN_ADMINISTRATOR: Code.PermissionDenied,
  TEMPLATE_NOT_FOUND: Code.NotFound,
  TEMPLATE_ALREADY_EXISTS: Code.AlreadyExists,
  NO_MATCHING_TEMPLATE: Code.FailedPrecondition,
  AMBIGUOUS_TEMPLATE: Code.FailedPrecondition,
  OVERRIDE_NOT_TIGHTER: Code.InvalidArgument,
  TOO_MANY_TEMPLATES: Code.ResourceExhausted,
  PERMISSION_DENIED: Code.PermissionDenied,
  EXECUTOR_IS_REQUESTER: Code.PermissionDenied,
  EXECUTOR_IS_APPROVER: Code.PermissionDenied,
  RUN_STILL_AT_WORK: Code.FailedPrecondition,
  ROUTER_KNOWS_OUTCOME: Code.FailedPrecondition,
  ON_BEHALF_OF_REFUSED: Code.PermissionDenied,
  IDENTITY_UNAVAILABLE: Code.Unavailable,
  AUDIT_LOG_UNAVAILABLE: Code.Unavailable,
  GUARDRAIL_NOT_MET: Code.FailedPrecondition,
  BREAK_GLASS_DISABLED: Code.FailedPrecondition,
  NOTHING_TO_REVIEW: Code.FailedPrecondition,
  REVIEWER_IS_EXECUTOR: Code.PermissionDenied,
  ALREADY_REVIEWED: Code.FailedPrecondition,
  RATE_LIMITED: Code.ResourceExhausted,
  TOO_MANY_CALLS: Code.ResourceExhausted,
  MESSAGE_TOO_LARGE: Code.ResourceExhausted,
  SERVER_OVERLOADED: Code.Unavailable,
  REQUEST_MEMORY_EXHAUSTED: Code.Unavailable,
  TOO_MANY_FAILED_AUTHENTICATIONS: Code.ResourceExhausted,
  CLIENT_TOO_SLOW: Code.ResourceExhausted,
};

/** The `domain` of every ErrorInfo. */
export const ERROR_DOMAIN = "nexus-attest";

/** When a client may try again after a code that invites to. */
const RETRY_DELAY_MS = 500;

/** An error travels in headers, of which many clients take 8 KiB and no more: its words, in characters, and its largest detail, in bytes, stay well below. */
const MAX_WORDS = 2_048;
const MAX_DETAIL = 3 * 1024;

/** How many fields an error names. */
export const MAX_NAMED = 8;

/** Words of a blocking reason whose facts had to be left out, or of what is wrong with an override, in characters. */
const MAX_REASON_WORDS = 256;

/** An error for the wire: a code, a message for people, an ErrorInfo, and what else belongs to it. */
export function rpcError(
  reason: Reason | RefusalReason,
  message: string,
  options: {
    readonly cause?: unknown;
    readonly facts?: Facts;
    readonly blockingReasons?: Refused["blockingReasons"];
    readonly violations?: Refused["violations"];
    /** When the caller may repeat the call, in milliseconds; codes that invite to have a delay anyway. */
    readonly retryAfter?: number | undefined;
  } = {},
): ConnectError {
  const code = CODES[reason];
  const error = new ConnectError(cut(message, MAX_WORDS), code, undefined, undefined, options.cause);
  const metadata = { ...options.facts };
  error.details.push({
    desc: ErrorInfoSchema,
    value: create(ErrorInfoSchema, { reason, domain: ERROR_DOMAIN, metadata }),
  });
  if (options.blockingReasons !== undefined && options.blockingReasons.length > 0) {
    error.details.push({ desc: GateClosedSchema, value: gateClosed(options.blockingReasons) });
  }
  if (options.violations !== undefined && options.violations.length > 0) {
    const fieldViolations = options.violations
      .slice(0, MAX_NAMED)
      .map(({ field, description }) => ({ field, description: cut(description, MAX_REASON_WORDS), reason }));
    error.details.push({ desc: BadRequestSchema, value: create(BadRequestSchema, { fieldViolations }) });
  }
  const retryAfter =
    options.retryAfter ?? (code === Code.Unavailable || code === Code.Aborted ? RETRY_DELAY_MS : undefined);
  if (retryAfter !== undefined) {
    const retryDelay = durationFromMs(Math.ceil(retryAfter));
    error.details.push({ desc: RetryInfoSchema, value: create(RetryInfoSchema, { retryDelay }) });
  }
  return error;
}

/** With the facts behind each reason, unless that is too much for an error: GetDecision has them all. */
function gateClosed(reasons: Refused["blockingReasons"]): GateClosed {
  const blockingReasons = reasons.map(toWireBlockingReason);
  const whole = create(GateClosedSchema, { blockingReasons });
  if (toBinary(GateClosedSchema, whole).length <= MAX_DETAIL) return whole;
  return create(GateClosedSchema, {
    blockingReasons: blockingReasons.map(({ code, message }) => ({ code, message: cut(message, MAX_REASON_WORDS) })),
  });
}

/** Without half a character, at the end or anywhere else: gRPC could not carry it. */
function cut(words: string, most: number): string {
  return words.length <= most ? words.toWellFormed() : `${words.slice(0, most).toWellFormed()}…`;
}

/** What a handler threw, for the wire. Faults of ours say nothing of their cause: the log has it. */
export function toRpcError(error: unknown, signal: AbortSignal): ConnectError {
  if (signal.aborted && error === signal.reason) return ended(signal, error);
  if (error instanceof ConnectError) return error;
  if (error instanceof Refused)
    return rpcError(error.reason, error.message, {
      cause: error,
      facts: error.facts,
      blockingReasons: error.blockingReasons,
      violations: error.violations,
      retryAfter: error.retryAfter,
    });
  if (error instanceof AuditLogUnavailable) return rpcError("AUDIT_LOG_UNAVAILABLE", error.message, { cause: error });
  if (error instanceof CodecError) return rpcError("INVALID_REQUEST", error.message, { cause: error });
  if (error instanceof StreamCorrupt) return rpcError("STORED_LOG_CORRUPT", error.message, { cause: error });
  if (error instanceof AppendOutcomeUnknown && !signal.aborted)
    return rpcError(
      "WRITE_OUTCOME_UNKNOWN",
      "The write was not confirmed: it may or may not have happened. Repeat the call with the same request_id.",
      { cause: error },
    );
  if (error instanceof StoreUnavailable)
    return rpcError("STORE_UNAVAILABLE", `The store is not available: ${error.message}`, { cause: error });
  if (signal.aborted) return ended(signal, error);
  const unexpected = error instanceof WrongExpectedRevision ? "an append collided" : "an unexpected fault";
  return rpcError("INTERNAL", `The call failed by ${unexpected} of this server; its log has more.`, { cause: error });
}

/** The caller cancelled, or its deadline passed, or it was cut off because it did not read. */
function ended(signal: AbortSignal, cause: unknown): ConnectError {
  const { reason } = signal as { readonly reason: unknown };
  if (reason instanceof ConnectError && reason.code === Code.ResourceExhausted)
    return rpcError(
      "CLIENT_TOO_SLOW",
      "The client left too much unread for too long. A stream goes on from the last seq + 1 or the last cursor.",
      { cause },
    );
  return reason instanceof ConnectError && reason.code === Code.DeadlineExceeded
    ? rpcError(
        "DEADLINE_EXCEEDED",
        "The deadline passed. A command may have happened: repeat it with the same request_id.",
        { cause },
      )
    : rpcError(
        "CANCELLED",
        "The call was cancelled. A command may have happened: repeat it with the same request_id.",
        { cause },
      );
}
