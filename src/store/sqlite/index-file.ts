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

/** What is beside the rows and belongs to none of them, of which so many are named. */
const LEFTOVERS = ["labels", "approvers"] as const;
const MAX_NAMED = 20;

/**
 * Opens an index to be compared with the events, without changing anything.
 *
 * @returns the index, or why there is nothing to compare.
 * @throws {UnusableDatabase} if it cannot be read; it is a DamagedDatabase if it is none any more.
 */
export function openIndexFile(file: string): IndexFile | string {
  const opened = openUnchanged(file);
  const { database } = opened;
  try {
    const version = guarded(file, () => pragma(database, "user_version"));
    if (version !== INDEX_SCHEMA_VERSION) {
      opened.close();
      return "it is of another version: the next start of a server builds it anew";
    }
    const place = guarded(file, () => database.prepare("SELECT position, time_change FROM place"));
    const columns = "created_at, state, requester_id, adapter_id, mode, next_change_at, time_change";
    const row = database.prepare(`SELECT row, ${columns} FROM decisions WHERE decision_id = ?`);
    const labels = database.prepare("SELECT label FROM labels WHERE decision_id = ?");
    const approvers = database.prepare("SELECT actor_id FROM approvers WHERE decision_id = ?");
    const ids = database.prepare(
      "SELECT decision_id FROM decisions WHERE decision_id > ? ORDER BY decision_id LIMIT ?",
    );
    return {
      position: () => guarded(file, () => (place.get()?.["position"] ?? undefined) as Position | undefined),
      lastTimeChange: () => guarded(file, () => Number(place.get()?.["time_change"] ?? 0)),
      *damage() {
        yield* damageOf(opened, INDEX_SCHEMA);
        for (const table of LEFTOVERS) {
          const strays = database.prepare(
            `SELECT DISTINCT decision_id AS id FROM ${table} WHERE decision_id NOT IN (SELECT decision_id FROM decisions) LIMIT ?`,
          );
          const found = damageOr(() => strays.all(MAX_NAMED));
          if (typeof found === "string") return yield `what is in the index cannot be read: ${found}`;
          for (const { id } of found) yield `the index has ${table} of ${String(id)}, and no row of it`;
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
            labels: labels.all(decisionId).map(({ label }) => String(label)),
            approvers: approvers.all(decisionId).map(({ actor_id: id }) => String(id)),
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
