import type { BlockingReason } from "./blocking.ts";

/** Why a command was refused: a reason, words that tell a person what to do next, and facts for programs. */
export interface Rejection {
  readonly reason: RejectionReason;
  readonly message: string;
  /** Only with GATE_CLOSED. */
  readonly blockingReasons?: readonly BlockingReason[];
}

/** Part of the schema's ErrorReason: those that follow from the rules of a decision. */
export type RejectionReason =
  | "INVALID_REQUEST"
  | "EXPIRY_NOT_IN_FUTURE"
  | "APPROVAL_LIFETIME_TOO_LONG"
  | "COMMENT_REQUIRED"
  | "ADAPTER_REQUIRED"
  | "ADAPTER_MISMATCH"
  | "TOO_MANY_EVENTS"
  | "REQUEST_ID_REUSED"
  | "SELF_APPROVAL"
  | "HUMAN_REQUIRED"
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
  | "NOTHING_TO_SETTLE";
