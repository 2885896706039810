import { openSqliteEventStore as openRealStore } from "../../src/store/sqlite/event-store.ts";

export * from "../../src/store/sqlite/event-store.ts";

/** 8 MiB in pages of 4 KiB. */
export const PAGES = 2_048;

export async function openSqliteEventStore(options: { readonly directory: string }) {
  return await openRealStore({ ...options, maxPages: PAGES });
}
