import type { DecisionId } from "../domain/ids.ts";
import type { Position, StoredEvent } from "./event-store.ts";

/** Everything that a store holds, as it stands there, for whoever checks it. Nothing that reads it changes anything. */
export interface StoreContent {
  /** Position of the last event, or undefined while there is none. */
  head(): Promise<Position | undefined>;

  /**
   * Whether a position is later than another.
   *
   * @throws {UnknownPosition} for what is no position of this kind of store.
   */
  isLater(position: Position, other: Position): boolean;

  /** How many events there are, where that can be told without reading them. */
  readonly total: number | undefined;

  /** What is wrong with what the events are kept in, in words. */
  damage(): Iterable<string>;

  /** Every stream that there was at the beginning, once. */
  streams(): AsyncIterable<string>;

  /**
   * The events of a stream, in order of their revisions. Gaps and repetitions are handed on.
   *
   * @throws {StreamCorrupt} at what cannot be read.
   * @throws {StoreUnavailable}
   */
  events(stream: string): AsyncIterable<StoredEvent>;

  /** Whether there is a stream of that name. */
  has(stream: string): Promise<boolean>;
}

/** What an index of decisions holds, as it stands there. */
export interface IndexContent {
  position(): Position | undefined;
  lastTimeChange(): number;
  /** What is wrong with what the rows are found by, in words. */
  damage(): Iterable<string>;
  /** All that it holds of a decision. */
  entry(decisionId: DecisionId): IndexEntry | undefined;
  /** Every decision that it has a row of. */
  decisionIds(): Iterable<DecisionId>;
}

/** A row of the index, and what is kept beside it so that it can be found and put in order. */
export interface IndexEntry {
  /** The row as text: JSON. */
  readonly text: string;
  readonly columns: Readonly<Record<string, string | number | null>>;
}
