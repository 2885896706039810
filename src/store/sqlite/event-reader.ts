import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import { type Position, type StoredEvent, StoreUnavailable, StreamCorrupt } from "../../app/event-store.ts";

import { isDamage } from "./database.ts";

/** Reads events page by page: between pages other calls have their turn, and a page is all that a slow reader holds. */
export interface EventReader {
  /** Events of one stream, from a revision on. */
  streamPage(stream: string, direction: Direction, from: number, limit: number): Page;
  /** Events of all streams, by position, after one and up to another. `prefix` is told to whoever finds damage. */
  page(prefix: string, after: number, upTo: number): Page;
  /** The last revision of a stream; undefined if it does not exist. */
  lastRevision(stream: string): number | undefined;
  /** The position of the last event; 0 if there is none. */
  lastPosition(): number;
}

export type Direction = "forwards" | "backwards";

export interface Page {
  readonly events: readonly StoredEvent[];
  /** Whether nothing followed at the moment of reading. */
  readonly isLast: boolean;
}

/** A page ends with so many events, or with the event that makes it longer than so many characters. */
const PAGE_EVENTS = 256;
const PAGE_CHARACTERS = 1024 * 1024;

const COLUMNS = "e.position, s.name AS stream, e.revision, e.id, e.type, e.data, e.metadata";
const EVENTS = `SELECT ${COLUMNS} FROM events e JOIN streams s ON s.id = e.stream_id`;

export function createEventReader(database: DatabaseSync): EventReader {
  const forwards = database.prepare(`${EVENTS} WHERE s.name = ? AND e.revision >= ? ORDER BY e.revision LIMIT ?`);
  const backwards = database.prepare(`${EVENTS} WHERE s.name = ? AND e.revision <= ? ORDER BY e.revision DESC LIMIT ?`);
  const all = database.prepare(`${EVENTS} WHERE e.position > ? AND e.position <= ? ORDER BY e.position LIMIT ?`);
  const lastPosition = database.prepare("SELECT max(position) AS position FROM events");
  const lastRevision = database.prepare("SELECT revision FROM streams WHERE name = ?");

  return {
    streamPage(stream, direction, from, limit) {
      const size = Math.min(PAGE_EVENTS, limit);
      const statement = direction === "forwards" ? forwards : backwards;
      return query(stream, () => pageOf(statement.iterate(stream, from, size), size));
    },
    page: (prefix, after, upTo) => query(prefix, () => pageOf(all.iterate(after, upTo, PAGE_EVENTS), PAGE_EVENTS)),
    lastRevision: (stream) =>
      query(stream, () => lastRevision.get(stream)?.["revision"] as number | null | undefined) ?? undefined,
    lastPosition: () => query("", () => Number(lastPosition.get()?.["position"] ?? 0)),
  };
}

type Row = Readonly<Record<string, SQLOutputValue>>;

function pageOf(rows: Iterable<Row>, size: number): Page {
  const events: StoredEvent[] = [];
  let characters = 0;
  for (const row of rows) {
    const event = storedEvent(row);
    events.push(event);
    characters += event.data.length + (event.metadata?.length ?? 0);
    if (characters >= PAGE_CHARACTERS) return { events, isLast: false };
  }
  return { events, isLast: events.length < size };
}

function storedEvent({ stream, revision, id, type, data, metadata, position }: Row): StoredEvent {
  return {
    stream: String(stream),
    revision: Number(revision),
    position: String(position) as Position,
    id: String(id),
    type: String(type),
    data: String(data),
    ...(metadata === null || metadata === undefined ? {} : { metadata: String(metadata) }),
  };
}

/** Runs a query; what SQLite finds damaged is the stream's, whatever else goes wrong is the store's. */
function query<Result>(stream: string, run: () => Result): Result {
  try {
    return run();
  } catch (error) {
    const { message } = error as Error;
    if (isDamage(error)) throw new StreamCorrupt(stream, `the database file is damaged: ${message}`, { cause: error });
    throw new StoreUnavailable(`the database cannot be read: ${message}`, { cause: error });
  }
}
