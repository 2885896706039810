import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { streamOf } from "../src/app/decision-logs.ts";
import { decodeEvent } from "../src/codec/stored-event.ts";
import { configSchema } from "../src/config/schema.ts";
import { rebuildIndex } from "../src/rebuild-index.ts";
import { parseConnection } from "../src/store/eventstoredb/connection.ts";
import { openEventStoreDB } from "../src/store/eventstoredb/event-store.ts";
import { storedLog } from "./stored-log.ts";

const SILENT = { debug() {}, info() {}, warn() {}, error() {} };

/** Writes so many decisions of so many events each, one append a decision. */
export async function fill(url: string, decisions: number, events: number): Promise<void> {
  const store = openEventStoreDB({ connection: parseConnection(url), log: SILENT });
  let left = decisions;
  await Promise.all(
    Array.from({ length: 64 }, async () => {
      while (left-- > 0) {
        const log = storedLog(events).map(({ text, metadata }) => ({ event: decodeEvent(text), text, metadata }));
        const [first] = log;
        if (first === undefined) throw new Error("a log without events");
        await store.append(
          streamOf(first.event.decisionId),
          "none",
          log.map(({ event, text, metadata }) => ({ id: randomUUID(), type: event.body.type, data: text, metadata })),
        );
      }
    }),
  );
  await store.close();
}

/** Builds the index of everything in the store, as `nexus-attest index rebuild` does. */
export async function catchUp(
  url: string,
  directory: string,
): Promise<{ readonly events: number; readonly perSecond: number }> {
  const config = configSchema.parse({ store: url, dataDir: join(directory, "index-of-store") });
  const began = performance.now();
  const { events } = await rebuildIndex(config, { environment: {}, log: SILENT }, () => {});
  return { events, perSecond: (events / (performance.now() - began)) * 1000 };
}
