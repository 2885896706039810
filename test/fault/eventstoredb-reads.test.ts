import { status } from "@grpc/grpc-js";
import { describe, expect, test } from "vitest";
import type { EventStore } from "../../src/app/event-store.ts";
import { newEvents, newPrefix, readAll } from "../contract/stored-material.ts";
import type { Call, Fault } from "../eventstoredb/faults.ts";
import { doubleUnderTest } from "../eventstoredb/server-under-test.ts";
import { expectNothingUnhandled } from "../eventstoredb/unhandled.ts";

const says = (code: number, details: string, metadata: Record<string, string> = {}): Fault => ({
  kind: "status",
  code,
  details,
  metadata,
});

const GARBAGE: Fault = { kind: "garbage", bytes: Buffer.from("HTTP/1.1 teapot") };

/** An event without an id and without a stream, as bytes: ReadResp{event{event{}}}. */
const NO_EVENT: Fault = { kind: "garbage", bytes: Buffer.of(0x0a, 0x02, 0x0a, 0x00) };

/** What a read comes to when this befalls it once. */
const ONCE: readonly { name: string; fault: Fault; comesTo: string }[] = [
  { name: "no answer", fault: { kind: "no answer" }, comesTo: "StoreUnavailable" },
  { name: "silence after an event", fault: { kind: "silence", after: 1 }, comesTo: "StoreUnavailable" },
  { name: "the connection breaks", fault: { kind: "reset" }, comesTo: "StoreUnavailable" },
  { name: "a late answer, in time", fault: { kind: "late", until: Promise.resolve() }, comesTo: "success" },
  { name: "a slow answer, in time", fault: { kind: "slow", pause: 5 }, comesTo: "success" },
  { name: "a slow answer, too late", fault: { kind: "slow", pause: 1_500 }, comesTo: "StoreUnavailable" },
  { name: "bytes that are no message", fault: GARBAGE, comesTo: "StoreUnavailable" },
  { name: "an event without id and stream", fault: NO_EVENT, comesTo: "StoreUnavailable" },
  { name: "the server is starting", fault: says(status.UNAVAILABLE, "Server Is Not Ready"), comesTo: "success" },
  {
    name: "no leader has been chosen yet",
    fault: says(status.UNKNOWN, "No leader info available in response"),
    comesTo: "success",
  },
  { name: "an error inside the server", fault: says(status.INTERNAL, "oops"), comesTo: "StoreUnavailable" },
  { name: "cancelled by the server", fault: says(status.CANCELLED, "bye"), comesTo: "StoreUnavailable" },
  {
    name: "access denied",
    fault: says(status.PERMISSION_DENIED, "Access Denied", { exception: "access-denied" }),
    comesTo: "StoreUnavailable",
  },
  { name: "no EventStoreDB", fault: says(status.UNIMPLEMENTED, "unknown service"), comesTo: "StoreUnavailable" },
  ...["not-leader", "stream-deleted", "wrong-expected-version"].map((exception) => ({
    name: `an error ${exception} without the facts that belong to it`,
    fault: says(status.NOT_FOUND, "half an error", { exception }),
    comesTo: "StoreUnavailable",
  })),
];

const READS: readonly { what: string; call: Call; read: (store: EventStore, stream: string) => Promise<unknown> }[] = [
  { what: "a read of a stream", call: "readStream", read: (store, stream) => readAll(store, stream) },
  { what: "the head", call: "readAll", read: (store) => store.head() },
];

describe.each(READS)("$what, when this befalls it once (on the double)", ({ call, read }) => {
  test.each(ONCE)("$name: $comesTo, in time; then it works again", async ({ fault, comesTo }) => {
    expectNothingUnhandled();
    const { open, double } = await doubleUnderTest();
    const store = open({ timing: { call: 1_000 } });
    const stream = `${newPrefix()}a`;
    await store.append(stream, "none", newEvents(3));
    const wanted = await read(store, stream);
    // One event is all that the head is: nothing can be missing after it.
    const outcomeWanted = fault.kind === "silence" && call === "readAll" ? "success" : comesTo;
    double.faults.once(call, fault);
    const began = performance.now();
    const outcome = await read(store, stream).then(
      (answer) => (expect(answer).toEqual(wanted), "success"),
      (error: Error) => error.name,
    );
    expect(performance.now() - began, "it ends in time").toBeLessThan(4_000);
    expect(outcome).toBe(outcomeWanted);
    expect(await read(store, stream)).toEqual(wanted);
  });
});

describe("a read (on the double)", () => {
  test("goes to the leader, with our credentials only where they are encrypted", async () => {
    const { open, double } = await doubleUnderTest();
    const store = open();
    await readAll(store, "decision-1");
    expect(double.lastHeaders).toMatchObject({ "requires-leader": "true" });
    expect(double.lastHeaders).not.toHaveProperty("authorization");
    await store.append("decision-1", "none", newEvents(1));
    expect(double.lastHeaders).toMatchObject({ "requires-leader": "true" });
    expect(double.calls.features, "nothing is asked that has no deadline").toBe(0);
  });

  test("that is left early frees its call at the server", async () => {
    const { open, double } = await doubleUnderTest();
    const store = open({ timing: { call: 60_000 } });
    await store.append("decision-1", "none", newEvents(3));
    const leaving = new AbortController();
    double.faults.once("readStream", { kind: "silence", after: 1 });
    const reading = readAll(store, "decision-1", { signal: leaving.signal });
    await expect.poll(() => double.calls.readStream).toBe(1);
    expect(double.underWay).toBe(1);
    const reason = new Error("gone");
    leaving.abort(reason);
    await expect(reading).rejects.toBe(reason);
    await expect.poll(() => double.underWay).toBe(0);
  });

  test("that stops in the middle is not taken for the end of the stream", async () => {
    const { open, double } = await doubleUnderTest();
    const store = open({ timing: { call: 2_000 } });
    await store.append("decision-1", "none", newEvents(300));
    expect(await readAll(store, "decision-1")).toHaveLength(300);
    double.faults.once("readStream", { kind: "reset", after: 5 });
    await expect(readAll(store, "decision-1")).rejects.toMatchObject({ name: "StoreUnavailable" });
  });

  describe.each([
    { server: "a server that says where a stream ends", saysWhereStreamsEnd: true },
    { server: "one that never does", saysWhereStreamsEnd: false },
  ])("of $server", ({ saysWhereStreamsEnd }) => {
    const opened = async (count: number) => {
      const { open, double } = await doubleUnderTest();
      double.saysWhereStreamsEnd = saysWhereStreamsEnd;
      const store = open({ timing: { call: 1_000 } });
      await store.append("decision-1", "none", newEvents(count));
      return { store, double };
    };

    test.each([0, 1, 2])("that ends well after %i of 3 events is not taken for the end", async (after) => {
      for (const direction of ["forwards", "backwards"] as const) {
        const { store, double } = await opened(3);
        double.faults.once("readStream", { kind: "clean end", after });
        const revisions = (await readAll(store, "decision-1", { direction })).map(({ revision }) => revision);
        expect(revisions).toEqual(direction === "forwards" ? [0, 1, 2] : [2, 1, 0]);
      }
    });

    test.each([0, 1, 127])("nor in the middle of a long one, after %i events of a page", async (after) => {
      const { store, double } = await opened(300);
      double.faults.once("readStream", { kind: "late", until: Promise.resolve() });
      double.faults.once("readStream", { kind: "clean end", after });
      expect(await readAll(store, "decision-1")).toHaveLength(300);
    });

    test("that always ends well after an event comes to the end all the same", async () => {
      const { store, double } = await opened(5);
      double.faults.always("readStream", { kind: "clean end", after: 1 });
      expect(await readAll(store, "decision-1")).toHaveLength(5);
    });

    test("of a stream that has nothing new", async () => {
      const { store } = await opened(3);
      expect(await readAll(store, "decision-1", { from: 3 })).toEqual([]);
      expect(await readAll(store, "decision-1", { from: 9 })).toEqual([]);
      expect(await readAll(store, "decision-2")).toEqual([]);
    });
  });

  test.each([2, 3])("of a stream of which %i of 3 events are hidden is corrupt", async (hidden) => {
    const { open, double } = await doubleUnderTest();
    const store = open();
    await store.append("decision-1", "none", newEvents(3));
    double.ledger.cut("decision-1", hidden);
    for (const direction of ["forwards", "backwards"] as const) {
      const error = await readAll(store, "decision-1", { direction }).catch((thrown: unknown) => thrown);
      expect(error, direction).toMatchObject({ name: "StreamCorrupt", stream: "decision-1" });
    }
  });

  test("that is never answered to its end is of no store that serves, and takes no longer than a call may", async () => {
    const { open, double } = await doubleUnderTest();
    const store = open({ timing: { call: 1_000 } });
    await store.append("decision-1", "none", newEvents(3));
    await readAll(store, "decision-1");
    double.faults.always("readStream", { kind: "clean end", after: 0 });
    const error = await readAll(store, "decision-1").catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: "StoreUnavailable", message: expect.stringMatching(/without saying/) });
  });

  test("takes one call a page, and none to find that a page was the last", async () => {
    const { open, double } = await doubleUnderTest();
    const store = open();
    for (const [count, calls] of [
      [0, 1],
      [1, 1],
      [128, 1],
      [129, 2],
    ] as const) {
      const stream = `decision-${count}`;
      if (count > 0) await store.append(stream, "none", newEvents(count));
      const before = double.calls.readStream;
      expect(await readAll(store, stream)).toHaveLength(count);
      expect(double.calls.readStream - before, stream).toBe(calls);
    }
  });

  test("of the head that ends well without it is not taken for a store without events", async () => {
    const { open, double } = await doubleUnderTest();
    const store = open({ timing: { call: 1_000 } });
    const { position } = await store.append("decision-1", "none", newEvents(3));
    double.faults.once("readAll", { kind: "clean end", after: 0 });
    expect(await store.head()).toBe(position);
    double.faults.always("readAll", { kind: "clean end", after: 0 });
    await expect(store.head()).rejects.toMatchObject({ name: "StoreUnavailable" });
    expect(await store.health()).toMatchObject({ serving: false });
  });

  test("of what nothing of ours can have written is corrupt, and says where", async () => {
    const { open, double } = await doubleUnderTest();
    const store = open();
    const event = { type: "ODD", contentType: "application/json", data: Buffer.from("{}"), metadata: Buffer.of() };
    const odd = {
      "no JSON": { data: Buffer.from("{") },
      "no object": { data: Buffer.from('"text"') },
      "no data": { data: Buffer.of() },
      "said to be bytes": { contentType: "application/octet-stream" },
      "metadata that are no JSON": { metadata: Buffer.from("{") },
      "metadata that are no object": { metadata: Buffer.from("[1]") },
    };
    for (const [name, content] of Object.entries(odd)) {
      const stream = `decision-${name}`;
      await store.append(stream, "none", newEvents(1));
      double.ledger.append(stream, "any", [{ ...event, ...content, id: crypto.randomUUID() }]);
      const error = await readAll(store, stream).catch((thrown: unknown) => thrown);
      expect(error, name).toMatchObject({
        name: "StreamCorrupt",
        stream,
        message: expect.stringMatching(/^event 1 of/),
      });
    }
  });
});
