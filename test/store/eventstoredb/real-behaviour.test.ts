import { randomUUID } from "node:crypto";
import {
  ANY,
  type EventStoreDBClient,
  jsonEvent,
  MaxAppendSizeExceededError,
  StreamDeletedError,
  StreamNotFoundError,
  WrongExpectedVersionError,
} from "@eventstore/db-client";
import { describe, expect, onTestFinished, test } from "vitest";
import type { EventStore, NewEvent } from "../../../src/app/event-store.ts";
import { openClient } from "../../../src/store/eventstoredb/client.ts";
import { parseConnection } from "../../../src/store/eventstoredb/connection.ts";
import { contentOf, following, newEvent, newEvents, newPrefix, readAll } from "../../contract/stored-material.ts";
import { eventStoreDB } from "../../eventstoredb/server-under-test.ts";
import { eventually } from "../../support/eventually.ts";

/** One test for each row of what was seen of a real server: what the server does, asked by the bare client, and what our store makes of it. */
async function opened(): Promise<{ store: EventStore; bare: EventStoreDBClient; stream: string }> {
  const server = await eventStoreDB();
  const client = openClient(parseConnection(server.url));
  onTestFinished(() => client.close(1_000));
  return { store: server.open({ timing: { call: 2_000 } }), bare: client.calls, stream: `${newPrefix()}a` };
}

const bareEvent = (id = randomUUID()) => jsonEvent({ id, type: "TESTED", data: { a: 1 } });

describe("ids", () => {
  test("the very same append also after further events: the first answer, nothing written", async () => {
    const { store, stream } = await opened();
    const events = newEvents(2);
    const first = await store.append(stream, "none", events);
    await store.append(stream, 1, newEvents(3));
    expect(await store.append(stream, "none", events)).toEqual(first);
    expect(await readAll(store, stream)).toHaveLength(5);
  });

  test("known ids at their place with different data: the new data are dropped, which random ids keep from ever mattering", async () => {
    const { store, stream } = await opened();
    const event = newEvent("first");
    const first = await store.append(stream, "none", [event]);
    expect(await store.append(stream, "none", [{ ...newEvent("second"), id: event.id }])).toEqual(first);
    expect((await readAll(store, stream)).map(contentOf)).toEqual([contentOf(event)]);
  });

  test("an id seen before is written again at a new right revision, and in another stream", async () => {
    const { store, stream } = await opened();
    const event = newEvent();
    await store.append(stream, "none", [event]);
    expect((await store.append(stream, 0, [event])).revision).toBe(1);
    expect((await store.append(`${stream}b`, "none", [event])).revision).toBe(0);
    expect(await readAll(store, stream)).toHaveLength(2);
  });

  test("part of a former append alone at its own place: success, nothing written", async () => {
    const { store, stream } = await opened();
    const [a, b, c] = [newEvent("a"), newEvent("b"), newEvent("c")];
    await store.append(stream, "none", [a, b, c]);
    expect((await store.append(stream, 0, [b])).revision).toBe(1);
    expect(await readAll(store, stream)).toHaveLength(3);
  });

  test.each<[string, (a: NewEvent, b: NewEvent) => NewEvent[]]>([
    ["in another order", (a, b) => [b, a]],
    ["mixed with new ones", (a, b) => [a, newEvent("c"), b]],
    ["and one more", (a, b) => [a, b, newEvent("c")]],
  ])("the same ids %s: a conflict", async (_, mix) => {
    const { store, stream } = await opened();
    const [a, b] = [newEvent("a"), newEvent("b")];
    await store.append(stream, "none", [a, b]);
    await expect(store.append(stream, "none", mix(a, b))).rejects.toMatchObject({
      name: "WrongExpectedRevision",
      actual: 1,
    });
  });

  test("ANY with a known id: success, nothing written", async () => {
    const { store, bare, stream } = await opened();
    const event = bareEvent();
    await bare.appendToStream(stream, event, { expectedRevision: ANY });
    await bare.appendToStream(stream, event, { expectedRevision: ANY });
    expect(await readAll(store, stream)).toHaveLength(1);
  });
});

describe("appends", () => {
  test("of nothing: the server takes it and writes nothing, our store refuses it", async () => {
    const { store, bare, stream } = await opened();
    expect(await bare.appendToStream(stream, [])).toMatchObject({ success: true, nextExpectedRevision: 0n });
    await expect(store.append(stream, "none", [])).rejects.toThrow(TypeError);
    expect(await readAll(store, stream)).toEqual([]);
  });

  test("a real conflict carries the actual revision", async () => {
    const { store, bare, stream } = await opened();
    await store.append(stream, "none", newEvents(3));
    const conflict = await bare.appendToStream(stream, bareEvent(), { expectedRevision: 7n }).catch((e: unknown) => e);
    expect(conflict).toBeInstanceOf(WrongExpectedVersionError);
    expect(conflict).toMatchObject({ streamName: stream, expectedVersion: 7n, actualVersion: 2n });
    await expect(store.append(stream, 7, newEvents(1))).rejects.toMatchObject({ actual: 2 });
    await expect(store.append(`${stream}b`, 7, newEvents(1))).rejects.toMatchObject({ actual: "none" });
  });

  test.each([
    ["one event", 1, 1_100_000],
    ["many events", 12, 100_000],
  ])("over 1 MiB, %s: refused by name, and the connection stays usable", async (_, count, size) => {
    const { store, bare, stream } = await opened();
    const events = Array.from({ length: count }, () => newEvent("x".repeat(size)));
    const data = { a: "x".repeat(1_100_000) };
    const refusal = await bare.appendToStream(stream, jsonEvent({ type: "T", data })).catch((e: unknown) => e);
    expect(refusal).toBeInstanceOf(MaxAppendSizeExceededError);
    await expect(store.append(stream, "none", events)).rejects.toThrow(/larger than the store takes/);
    expect((await store.append(stream, "none", newEvents(1))).revision).toBe(0);
  });
});

describe("streams", () => {
  test("a missing one is an error to the client and empty to us; beyond the end there is nothing", async () => {
    const { store, bare, stream } = await opened();
    await expect(Array.fromAsync(bare.readStream(stream))).rejects.toBeInstanceOf(StreamNotFoundError);
    expect(await readAll(store, stream)).toEqual([]);
    await store.append(stream, "none", newEvents(2));
    expect(await readAll(store, stream, { from: 2 })).toEqual([]);
  });

  test("a soft-deleted one reads as missing, and a log that goes on in it is refused as corrupt: on appending and on reading", async () => {
    const { store, bare, stream } = await opened();
    await store.append(stream, "none", newEvents(6));
    await bare.deleteStream(stream);
    expect(await readAll(store, stream)).toEqual([]);
    await expect(store.append(stream, "none", newEvents(1))).rejects.toMatchObject({ name: "StreamCorrupt" });
    await expect(readAll(store, stream)).rejects.toMatchObject({ name: "StreamCorrupt", stream });
    await expect(readAll(store, stream, { direction: "backwards" })).rejects.toMatchObject({ name: "StreamCorrupt" });
  });

  test("a tombstoned one is corrupt: on appending and on reading; followers of others go on", async () => {
    const { store, bare, stream } = await opened();
    const live = following(store, stream);
    await store.append(stream, "none", newEvents(1));
    await bare.tombstoneStream(stream);
    await expect(Array.fromAsync(bare.readStream(stream))).rejects.toBeInstanceOf(StreamDeletedError);
    await expect(readAll(store, stream)).rejects.toMatchObject({ name: "StreamCorrupt", stream });
    await expect(store.append(stream, 0, newEvents(1))).rejects.toMatchObject({ name: "StreamCorrupt", stream });
    await store.append(`${stream}b`, "none", newEvents(1));
    const events = await live.reached(3);
    expect(events.map(({ type }) => type)).toEqual(["TESTED", "$streamDeleted", "TESTED"]);
  });
});

describe("what JavaScript does to JSON", () => {
  test("integer-like keys would come back in another order, so they are refused in any other", async () => {
    const { store, stream } = await opened();
    const scrambled = { ...newEvent(), data: '{"b":1,"10":1,"9":2}' };
    await expect(store.append(stream, "none", [scrambled])).rejects.toThrow(TypeError);
    const ordered = { ...newEvent(), data: '{"9":2,"10":1,"b":1}' };
    await store.append(stream, "none", [ordered]);
    expect((await readAll(store, stream)).map(contentOf)).toEqual([contentOf(ordered)]);
  });

  test("an escaped lone surrogate survives; numbers that JavaScript cannot hold are refused", async () => {
    const { store, stream } = await opened();
    const lone = { ...newEvent(), data: String.raw`{"a":"\ud800"}` };
    await store.append(stream, "none", [lone]);
    expect((await readAll(store, stream)).map(contentOf)).toEqual([contentOf(lone)]);
    for (const data of ['{"a":12345678901234567890}', '{"a":1e400}', '{"a":-0}', "[1]", '"text"', "1", "null", "{"])
      await expect(store.append(stream, 0, [{ ...newEvent(), data }]), data).rejects.toThrow(TypeError);
  });
});

describe("a server in trouble", () => {
  test("frozen: each call ends by its own deadline, an append without knowing; then the same store works again", async () => {
    const server = await eventStoreDB();
    const store = server.open({ timing: { call: 1_000, health: 500, healthFor: 0 } });
    const stream = `${newPrefix()}a`;
    await store.append(stream, "none", newEvents(1));
    server.network.freeze();
    const events = newEvents(1);
    const began = performance.now();
    const [append, read, head, health] = await Promise.allSettled([
      store.append(stream, 0, events),
      readAll(store, stream),
      store.head(),
      store.health(),
    ]);
    expect(performance.now() - began).toBeLessThan(4_000);
    expect(append).toMatchObject({ reason: { name: "AppendOutcomeUnknown" } });
    expect(read).toMatchObject({ reason: { name: "StoreUnavailable" } });
    expect(head).toMatchObject({ reason: { name: "StoreUnavailable" } });
    expect(health).toMatchObject({ value: { serving: false } });
    server.network.thaw();
    const settled = await eventually("settled", () => store.append(stream, 0, events).catch(() => undefined));
    expect(settled.revision).toBe(1);
    expect(await readAll(store, stream)).toHaveLength(2);
    expect(await store.health()).toEqual({ serving: true });
  });

  test("killed: appends under way do not know, later ones are refused at once; after the restart the same store works again", async () => {
    const server = await eventStoreDB();
    const store = server.open({ timing: { connect: 200, healthFor: 0 } });
    const stream = `${newPrefix()}a`;
    await store.append(stream, "none", newEvents(1));
    server.network.freeze();
    const events = newEvents(1);
    const underWay = store.append(stream, 0, events).catch((error: unknown) => error);
    await server.network.kill();
    server.network.thaw();
    expect(await underWay).toMatchObject({ name: "AppendOutcomeUnknown" });
    const began = performance.now();
    await expect(store.append(stream, 0, newEvents(1))).rejects.toMatchObject({ name: "StoreUnavailable" });
    await expect(readAll(store, stream)).rejects.toMatchObject({ name: "StoreUnavailable" });
    expect(performance.now() - began).toBeLessThan(4_000);
    expect(await store.health()).toMatchObject({ serving: false, reason: expect.stringContaining("ECONNREFUSED") });
    await server.network.restart();
    const settled = await eventually("settled", () => store.append(stream, 0, events).catch(() => undefined));
    expect(settled.revision).toBe(1);
    expect(await store.health()).toEqual({ serving: true });
  });

  test("killed under writers: every acknowledged append is there, none twice, and a follower misses and repeats nothing", async () => {
    const server = await eventStoreDB();
    const store = server.open({ timing: { call: 1_000, connect: 200 } });
    const prefix = newPrefix();
    const live = following(store, prefix);
    await live.caughtUp();
    const acknowledged = new Map<string, number>();
    let stopped = false;
    const writers = Array.from({ length: 8 }, async (_, index) => {
      const stream = `${prefix}${index}`;
      for (let revision = 0; !stopped; revision++) {
        const events = newEvents(1);
        await eventually(`${stream} at ${revision}`, () =>
          store.append(stream, revision === 0 ? "none" : revision - 1, events).then(
            () => true,
            (error: Error) => {
              if (error.name === "WrongExpectedRevision") throw error;
              return false;
            },
          ),
        );
        acknowledged.set(stream, revision);
      }
    });
    for (let round = 0; round < 3; round++) {
      const before = live.events.length;
      await eventually("some were written", () => live.events.length >= before + 100);
      await server.network.kill();
      await server.network.restart();
    }
    stopped = true;
    await Promise.all(writers);
    const wanted = [...acknowledged.values()].reduce((sum, last) => sum + last + 1, 0);
    await live.reached(wanted);
    expect(live.events).toHaveLength(wanted);
    for (const [stream, last] of acknowledged) {
      const revisions = Array.from({ length: last + 1 }, (_, revision) => revision);
      expect((await readAll(store, stream)).map(({ revision }) => revision)).toEqual(revisions);
      expect(live.events.filter((event) => event.stream === stream).map(({ revision }) => revision)).toEqual(revisions);
    }
  });
});
