import { join } from "node:path";
import { openSqliteDecisionIndex } from "./store/sqlite/decision-index.ts";
import { openSqliteEventStore } from "./store/sqlite/event-store.ts";

/** Both or none: a store that stays open keeps the data directory from everybody else. */
export async function openStores(directory: string) {
  const store = await openSqliteEventStore({ directory });
  try {
    return { store, index: openSqliteDecisionIndex({ file: join(directory, "index.sqlite") }) };
  } catch (error) {
    await store.close();
    throw error;
  }
}
