import { randomUUID } from "node:crypto";
import { EventStoreDBClient, jsonEvent, NO_STREAM } from "@eventstore/db-client";
import { parseConnection } from "../src/store/eventstoredb/connection.ts";
import { openEventStoreDB } from "../src/store/eventstoredb/event-store.ts";
import { percentile } from "./statistics.ts";
import { storedLog } from "./stored-log.ts";

/** A way to append one event to a stream, given the revision it stands at. */
export interface Subject {
  readonly name: string;
  append(stream: string, revision: number): Promise<unknown>;
  close(): Promise<void>;
}

export interface AppendRate {
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p99: number;
}

const SILENT = { debug() {}, info() {}, warn() {}, error() {} };
const [event] = storedLog(1);
if (event === undefined) throw new Error("a log without events");
const { text, metadata } = event;
const data = JSON.parse(text) as Record<string, string>;
const ours = JSON.parse(metadata) as Record<string, string>;

/** The product's store. */
export function productStore(url: string): Subject {
  const store = openEventStoreDB({ connection: parseConnection(url), log: SILENT });
  return {
    name: "store of the product",
    append: (stream, revision) =>
      store.append(stream, revision < 0 ? "none" : revision, [
        { id: randomUUID(), type: "DECISION_CREATED", data: text, metadata },
      ]),
    close: () => store.close(),
  };
}

/** The client as it comes, which appends over one stream of batches: no deadline ends it, see docs/decisions/0014-eventstoredb-by-guarded-calls.md. */
export function bareClient(url: string): Subject {
  const client = EventStoreDBClient.connectionString(url);
  return {
    name: "client used bare",
    append: (stream, revision) =>
      client.appendToStream(stream, jsonEvent({ id: randomUUID(), type: "DECISION_CREATED", data, metadata: ours }), {
        expectedRevision: revision < 0 ? NO_STREAM : BigInt(revision),
      }),
    close: () => client.dispose(),
  };
}

/** Appends for a while with so many in flight, each to a stream of its own. */
export async function measureAppends(subject: Subject, inFlight: number, milliseconds: number): Promise<AppendRate> {
  await run(Math.min(500, milliseconds));
  const { latencies, took } = await run(milliseconds);
  return { perSecond: (latencies.length / took) * 1000, p99: percentile(latencies, 0.99) };

  async function run(forMilliseconds: number) {
    const latencies: number[] = [];
    const began = performance.now();
    const until = began + forMilliseconds;
    await Promise.all(
      Array.from({ length: inFlight }, async () => {
        const stream = `bench-${randomUUID()}`;
        for (let revision = -1; performance.now() < until; revision++) {
          const sent = performance.now();
          await subject.append(stream, revision);
          latencies.push(performance.now() - sent);
        }
      }),
    );
    return { latencies, took: performance.now() - began };
  }
}
