import type { BlockingReason } from "./blocking.ts";
import type { OverrideViolation } from "./tighten.ts";

/** Why a command was refused: a reason, words that tell a person what to do next, and facts for programs. */
export interface Rejection {
  readonly reason: RejectionReason;
  readonly message: string;
  readonly facts?: Facts;
  /** Only with GATE_CLOSED. */
  readonly blockingReasons?: readonly BlockingReason[];
  /** Only with OVERRIDE_NOT_TIGHTER and GUARDRAIL_NOT_MET: the fields by their paths in the request. */
  readonly violations?: readonly OverrideViolation[];
}

/** What a program may want to go on with; docs/errors.md says which reason comes with which. */
export const FACT_NAMES = [
  "server_time",
  "max_approval_lifetime_seconds",
  "adapter_id",
  "head_seq",
  "max_bytes",
  "max_events",
  "max_standing_approvals",
  "approval_seq",
  "request_digest",
  "next_seq",
  "server_id",
  "candidates",
  "max_templates",
  "import_id",
  "diverged_at_seq",
  "limit",
  "limit_value",
] as const;

export type Facts = { readonly [Name in (typeof FACT_NAMES)[number]]?: string };

/** Part of the schema's ErrorReason: those that follow from the rules of a decision. */
export type RejectionReason =
  | "INVALID_REQUEST"
  | "EXPIRY_NOT_IN_FUTURE"
  | "APPROVAL_LIFETIME_TOO_LONG"
  | "COMMENT_REQUIRED"
  | "ADAPTER_REQUIRED"
  | "ADAPTER_MISMATCH"
  | "SIGNATURE_REQUIRED"
  | "SIGNATURE_INVALID"
  | "APPROVER_KEY_NOT_ENROLLED"
  | "APPROVER_KEY_REVOKED"
  | "APPROVER_KEY_INVALID"
  | "APPROVER_KEY_NOT_FOUND"
  | "APPROVER_KEY_ALREADY_ENROLLED"
  | "NOT_AN_ADMINISTRATOR"
  | "TOO_MANY_EVENTS"
  | "TOO_MANY_APPROVALS"
  | "REQUEST_ID_REUSED"
  | "SELF_APPROVAL"
  | "HUMAN_REQUIRED"
  | "EXECUTOR_IS_REQUESTER"
  | "EXECUTOR_IS_APPROVER"
  | "NOT_THE_REQUESTER"
  | "NOT_YOUR_APPROVAL"
  | "DECISION_NOT_FOUND"
  | "NO_POLICY"
  | "POLICY_ALREADY_ATTACHED"
  | "DECISION_CLOSED"
  | "EXECUTION_UNDER_WAY"
  | "ALREADY_APPROVED"
  | "NO_STANDING_APPROVAL"
  | "REQUEST_DIGEST_MISMATCH"
  | "GATE_CLOSED"
  | "NOTHING_TO_SETTLE"
  | "TEMPLATE_NOT_FOUND"
  | "TEMPLATE_ALREADY_EXISTS"
  | "NO_MATCHING_TEMPLATE"
  | "AMBIGUOUS_TEMPLATE"
  | "OVERRIDE_NOT_TIGHTER"
  | "GUARDRAIL_NOT_MET"
  | "BREAK_GLASS_DISABLED"
  | "NOTHING_TO_REVIEW"
  | "REVIEWER_IS_EXECUTOR"
  | "ALREADY_REVIEWED";
