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
