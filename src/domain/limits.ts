/** Events a decision can have. */
export const MAX_EVENTS = 10_000;

/** Of these, so many are kept for its end: gate, start, outcome, settlement, veto or withdrawal. */
export const EVENTS_KEPT_FOR_THE_END = 10;

/**
 * Approvals of a decision that can stand at the same time. The largest policy can ask for 1,600; the gate names the digest of each, and has to stay below the
 * limit of an event.
 */
export const MAX_STANDING_APPROVALS = 2_000;

/** Longest message of a failed execution, in UTF-16 code units; a longer one is cut. */
export const MAX_FAILURE_MESSAGE = 4_096;

/** Keys of approvers that the registry can hold, revoked ones included; as many as a trust policy can name. */
export const MAX_APPROVER_KEYS = 10_000;

/** Labels of a request. */
export const MAX_LABELS = 32;

/** Groups that a policy may name, also together with the guardrails that raise it. */
export const MAX_GROUPS = 16;
