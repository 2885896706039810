import { randomUUID } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { digestMetadata } from "../../src/app/stored-digest.ts";
import { decodeEvent } from "../../src/codec/stored-event.ts";
import type { DecisionEvent, EventBody } from "../../src/domain/event.ts";
import { seal } from "../../src/evidence/chain.ts";
import { digestOf } from "../../src/evidence/digest.ts";
import type { Left } from "../cli/stores-to-check.ts";

/** Something that somebody who has the database file does to it, and what a check has to find then. */
export interface StoreEdit {
  readonly what: string;
  /** Whose log the first finding is about. */
  readonly of?: keyof Left["ids"];
  readonly edit: Edit;
  readonly found: readonly (readonly [kind: string, seq: number | undefined, words: RegExp])[];
}

export type Edit = (database: DatabaseSync, ids: Left["ids"]) => void;

/** The rows of a decision's stream, under the short names that the statements below use. */
export function rowsOf(decisionId: string) {
  return `stream_id = (SELECT id FROM streams WHERE name = 'decision-${decisionId}')`;
}

export const sql =
  (statement: (ids: Left["ids"]) => string): Edit =>
  (database, ids) =>
    database.exec(`PRAGMA foreign_keys = OFF; ${statement(ids)}`);

/** Writes an event behind the last one of a decision as if it had always been there: sealed, chained, with its digest beside it. */
export function forge(
  database: DatabaseSync,
  decisionId: string,
  change: (last: DecisionEvent) => Partial<DecisionEvent>,
): void {
  const where = rowsOf(decisionId);
  const last = database
    .prepare(`SELECT stream_id, data FROM events WHERE ${where} ORDER BY revision DESC LIMIT 1`)
    .get();
  const text = String(last?.["data"]);
  const event = decodeEvent(text);
  const next = {
    ...event,
    eventId: randomUUID(),
    requestId: randomUUID(),
    seq: event.seq + 1,
    previousDigest: digestOf(text),
  };
  insert(database, Number(last?.["stream_id"]), { ...next, ...change(event) });
}

export function insert(database: DatabaseSync, streamId: number, event: DecisionEvent): void {
  const { text, digest } = seal(event);
  database
    .prepare("INSERT INTO events (stream_id, revision, id, type, data, metadata) VALUES (?, ?, ?, ?, ?, ?)")
    .run(streamId, event.seq, event.eventId, event.body.type, text, digestMetadata(digest));
  database.prepare("UPDATE streams SET revision = ? WHERE id = ?").run(event.seq, streamId);
}

/** Writes one event of a decision anew, with its digest, and nothing behind it. */
export function rewrite(
  database: DatabaseSync,
  decisionId: string,
  seq: number,
  change: (text: string) => string,
): void {
  const where = `${rowsOf(decisionId)} AND revision = ?`;
  const text = change(String(database.prepare(`SELECT data FROM events WHERE ${where}`).get(seq)?.["data"]));
  const metadata = digestMetadata(digestOf(text));
  database.prepare(`UPDATE events SET data = ?, metadata = ? WHERE ${where}`).run(text, metadata, seq);
}

export function bodyOf(database: DatabaseSync, decisionId: string, seq: number): EventBody {
  const row = database.prepare(`SELECT data FROM events WHERE ${rowsOf(decisionId)} AND revision = ?`).get(seq);
  return decodeEvent(String(row?.["data"])).body;
}
