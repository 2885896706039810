import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { NewEvent } from "../../../src/app/event-store.ts";
import { openSqliteEventStore } from "../../../src/store/sqlite/event-store.ts";

/** The event store's file within a data directory. */
export function eventsFile(directory: string): string {
  return join(directory, "events.sqlite");
}

/** Works on a database file behind its owner's back. */
export function behindItsBack<Result>(file: string, work: (database: DatabaseSync) => Result): Result {
  const database = new DatabaseSync(file, { timeout: 5_000 });
  try {
    return work(database);
  } finally {
    database.close();
  }
}

export function testEvent(text: string): NewEvent {
  return { id: crypto.randomUUID(), type: "TESTED", data: JSON.stringify({ text }) };
}

/** A closed store that holds about two megabytes in one stream, `full`. */
export async function filledDirectory(directory: string): Promise<string> {
  const store = await openSqliteEventStore({ directory });
  for (let revision = -1; revision < 199; revision += 50)
    await store.append(
      "full",
      revision < 0 ? "none" : revision,
      Array.from({ length: 50 }, () => testEvent("x".repeat(10_000))),
    );
  await store.close();
  return directory;
}

/** A copy of a data directory as a process that is killed now would leave it, with the log of writes not yet in the file. */
export function asIfKilled(directory: string, copy: string): string {
  mkdirSync(copy, { recursive: true });
  for (const suffix of ["", "-wal"])
    if (existsSync(eventsFile(directory) + suffix))
      copyFileSync(eventsFile(directory) + suffix, eventsFile(copy) + suffix);
  return copy;
}

/** Overwrites bytes of a file in place. */
export function overwrite(file: string, offset: number, bytes: Buffer): void {
  const content = readFileSync(file);
  bytes.copy(content, offset);
  writeFileSync(file, content);
}
