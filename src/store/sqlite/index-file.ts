import type { Position } from "../../app/event-store.ts";
import type { IndexContent } from "../../app/store-content.ts";
import type { DecisionId } from "../../domain/ids.ts";
import { guarded, pragma } from "./database.ts";
import { INDEX_SCHEMA, INDEX_SCHEMA_VERSION } from "./decision-index.ts";
import { damageOf, damageOr } from "./file-damage.ts";
import { openUnchanged } from "./open-unchanged.ts";

export interface IndexFile extends IndexContent {
  /** @throws {StoreUnavailable} if a server has taken the directory up since. */
  assertUntouched(): void;
  close(): void;
}

/** Rows that are looked up at a time. */
const PAGE_ROWS = 1_000;

/** What a row names that it can be found by, and the table that finds it. */
const FOUND_BY = [
  { table: "labels", column: "label", path: "$.labels", value: "j.value ->> 'key' || '=' || (j.value ->> 'value')" },
  { table: "approvers", column: "actor_id", path: "$.approverIds", value: "j.value" },
] as const;

/** Rows of a kind that are named; what was done to one was mostly done to many. */
const MAX_NAMED = 20;

/** Why an index cannot be compared, and what is wrong with it, if anything is. */
export interface NoIndex {
  readonly reason: string;
  readonly damage: readonly string[];
}

/**
 * Opens an index to be compared with the events, without changing anything. One whose file is not as a server made it is not compared: damage to it must not end the
 * check of the events.
 *
 * @throws {UnusableDatabase} if it cannot be read; it is a DamagedDatabase if it is none any more.
 */
export function openIndexFile(file: string): IndexFile | NoIndex {
  const opened = openUnchanged(file);
  const { database } = opened;
  try {
    const version = guarded(file, () => pragma(database, "user_version"));
    if (version !== INDEX_SCHEMA_VERSION) {
      opened.close();
      return { reason: "it is of another version: the next start of a server builds it anew", damage: [] };
    }
    const damage = [...damageOf(opened, INDEX_SCHEMA)];
    if (damage.length > 0) {
      opened.close();
      return { reason: "it is damaged", damage };
    }
    const place = guarded(file, () => database.prepare("SELECT position, time_change FROM place"));
    const columns = "created_at, state, requester_id, adapter_id, mode, next_change_at, time_change";
    const row = database.prepare(`SELECT row, ${columns} FROM decisions WHERE decision_id = ?`);
    const ids = database.prepare(
      "SELECT decision_id FROM decisions WHERE decision_id > ? ORDER BY decision_id LIMIT ?",
    );
    return {
      position: () => guarded(file, () => (place.get()?.["position"] ?? undefined) as Position | undefined),
      lastTimeChange: () => guarded(file, () => Number(place.get()?.["time_change"] ?? 0)),
      *damage() {
        for (const [sql, words] of FOUND_BY.flatMap(questionsOf)) {
          const found = damageOr(() => database.prepare(sql).all(MAX_NAMED));
          if (typeof found === "string") return yield `what is in the index cannot be read: ${found}`;
          for (const { id, value } of found) yield words(String(id), String(value));
        }
      },
      entry: (decisionId) =>
        guarded(file, () => {
          const found = row.get(decisionId);
          if (found === undefined) return undefined;
          const { row: text, ...rest } = found;
          return {
            text: String(text),
            columns: rest as Readonly<Record<string, string | number | null>>,
          };
        }),
      *decisionIds() {
        for (let last = ""; ; ) {
          const page = guarded(file, () => ids.all(last, PAGE_ROWS));
          for (const { decision_id: id } of page) yield String(id) as DecisionId;
          if (page.length < PAGE_ROWS) return;
          last = String(page.at(-1)?.["decision_id"]);
        }
      },
      assertUntouched: () => opened.assertUntouched(),
      close: () => opened.close(),
    };
  } catch (error) {
    opened.close();
    throw error;
  }
}

/** What is found by something that its row does not name, and what is not found by what it names: each in one statement, for a server may write meanwhile. */
function questionsOf({ table, column, path, value }: (typeof FOUND_BY)[number]) {
  const named = `json_each(d.row, '${path}') j`;
  return [
    [
      `SELECT f.decision_id AS id, f.${column} AS value FROM ${table} f LEFT JOIN decisions d ON d.decision_id = f.decision_id
         WHERE CASE WHEN d.row IS NULL THEN true WHEN json_valid(d.row)
           THEN NOT EXISTS (SELECT 1 FROM ${named} WHERE ${value} = f.${column}) ELSE false END LIMIT ?`,
      (id: string, found: string) => `the index finds ${id} by "${found}" among its ${table}, which no row of it names`,
    ],
    [
      `SELECT d.decision_id AS id, ${value} AS value FROM (SELECT * FROM decisions WHERE json_valid(row)) d, ${named}
         WHERE NOT EXISTS (SELECT 1 FROM ${table} WHERE ${column} = ${value} AND decision_id = d.decision_id) LIMIT ?`,
      (id: string, named: string) =>
        `the index does not find ${id} by "${named}", which its row names among its ${table}`,
    ],
  ] as const;
}
