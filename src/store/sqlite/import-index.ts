import type { SQLInputValue, SQLOutputValue } from "node:sqlite";
import type { Position } from "../../app/event-store.ts";
import type { ImportFilter, ImportIndex, ImportRow } from "../../app/import-index.ts";
import { inTransaction, openProjection } from "./projection.ts";

const SCHEMA_VERSION = 2;

const SCHEMA = `
  CREATE TABLE imports (
    import_id TEXT PRIMARY KEY,
    decision_id TEXT NOT NULL,
    first_imported_at INTEGER NOT NULL,
    next_change_at INTEGER,
    row TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX by_import ON imports (first_imported_at, import_id);
  CREATE INDEX by_decision ON imports (decision_id, first_imported_at, import_id);
  CREATE INDEX by_next_change ON imports (next_change_at) WHERE next_change_at IS NOT NULL;
  CREATE TABLE labels (label TEXT NOT NULL, import_id TEXT NOT NULL, PRIMARY KEY (label, import_id)) STRICT, WITHOUT ROWID;
  CREATE TABLE place (id INTEGER PRIMARY KEY CHECK (id = 1), position TEXT, time_change INTEGER NOT NULL) STRICT;
  INSERT INTO place (id, position, time_change) VALUES (1, NULL, 0);
`;

/** Opens the index of imports. A file that is damaged or of another version is dropped, and with `anew` any other too: the indexer builds it from the events. */
export function openSqliteImportIndex({
  file,
  anew = false,
}: {
  readonly file: string;
  readonly anew?: boolean;
}): ImportIndex {
  const database = openProjection({ file, anew, schema: SCHEMA, version: SCHEMA_VERSION });
  const put = database.prepare(
    `INSERT INTO imports (import_id, decision_id, first_imported_at, next_change_at, row) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (import_id) DO UPDATE SET next_change_at = excluded.next_change_at, row = excluded.row`,
  );
  const putLabel = database.prepare("INSERT OR IGNORE INTO labels (label, import_id) VALUES (?, ?)");
  const getRow = database.prepare("SELECT row FROM imports WHERE import_id = ?");
  const getDue = database.prepare("SELECT row FROM imports WHERE next_change_at <= ? ORDER BY next_change_at LIMIT ?");
  const getNextDue = database.prepare("SELECT min(next_change_at) AS at FROM imports WHERE next_change_at IS NOT NULL");
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
        database.exec("DELETE FROM imports; DELETE FROM labels; UPDATE place SET position = NULL, time_change = 0"),
      ),
    get: (importId) => rowsOf(getRow.all(importId))[0],
    list({ filter, after, limit }) {
      const { where, values } = conditions(filter);
      if (after !== undefined) {
        where.push("(i.first_imported_at, i.import_id) < (?, ?)");
        values.push(after.firstImportedAt, after.importId);
      }
      const sql = `SELECT i.row FROM imports i ${where.length === 0 ? "" : `WHERE ${where.join(" AND ")}`}
        ORDER BY i.first_imported_at DESC, i.import_id DESC LIMIT ?`;
      return rowsOf(database.prepare(sql).all(...values, limit));
    },
    due: (now, limit) => rowsOf(getDue.all(now, limit)),
    nextDue: () => (getNextDue.get()?.["at"] ?? undefined) as number | undefined,
    lastTimeChange: () => Number(getPlace.get()?.["time_change"] ?? 0),
    close: () => database.close(),
  };

  function write(row: ImportRow): void {
    const { importId, decision, foreign, firstImportedAt, nextChangeAt, timeChange } = row;
    const decisionId = decision?.decisionId ?? foreign?.decisionId ?? "";
    put.run(importId, decisionId, firstImportedAt, nextChangeAt ?? null, JSON.stringify(row));
    for (const { key, value } of decision?.labels ?? []) putLabel.run(labelText(key, value), importId);
    for (const label of foreign?.labels ?? []) putLabel.run(foreignLabelText(label), importId);
    if (timeChange > 0) moveTimeChange.run(timeChange);
  }
}

function conditions({ decisionId, labels }: ImportFilter): {
  readonly where: string[];
  readonly values: SQLInputValue[];
} {
  const where = labels.map(() => "i.import_id IN (SELECT import_id FROM labels WHERE label = ?)");
  const values: SQLInputValue[] = labels.map(({ key, value }) => labelText(key, value));
  if (decisionId !== undefined) {
    where.push("i.decision_id = ?");
    values.push(decisionId);
  }
  return { where, values };
}

/** A foreign label's key may hold anything. */
function labelText(key: string, value: string): string {
  return JSON.stringify([key, value]);
}

/** The original's are written key=value as a rule, and may be anything. */
function foreignLabelText(label: string): string {
  const at = label.indexOf("=");
  return at < 0 ? labelText(label, "") : labelText(label.slice(0, at), label.slice(at + 1));
}

type Row = Readonly<Record<string, SQLOutputValue>>;

function rowsOf(rows: readonly Row[]): readonly ImportRow[] {
  return rows.map((row) => JSON.parse(String(row["row"])) as ImportRow);
}
