import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import type { Position } from "../../app/event-store.ts";
import type { StoreContent } from "../../app/store-content.ts";
import { guarded, identify, SCHEMA } from "./database.ts";
import { createEventReader } from "./event-reader.ts";
import { damageOf, damageOr } from "./file-damage.ts";
import { openUnchanged } from "./open-unchanged.ts";
import { parsePosition } from "./position.ts";

export interface EventFile extends StoreContent {
  /** @throws {StoreUnavailable} if a server has taken the directory up since. */
  assertUntouched(): void;
  close(): void;
}

/** Streams that are looked up at a time. */
const PAGE_STREAMS = 256;

/** Rows of a kind that are named; what was done to one was mostly done to many. */
const MAX_NAMED = 20;

/**
 * Opens the file of the embedded event store to be checked, without taking it from a server that has it and without changing anything.
 *
 * @throws {UnusableDatabase} if it cannot be read, or is not an event store that this version knows; it is a DamagedDatabase if it is none any more.
 */
export function openEventFile(file: string): EventFile {
  const opened = openUnchanged(file);
  const { database } = opened;
  try {
    const { lastStream, total } = guarded(file, () => {
      identify(database, file);
      const { id, events } = database
        .prepare("SELECT (SELECT max(id) FROM streams) AS id, (SELECT count(*) FROM events) AS events")
        .get() as { readonly id: number | null; readonly events: number };
      return { lastStream: id ?? 0, total: events };
    });
    const reader = createEventReader(database);
    return {
      total,
      async head() {
        const position = reader.lastPosition();
        return position === 0 ? undefined : (`${position}` as Position);
      },
      isLater: (position, other) => parsePosition(position) > parsePosition(other),
      *damage() {
        yield* damageOf(opened, SCHEMA);
        yield* damageOfRows(database);
      },
      async *streams() {
        const page = database.prepare("SELECT id, name FROM streams WHERE id > ? AND id <= ? ORDER BY id LIMIT ?");
        for (let last = Number.MIN_SAFE_INTEGER; ; ) {
          const rows = guarded(file, () => page.all(last, lastStream, PAGE_STREAMS));
          for (const { name } of rows) yield String(name);
          if (rows.length < PAGE_STREAMS) return;
          last = Number(rows.at(-1)?.["id"]);
        }
      },
      async *events(stream) {
        for (let next = Number.MIN_SAFE_INTEGER; ; ) {
          const { events, isLast } = reader.streamPage(stream, "forwards", next, Number.MAX_SAFE_INTEGER);
          yield* events;
          const last = events.at(-1);
          if (isLast || last === undefined) return;
          next = last.revision + 1;
        }
      },
      has: async (stream) => reader.lastRevision(stream) !== undefined,
      assertUntouched: () => opened.assertUntouched(),
      close: () => opened.close(),
    };
  } catch (error) {
    opened.close();
    throw error;
  }
}

/** What no append can have left behind. Each question is one statement, so that whoever appends meanwhile changes no answer. */
function* damageOfRows(database: DatabaseSync): Generator<string> {
  const rows = (sql: string) => damageOr(() => database.prepare(sql).all(MAX_NAMED));
  for (const [sql, words] of QUESTIONS) {
    const found = rows(sql);
    if (typeof found === "string") return yield `what is in the database cannot be read: ${found}`;
    for (const row of found) yield words(row);
  }
}

type Row = Readonly<Record<string, SQLOutputValue>>;

/** Positions are given out one by one and never twice, for a transaction that fails gives them back. */
const QUESTIONS: readonly (readonly [sql: string, words: (row: Row) => string])[] = [
  [
    `SELECT 1 AS first, min(position) - 1 AS last FROM events HAVING min(position) > 1
     UNION ALL
     SELECT position + 1, (SELECT min(n.position) FROM events n WHERE n.position > e.position) - 1 FROM events e
       WHERE NOT EXISTS (SELECT 1 FROM events n WHERE n.position = e.position + 1)
         AND position < (SELECT max(position) FROM events)
     UNION ALL
     SELECT coalesce((SELECT max(position) FROM events), 0) + 1, seq FROM sqlite_sequence
       WHERE name = 'events' AND seq > coalesce((SELECT max(position) FROM events), 0)
     LIMIT ?`,
    ({ first, last }) => `the events at positions ${String(first)} to ${String(last)} are gone`,
  ],
  [
    `SELECT max(position) AS last, (SELECT seq FROM sqlite_sequence WHERE name = 'events') AS seq FROM events
       HAVING max(position) > coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'events'), 0) LIMIT ?`,
    ({ last, seq }) =>
      `the last event is at position ${String(last)}, of which only ${String(seq ?? "none")} have been given out`,
  ],
  [
    `SELECT stream_id, count(*) AS events FROM events WHERE stream_id NOT IN (SELECT id FROM streams)
       GROUP BY stream_id LIMIT ?`,
    ({ stream_id: id, events }) =>
      `${String(events)} events belong to the stream with the number ${String(id)}, which is gone`,
  ],
  [
    `SELECT name, revision, (SELECT max(revision) FROM events WHERE stream_id = s.id) AS last FROM streams s
       WHERE revision IS NOT last LIMIT ?`,
    ({ name, revision, last }) =>
      `${String(name)} is said to be at revision ${String(revision)}, but its last event is ${String(last ?? "none")}`,
  ],
];
