import type { Instant } from "../domain/ids.ts";
import { BrokenLog } from "../evidence/chain.ts";
import type { Position, StoredEvent } from "./event-store.ts";
import type { KeysOfIndex } from "./row-standings.ts";
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
  /** The registry of approvers' keys, read when it is first needed; once more, to know what has happened since. Undefined: it does not replay. */
  readonly keys: (again: "again" | undefined) => Promise<KeysOfIndex | undefined>;
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

/** What stands beside an event that this program has written. */
export function assertBeside({ id, metadata }: StoredEvent, eventId: string): void {
  if (id !== eventId) throw new BrokenLog(`it is stored under the id ${id}, but says that its id is ${eventId}`);
  if (metadata === undefined) throw new BrokenLog("the digest that belongs beside it is gone");
}

/** The report says already which event it is. */
export function withoutPlace(message: string, place: string): string {
  return message.startsWith(`${place}: `) ? message.slice(`${place}: `.length) : message;
}
