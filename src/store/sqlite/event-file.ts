import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import type { Position } from "../../app/event-store.ts";
import type { StoreContent } from "../../app/store-content.ts";
import { assertNotEmpty, damaged, guarded, identify, SCHEMA } from "./database.ts";
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

/** Numbers beyond that JavaScript does not have; what bears one is named and not looked at. */
const SMALLEST = Number.MIN_SAFE_INTEGER;
const LARGEST = Number.MAX_SAFE_INTEGER;

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
    const { lastStream, total, reader, lastPosition } = guarded(file, () => {
      assertNotEmpty(file);
      identify(database, file);
      return asMade(file, () => {
        const { id, events } = database
          .prepare("SELECT (SELECT max(id) FROM streams WHERE id <= ?) AS id, (SELECT count(*) FROM events) AS events")
          .get(LARGEST) as { readonly id: number | null; readonly events: number };
        const lastPosition = database.prepare("SELECT max(position) AS position FROM events WHERE position <= ?");
        return { lastStream: id ?? 0, total: events, reader: createEventReader(database), lastPosition };
      });
    });
    return {
      total,
      async head() {
        const position = guarded(file, () => lastPosition.get(LARGEST)?.["position"] ?? undefined);
        return position === undefined ? undefined : (String(position) as Position);
      },
      isLater: (position, other) => rowOf(position) > rowOf(other),
      *damage() {
        yield* damageOf(opened, SCHEMA);
        yield* damageOfRows(database);
      },
      async *streams() {
        const page = database.prepare("SELECT id, name FROM streams WHERE id > ? AND id <= ? ORDER BY id LIMIT ?");
        for (let last = SMALLEST; ; ) {
          const rows = guarded(file, () => page.all(last, lastStream, PAGE_STREAMS));
          for (const { name } of rows) yield String(name);
          if (rows.length < PAGE_STREAMS) return;
          last = Number(rows.at(-1)?.["id"]);
        }
      },
      async *events(stream) {
        for (let next = SMALLEST; ; ) {
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

/** A file whose tables are not ours is as good as damaged. */
function asMade<Result>(file: string, ask: () => Result): Result {
  const result = damageOr(() => ({ is: ask() }));
  if (typeof result === "string") throw damaged(file, result);
  return result.is;
}

/** The row of a position, also of one that somebody made up. */
function rowOf(position: Position): number {
  return /^-\d{1,16}$|^\d{16}$|^0$/.test(position) ? Number(position) : parsePosition(position);
}

/** What no append can have left behind. Each question is one statement, so that whoever appends meanwhile changes no answer. */
function* damageOfRows(database: DatabaseSync): Generator<string> {
  for (const [sql, words] of QUESTIONS) {
    const found = damageOr(() => {
      const question = database.prepare(sql);
      question.setReadBigInts(true);
      return question.all(MAX_NAMED);
    });
    if (typeof found === "string") yield `what is in the database cannot be read: ${found}`;
    else for (const row of found) yield words(row);
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
    `SELECT 'event' AS what, position AS number FROM events WHERE position NOT BETWEEN 1 AND ${LARGEST}
     UNION ALL
     SELECT 'stream', id FROM streams WHERE id NOT BETWEEN 1 AND ${LARGEST} LIMIT ?`,
    ({ what, number }) => `${String(what)} number ${String(number)}: that number is never given out`,
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
