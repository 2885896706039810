import { join } from "node:path";
import { EventStoreDBClient, streamNameFilter } from "@eventstore/db-client";
import { DECISION_STREAMS, streamOf } from "../src/app/decision-logs.ts";
import { decodeEvent } from "../src/codec/stored-event.ts";
import { configSchema } from "../src/config/schema.ts";
import { rebuildIndex } from "../src/rebuild-index.ts";
import { parseConnection } from "../src/store/eventstoredb/connection.ts";
import { openEventStoreDB } from "../src/store/eventstoredb/event-store.ts";
import { storedLog } from "./stored-log.ts";

const SILENT = { debug() {}, info() {}, warn() {}, error() {} };

/** A decision of so many events, as they are stored. */
export function newDecision(events: number) {
  const log = storedLog(events).map(({ text, metadata }) => ({ event: decodeEvent(text), data: text, metadata }));
  const [first] = log;
  if (first === undefined) throw new Error("a log without events");
  return {
    stream: streamOf(first.event.decisionId),
    log: log.map(({ event, data, metadata }) => ({ id: event.eventId, type: event.body.type, data, metadata })),
  };
}

/** Writes so many decisions of so many events each, one append a decision. */
export async function fill(url: string, decisions: number, events: number): Promise<void> {
  const store = openEventStoreDB({ connection: parseConnection(url), log: SILENT });
  let left = decisions;
  await Promise.all(
    Array.from({ length: 64 }, async () => {
      while (left-- > 0) {
        const { stream, log } = newDecision(events);
        await store.append(stream, "none", log);
      }
    }),
  );
  await store.close();
}

/** Takes all decisions' events from one subscription by the client as it comes. @returns events a second. */
export async function followBare(url: string): Promise<number> {
  const client = EventStoreDBClient.connectionString(url);
  const filter = streamNameFilter({ prefixes: [DECISION_STREAMS] });
  const began = performance.now();
  const subscription = client.subscribeToAll({ filter });
  let events = 0;
  const caughtUp = new Promise<void>((done) => subscription.on("caughtUp", done));
  subscription.on("data", () => {
    events += 1;
  });
  await caughtUp;
  const took = performance.now() - began;
  await subscription.unsubscribe();
  await client.dispose();
  return (events / took) * 1000;
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
