import type { Instant } from "../domain/ids.ts";
import type { Position, StoredEvent } from "./event-store.ts";
import type { IndexContent } from "./store-content.ts";

/** What is wrong with a store, and where. */
export interface Problem {
  readonly kind: /** What the events are kept in: nothing that a server did. */
    | "STORE"
    /** The log of a stream does not replay. */
    | "LOG"
    /** It replays, and breaks a rule that held when it was written. */
    | "RULE"
    /** The index says something else than the log. */
    | "INDEX";
  readonly stream?: string | undefined;
  readonly seq?: number | undefined;
  readonly message: string;
}

/** A problem of the stream that is being checked. */
export type StreamProblem = Omit<Problem, "stream">;

/** What a stream is checked against beside itself. */
export interface CheckPorts {
  /** Undefined: there is none, or it is not compared. */
  readonly index: IndexContent | undefined;
  /** Whether the index has been fed an event at this position. */
  readonly isIndexed: (position: Position) => boolean;
  /** Asked when it is needed: beside a running server time goes on. */
  readonly now: () => Instant;
}

/**
 * Checks one stream: reads its events to their end, or to where nothing behind can be judged. That they are numbered without gaps and stand in the order of their
 * commits is certain already.
 */
export type CheckStream = (
  stream: string,
  events: AsyncIterable<StoredEvent>,
  ports: CheckPorts,
  report: (problem: StreamProblem) => void,
) => Promise<void>;
