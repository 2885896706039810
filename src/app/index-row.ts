import type { Instant } from "../domain/ids.ts";
import type { KeyView } from "../domain/key-view.ts";
import { nextChangeAt, progressOf, stateOf } from "../domain/lifecycle.ts";
import { reviewOf } from "../domain/review.ts";
import { type Decision, gateOf } from "../domain/state.ts";
import type { IndexRow } from "./decision-index.ts";

/** Characters of a text that a list shows. */
const LISTED_LENGTH = 256;

/** What the index holds of a decision, by a clock. */
export function indexRow(decision: Decision, now: Instant, timeChange: number, keys: KeyView): IndexRow {
  const { decisionId, requester, created, createdAt, approvals, phase, head } = decision;
  return {
    decisionId,
    requester,
    goal: shortened(created.goal),
    mode: created.mode,
    adapterId: gateOf(phase)?.gate.adapterId ?? created.adapterId,
    labels: created.labels,
    approverIds: [...new Set(approvals.map(({ approver }) => approver.id))],
    state: stateOf(decision, now, keys),
    progress: progressOf(decision, now, keys),
    createdAt,
    updatedAt: head.occurredAt,
    headSeq: head.seq,
    review: reviewOf(decision, now),
    nextChangeAt: nextChangeAt(decision, now, keys),
    timeChange,
  };
}

/** A text as lists show it. */
export function shortened(text: string): string {
  return text.length <= LISTED_LENGTH ? text : `${text.slice(0, LISTED_LENGTH - 1).toWellFormed()}…`;
}
