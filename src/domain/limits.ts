/** Events a decision can have. */
export const MAX_EVENTS = 10_000;

/** Of these, so many are kept for its end: gate, start, outcome, settlement, veto or withdrawal. */
export const EVENTS_KEPT_FOR_THE_END = 10;

/** Longest message of a failed execution, in UTF-16 code units; a longer one is cut. */
export const MAX_FAILURE_MESSAGE = 4_096;
