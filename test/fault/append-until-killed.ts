import { writeSync } from "node:fs";
import { openSqliteEventStore } from "../../src/store/sqlite/event-store.ts";

/**
 * Appends to eight streams of a data directory until it is killed, three events at a time, and writes a line to standard output once an append was
 * acknowledged: stream, last revision.
 */
const [, , directory = ""] = process.argv;
const store = await openSqliteEventStore({ directory });
await Promise.all(Array.from({ length: 8 }, (_, number) => appendForEver(`stream-${number}`)));

async function appendForEver(stream: string): Promise<never> {
  const [last] = await Array.fromAsync(store.read(stream, { direction: "backwards", limit: 1 }));
  for (let revision = last?.revision ?? -1; ; revision += 3) {
    const events = [1, 2, 3].map((part) => ({
      id: crypto.randomUUID(),
      type: "TESTED",
      data: JSON.stringify({ revision: revision + part, text: "x".repeat(2_000) }),
    }));
    await store.append(stream, revision < 0 ? "none" : revision, events);
    writeSync(1, `${stream} ${revision + 3}\n`);
  }
}
