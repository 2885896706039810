/**
 * The event store port. One stream per decision (`decision-<id>`) or template (`template-<name>`); events are opaque text to it.
 *
 * Every store must pass the suite in test/contract.
 */
export interface EventStore {
  /**
   * Appends all events or none, durably before it resolves.
   *
   * Repeating the very same append (same ids, same place, same data) after a lost answer succeeds with the first answer and writes nothing.
   *
   * @throws {WrongExpectedRevision} if the stream is not where it was expected, with the actual revision. Nothing was written.
   * @throws {StoreUnavailable} if nothing was written and nothing can be now (no answer at all, full disk, closed).
   * @throws {AppendOutcomeUnknown} if it may or may not have been written: repeat the very same append.
   * @throws {StreamCorrupt} if what is stored contradicts itself.
   */
  append(
    stream: string,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
    options?: CallOptions,
  ): Promise<AppendResult>;

  /**
   * The events of one stream in order, or the other way round, at most `limit` of them. A stream that does not exist reads as empty.
   * Leaving the loop early frees whatever the read holds.
   */
  read(stream: string, options?: ReadOptions & CallOptions): AsyncIterable<StoredEvent>;

  /**
   * Every event of the streams whose names begin with `prefix`, in commit order and without gaps: first those after the given position (from the
   * very first if there is none), then live, for ever, in bounded memory. Ends only by the signal (quietly), by close() (with StoreUnavailable) or by an
   * error that repeating cannot cure. `{ kind: "caught_up" }` comes whenever everything committed so far has been delivered, and again after
   * `{ kind: "interrupted" }`, which says that nobody knows at the moment whether something has been committed since.
   *
   * @throws {UnknownPosition} at the first message, if this store never gave out the position.
   */
  follow(prefix: string, after: Position | undefined, options?: CallOptions): AsyncIterable<FollowMessage>;

  /** Position of the last event committed, or undefined while there is none. */
  head(options?: CallOptions): Promise<Position | undefined>;

  /**
   * Whether a position is later than another.
   *
   * @throws {UnknownPosition} for what is no position of this kind of store.
   */
  isLater(position: Position, other: Position): boolean;

  /** Whether the store can serve now; resolves to a reason if it cannot. Cheap enough to be asked every second. */
  health(): Promise<StoreHealth>;

  /** Finishes what is under way and frees everything. Later calls throw StoreUnavailable. */
  close(): Promise<void>;
}

/** Where a stream is expected to be: its last revision (0, 1, 2…), or not to exist. */
export type ExpectedRevision = number | "none";

/** A place in the order of commits across streams: opaque, comparable only by its store, safe to print and to keep. */
export type Position = string & { readonly __brand: "Position" };

/** An event to be appended. */
export interface NewEvent {
  /** UUID, random for each attempt at deciding; the same only when the very same append is repeated. */
  readonly id: string;
  /** Such as `APPROVAL_GRANTED`. */
  readonly type: string;
  /** One JSON text, stored and returned to the byte. */
  readonly data: string;
  /** One JSON text about the event that is not part of it, or undefined. */
  readonly metadata?: string | undefined;
  /**
   * What the event belongs to and what called for it, for stores whose own tools go by that. It is not part of the event: a store may leave it out, and
   * none gives it back.
   */
  readonly trace?: { readonly correlationId: string; readonly causationId: string };
}

/** An event as stored. */
export interface StoredEvent extends Omit<NewEvent, "trace"> {
  readonly stream: string;
  /** 0, 1, 2… without gaps within the stream. */
  readonly revision: number;
  readonly position: Position;
}

export interface AppendResult {
  /** Revision of the last event appended. */
  readonly revision: number;
  readonly position: Position;
}

export interface ReadOptions {
  /** First revision wanted; default: the beginning, or backwards the end. */
  readonly from?: number | undefined;
  readonly direction?: "forwards" | "backwards" | undefined;
  readonly limit?: number | undefined;
}

export interface CallOptions {
  /** Ends the call: before anything was sent to the store with the signal's reason, after that with AppendOutcomeUnknown. */
  readonly signal?: AbortSignal | undefined;
}

export type FollowMessage =
  | { readonly kind: "event"; readonly event: StoredEvent }
  | { readonly kind: "caught_up"; readonly position: Position | undefined }
  | { readonly kind: "interrupted" };

export type StoreHealth = { readonly serving: true } | { readonly serving: false; readonly reason: string };

/** The stream is somewhere else: decide anew. */
export class WrongExpectedRevision extends Error {
  override readonly name = "WrongExpectedRevision";
  readonly stream: string;
  readonly actual: ExpectedRevision;
  constructor(stream: string, expected: ExpectedRevision, actual: ExpectedRevision) {
    super(`stream ${stream} was expected at revision ${expected} but is at ${actual}`);
    this.stream = stream;
    this.actual = actual;
  }
}

/** Nothing was written, and nothing can be done now. */
export class StoreUnavailable extends Error {
  override readonly name = "StoreUnavailable";
}

/** The append may or may not have been written. */
export class AppendOutcomeUnknown extends Error {
  override readonly name = "AppendOutcomeUnknown";
}

/** A position that this store never gave out: made up, of other data, or later than everything committed. */
export class UnknownPosition extends Error {
  override readonly name = "UnknownPosition";
  constructor(position: Position) {
    super(`${position} is not a position of this store`);
  }
}

/** What is stored contradicts itself: a gap, a log that does not begin at revision 0, an unreadable row. */
export class StreamCorrupt extends Error {
  override readonly name = "StreamCorrupt";
  readonly stream: string;
  constructor(stream: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.stream = stream;
  }
}
