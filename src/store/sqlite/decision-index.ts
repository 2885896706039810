import type { SQLInputValue, SQLOutputValue } from "node:sqlite";
import type { DecisionIndex, IndexFilter, IndexRow } from "../../app/decision-index.ts";
import type { Position } from "../../app/event-store.ts";
import type { Sight } from "../../app/sight.ts";
import type { DecisionId } from "../../domain/ids.ts";
import { inTransaction, openProjection } from "./projection.ts";

/** The schema that this version reads and writes. A file of another is dropped and built anew: everything in it follows from the events. */
export const INDEX_SCHEMA_VERSION = 2;

export const INDEX_SCHEMA = `
  CREATE TABLE decisions (
    decision_id TEXT PRIMARY KEY,
    created_at INTEGER NOT NULL,
    state TEXT NOT NULL,
    requester_id TEXT NOT NULL,
    adapter_id TEXT NOT NULL,
    mode TEXT NOT NULL,
    review TEXT,
    next_change_at INTEGER,
    time_change INTEGER NOT NULL,
    row TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX by_creation ON decisions (created_at, decision_id);
  CREATE INDEX by_state ON decisions (state, created_at, decision_id);
  CREATE INDEX by_requester ON decisions (requester_id, created_at, decision_id);
  CREATE INDEX by_adapter ON decisions (adapter_id, created_at, decision_id);
  CREATE INDEX by_review ON decisions (review, created_at, decision_id) WHERE review IS NOT NULL;
  CREATE INDEX by_next_change ON decisions (next_change_at) WHERE next_change_at IS NOT NULL;
  CREATE INDEX by_time_change ON decisions (time_change) WHERE time_change > 0;
  CREATE TABLE labels (label TEXT NOT NULL, decision_id TEXT NOT NULL, PRIMARY KEY (label, decision_id)) STRICT, WITHOUT ROWID;
  CREATE TABLE approvers (actor_id TEXT NOT NULL, decision_id TEXT NOT NULL, PRIMARY KEY (actor_id, decision_id)) STRICT, WITHOUT ROWID;
  CREATE TABLE place (id INTEGER PRIMARY KEY CHECK (id = 1), position TEXT, time_change INTEGER NOT NULL) STRICT;
  INSERT INTO place (id, position, time_change) VALUES (1, NULL, 0);
`;

/**
 * Opens the index of decisions. A file that is damaged or of another version is dropped, and with `anew` any other too: the indexer builds it from the events.
 */
export function openSqliteDecisionIndex({
  file,
  anew = false,
}: {
  readonly file: string;
  readonly anew?: boolean;
}): DecisionIndex {
  const database = openProjection({ file, anew, schema: INDEX_SCHEMA, version: INDEX_SCHEMA_VERSION });
  const put = database.prepare(
    `INSERT INTO decisions (decision_id, created_at, state, requester_id, adapter_id, mode, review, next_change_at, time_change, row)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (decision_id) DO UPDATE SET state = excluded.state, adapter_id = excluded.adapter_id, review = excluded.review,
       next_change_at = excluded.next_change_at, time_change = excluded.time_change, row = excluded.row`,
  );
  const putLabel = database.prepare("INSERT OR IGNORE INTO labels (label, decision_id) VALUES (?, ?)");
  const putApprover = database.prepare("INSERT OR IGNORE INTO approvers (actor_id, decision_id) VALUES (?, ?)");
  const getRow = database.prepare("SELECT row FROM decisions WHERE decision_id = ?");
  const getDue = database.prepare(
    "SELECT row FROM decisions WHERE next_change_at <= ? ORDER BY next_change_at LIMIT ?",
  );
  const getNextDue = database.prepare(
    "SELECT min(next_change_at) AS at FROM decisions WHERE next_change_at IS NOT NULL",
  );
  const getTimeChanged = database.prepare(
    "SELECT row FROM decisions WHERE time_change > max(?, 0) AND time_change > 0 ORDER BY time_change LIMIT ?",
  );
  const getPlace = database.prepare("SELECT position, time_change FROM place");
  const movePosition = database.prepare("UPDATE place SET position = ?");
  const moveTimeChange = database.prepare("UPDATE place SET time_change = max(time_change, ?)");

  return {
    position: () => (getPlace.get()?.["position"] ?? undefined) as Position | undefined,
    apply: (rows, position) =>
      inTransaction(database, () => {
        for (const row of rows) write(row);
        if (position !== undefined) movePosition.run(position);
      }),
    clear: () =>
      inTransaction(database, () =>
        database.exec(
          "DELETE FROM decisions; DELETE FROM labels; DELETE FROM approvers; UPDATE place SET position = NULL, time_change = 0",
        ),
      ),
    get: (decisionId) => rowOf(getRow.get(decisionId)),
    list({ filter, sight, order, after, limit }) {
      const { where, values } = conditions(filter);
      if (sight !== "everything") {
        const within = inSight(sight);
        where.push(within.where);
        values.push(...within.values);
      }
      const newest = order === "newest_first";
      if (after !== undefined) {
        where.push(`(d.created_at, d.decision_id) ${newest ? "<" : ">"} (?, ?)`);
        values.push(after.createdAt, after.decisionId);
      }
      const direction = newest ? "DESC" : "ASC";
      const sql = `SELECT d.row FROM decisions d ${where.length === 0 ? "" : `WHERE ${where.join(" AND ")}`}
        ORDER BY d.created_at ${direction}, d.decision_id ${direction} LIMIT ?`;
      return rowsOf(database.prepare(sql).all(...values, limit));
    },
    due: (now, limit) => rowsOf(getDue.all(now, limit)),
    nextDue: () => (getNextDue.get()?.["at"] ?? undefined) as number | undefined,
    timeChangedAfter: (timeChange, limit) => rowsOf(getTimeChanged.all(timeChange, limit)),
    lastTimeChange: () => Number(getPlace.get()?.["time_change"] ?? 0),
    close: () => database.close(),
  };

  function write(row: IndexRow): void {
    const { decisionId, createdAt, state, requester, adapterId, mode, nextChangeAt, timeChange } = row;
    const text = JSON.stringify(row);
    const review = row.review?.status ?? null;
    put.run(
      decisionId,
      createdAt,
      state,
      requester.id,
      adapterId,
      mode,
      review,
      nextChangeAt ?? null,
      timeChange,
      text,
    );
    for (const { key, value } of row.labels) putLabel.run(labelText(key, value), decisionId);
    for (const id of row.approverIds) putApprover.run(id, decisionId);
    if (timeChange > 0) moveTimeChange.run(timeChange);
  }
}

function conditions(filter: IndexFilter): { readonly where: string[]; readonly values: SQLInputValue[] } {
  const where: string[] = [];
  const values: SQLInputValue[] = [];
  const add = (condition: string, ...given: SQLInputValue[]) => {
    where.push(condition);
    values.push(...given);
  };
  if (filter.states.length > 0) add(`d.state IN (${filter.states.map(() => "?").join(", ")})`, ...filter.states);
  if (filter.reviewStatuses.length > 0)
    add(`d.review IN (${filter.reviewStatuses.map(() => "?").join(", ")})`, ...filter.reviewStatuses);
  if (filter.requesterId !== undefined) add("d.requester_id = ?", filter.requesterId);
  if (filter.adapterId !== undefined) add("d.adapter_id = ?", filter.adapterId);
  if (filter.mode !== undefined) add("d.mode = ?", filter.mode);
  if (filter.createdFrom !== undefined) add("d.created_at >= ?", filter.createdFrom);
  if (filter.createdUntil !== undefined) add("d.created_at < ?", filter.createdUntil);
  for (const { key, value } of filter.labels)
    add("d.decision_id IN (SELECT decision_id FROM labels WHERE label = ?)", labelText(key, value));
  if (filter.approverId !== undefined)
    add("d.decision_id IN (SELECT decision_id FROM approvers WHERE actor_id = ?)", filter.approverId);
  return { where, values };
}

/** Somebody's own decisions, and those that one of the scopes covers. */
function inSight({ own, scopes }: Exclude<Sight, "everything">): {
  readonly where: string;
  readonly values: readonly SQLInputValue[];
} {
  const parts = ["(d.requester_id = ? AND json_extract(d.row, '$.requester.type') = ?)"];
  const values: SQLInputValue[] = [own.id, own.type];
  for (const { labels, adapters } of scopes) {
    const all = labels.map(() => "d.decision_id IN (SELECT decision_id FROM labels WHERE label = ?)");
    if (adapters.length > 0) all.push(`d.adapter_id IN (${adapters.map(() => "?").join(", ")})`);
    parts.push(`(${all.join(" AND ") || "TRUE"})`);
    values.push(...labels.map(({ key, value }) => labelText(key, value)), ...adapters);
  }
  return { where: `(${parts.join(" OR ")})`, values };
}

/** A label's key cannot hold "=". */
function labelText(key: string, value: string): string {
  return `${key}=${value}`;
}

type Row = Readonly<Record<string, SQLOutputValue>>;

function rowOf(row: Row | undefined): IndexRow | undefined {
  return row === undefined ? undefined : (JSON.parse(String(row["row"])) as IndexRow);
}

function rowsOf(rows: readonly Row[]): readonly IndexRow[] {
  return rows.map((row) => JSON.parse(String(row["row"])) as IndexRow & { readonly decisionId: DecisionId });
}
