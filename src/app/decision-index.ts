import type { Actor } from "../domain/actor.ts";
import type { DecisionId, Instant } from "../domain/ids.ts";
import type { LifecycleState, Progress } from "../domain/lifecycle.ts";
import type { Label, Mode } from "../domain/request.ts";
import type { ReviewProgress, ReviewStatus } from "../domain/review.ts";
import type { Position } from "./event-store.ts";
import type { Sight } from "./sight.ts";

/** An index port: what lists and filters of logs of one kind are answered from. A projection: it can be deleted and is built anew from the events. */
export interface LogIndex<Id, Row extends IndexedRow> {
  /** Up to where it has been fed; undefined: it is empty. */
  position(): Position | undefined;

  /** Puts rows in place of what was there for the same logs, and moves the position (undefined: leaves it), in one transaction. */
  apply(rows: readonly Row[], position: Position | undefined): void;

  /** Empties it, its position included. */
  clear(): void;

  /** The row of one log. */
  get(id: Id): Row | undefined;

  /** Rows whose nextChangeAt has come, earliest first. */
  due(now: Instant, limit: number): readonly Row[];

  /** The earliest nextChangeAt. */
  nextDue(): Instant | undefined;

  /** The greatest timeChange given so far; 0 if none. */
  lastTimeChange(): number;

  close(): void;
}

/** What is known of every log in an index. */
export interface IndexedRow {
  readonly headSeq: number;
  /** When time alone may change the state. */
  readonly nextChangeAt: Instant | undefined;
  /** Numbers the changes by time alone across all logs of the index, 1, 2…; that of the last one of this log, 0 if there was none. */
  readonly timeChange: number;
}

/** The index of decisions. */
export interface DecisionIndex extends LogIndex<DecisionId, IndexRow> {
  /** Rows that match, by order of creation, at most `limit`, beginning after a key (exclusive). */
  list(query: IndexQuery): readonly IndexRow[];

  /** Rows whose timeChange is greater than a number, in its order. */
  timeChangedAfter(timeChange: number, limit: number): readonly IndexRow[];
}

/** A decision in the index. */
export interface IndexRow extends IndexedRow {
  readonly decisionId: DecisionId;
  readonly requester: Actor;
  /** Cut to 256 characters. */
  readonly goal: string;
  readonly mode: Mode;
  /** The request's, or after the gate the one used. */
  readonly adapterId: string;
  readonly labels: readonly Label[];
  /** Ids of all who ever approved. */
  readonly approverIds: readonly string[];
  readonly state: LifecycleState;
  readonly progress: Progress;
  /** Undefined unless it was executed by break-glass. */
  readonly review: ReviewProgress | undefined;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}

/** Where a row stands in the order of creation: by createdAt, then decisionId. */
export interface IndexKey {
  readonly createdAt: Instant;
  readonly decisionId: DecisionId;
}

export interface IndexQuery {
  readonly filter: IndexFilter;
  /** Nothing beyond it is given, or counts towards the limit. */
  readonly sight: Sight;
  readonly order: "newest_first" | "oldest_first";
  readonly after: IndexKey | undefined;
  readonly limit: number;
}

/** Everything given must hold. */
export interface IndexFilter {
  /** Any of these; empty: all. */
  readonly states: readonly LifecycleState[];
  /** All of these. */
  readonly labels: readonly Label[];
  readonly requesterId: string | undefined;
  readonly approverId: string | undefined;
  readonly adapterId: string | undefined;
  readonly mode: Mode | undefined;
  /** Executed by break-glass, with a review in any of these; empty: whether or not. */
  readonly reviewStatuses: readonly ReviewStatus[];
  /** At or after. */
  readonly createdFrom: Instant | undefined;
  /** Before. */
  readonly createdUntil: Instant | undefined;
}

/** Whether a row matches a filter: the meaning that every index implements. */
export function matches(filter: IndexFilter, row: IndexRow): boolean {
  return (
    (filter.states.length === 0 || filter.states.includes(row.state)) &&
    filter.labels.every(({ key, value }) => row.labels.some((l) => l.key === key && l.value === value)) &&
    (filter.requesterId === undefined || filter.requesterId === row.requester.id) &&
    (filter.approverId === undefined || row.approverIds.includes(filter.approverId)) &&
    (filter.adapterId === undefined || filter.adapterId === row.adapterId) &&
    (filter.mode === undefined || filter.mode === row.mode) &&
    (filter.reviewStatuses.length === 0 ||
      (row.review && filter.reviewStatuses.includes(row.review.status)) === true) &&
    (filter.createdFrom === undefined || row.createdAt >= filter.createdFrom) &&
    (filter.createdUntil === undefined || row.createdAt < filter.createdUntil)
  );
}
