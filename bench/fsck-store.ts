import { mkdirSync } from "node:fs";
import { streamOf } from "../src/app/decision-logs.ts";
import type { NewEvent } from "../src/app/event-store.ts";
import { digestMetadata } from "../src/app/stored-digest.ts";
import { decodeEvent } from "../src/codec/stored-event.ts";
import { configSchema } from "../src/config/schema.ts";
import { rebuildIndex } from "../src/rebuild-index.ts";
import { openSqliteEventStore } from "../src/store/sqlite/event-store.ts";
import { executedLog } from "./executed-log.ts";
import { EVENTS_PER_DECISION } from "./replay.ts";
import { storedLog } from "./stored-log.ts";

/** Of all events, the share that belongs to decisions as long as they can be. */
const LONG_SHARE = 0.1;

/** Appends that are waiting at the same time. */
const IN_FLIGHT = 64;

const SILENT = { debug() {}, info() {}, warn() {}, error() {} };

/** Makes a store of about so many events, with its index: mostly decisions that were executed, and some as long as a decision can be. @returns how many events. */
export async function makeStore(directory: string, wanted: number): Promise<number> {
  mkdirSync(directory, { recursive: true });
  const store = await openSqliteEventStore({ directory });
  let events = 0;
  const append = async (log: readonly NewEvent[], stream: string) => {
    events += log.length;
    for (let at = 0; at < log.length; at += 1_000)
      await store.append(stream, at === 0 ? "none" : at - 1, log.slice(at, at + 1_000));
  };
  for (let long = 0; long < (wanted * LONG_SHARE) / EVENTS_PER_DECISION; long++) {
    const log = storedLog(EVENTS_PER_DECISION).map(({ text, metadata }) => ({
      event: decodeEvent(text),
      text,
      metadata,
    }));
    const decisionId = log[0]?.event.decisionId;
    if (decisionId === undefined) throw new Error("a log without events");
    await append(
      log.map(({ event, text, metadata }) => ({ id: event.eventId, type: event.body.type, data: text, metadata })),
      streamOf(decisionId),
    );
  }
  await Promise.all(
    Array.from({ length: IN_FLIGHT }, async () => {
      while (events < wanted) {
        const log = executedLog();
        const decisionId = log[0]?.event.decisionId;
        if (decisionId === undefined) throw new Error("a log without events");
        await append(
          log.map(({ event, text, digest }) => ({
            id: event.eventId,
            type: event.body.type,
            data: text,
            metadata: digestMetadata(digest),
          })),
          streamOf(decisionId),
        );
      }
    }),
  );
  await store.close();
  await rebuildIndex(configSchema.parse({ dataDir: directory }), { environment: {}, log: SILENT }, () => {});
  return events;
}
