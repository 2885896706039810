import shared from "@eventstore/db-client/generated/shared_pb.js";
import streams from "@eventstore/db-client/generated/streams_pb.js";
import { status } from "@grpc/grpc-js";
import { describe, expect, test } from "vitest";
import { newEvents, newPrefix, readAll } from "../contract/stored-material.ts";
import type { Fault } from "../eventstoredb/faults.ts";
import { doubleUnderTest, openStore } from "../eventstoredb/server-under-test.ts";
import { expectNothingUnhandled } from "../eventstoredb/unhandled.ts";
import { eventually } from "../support/eventually.ts";

const says = (code: number, details: string, metadata: Record<string, string> = {}): Fault => ({
  kind: "status",
  code,
  details,
  metadata,
});

/** What an append comes to when this befalls it once. Repeated after that, it always succeeds, and its events are there once. */
const ONCE: readonly { name: string; fault: Fault; comesTo: string }[] = [
  { name: "no answer", fault: { kind: "no answer" }, comesTo: "AppendOutcomeUnknown" },
  { name: "the answer is lost after the write", fault: { kind: "answer lost" }, comesTo: "AppendOutcomeUnknown" },
  { name: "the connection breaks before the write", fault: { kind: "reset" }, comesTo: "AppendOutcomeUnknown" },
  {
    name: "the connection breaks after the write",
    fault: { kind: "reset after the work" },
    comesTo: "AppendOutcomeUnknown",
  },
  { name: "a late answer, in time", fault: { kind: "late", until: Promise.resolve() }, comesTo: "success" },
  {
    name: "bytes that are no message",
    fault: { kind: "garbage", bytes: Buffer.from("HTTP/1.1 teapot") },
    comesTo: "AppendOutcomeUnknown",
  },
  {
    name: "an answer that says nothing",
    fault: { kind: "garbage", bytes: Buffer.of() },
    comesTo: "AppendOutcomeUnknown",
  },
  { name: "the server is starting", fault: says(status.UNAVAILABLE, "Server Is Not Ready"), comesTo: "success" },
  { name: "the server is too busy", fault: says(status.UNAVAILABLE, "Server Is Too Busy"), comesTo: "success" },
  {
    name: "no leader has been chosen yet",
    fault: says(status.UNKNOWN, "No leader info available in response"),
    comesTo: "success",
  },
  {
    name: "the server did not get it committed in time",
    fault: says(status.ABORTED, "Operation timed out: commit"),
    comesTo: "AppendOutcomeUnknown",
  },
  { name: "an error inside the server", fault: says(status.INTERNAL, "oops"), comesTo: "AppendOutcomeUnknown" },
  { name: "an error of no known kind", fault: says(status.UNKNOWN, "oops"), comesTo: "AppendOutcomeUnknown" },
  { name: "cancelled by the server", fault: says(status.CANCELLED, "bye"), comesTo: "AppendOutcomeUnknown" },
  { name: "unavailable in other words", fault: says(status.UNAVAILABLE, "proxy"), comesTo: "AppendOutcomeUnknown" },
  {
    name: "access denied",
    fault: says(status.PERMISSION_DENIED, "Access Denied", { exception: "access-denied" }),
    comesTo: "StoreUnavailable",
  },
  { name: "unauthenticated", fault: says(status.UNAUTHENTICATED, "who?"), comesTo: "StoreUnavailable" },
  { name: "no EventStoreDB", fault: says(status.UNIMPLEMENTED, "unknown service"), comesTo: "StoreUnavailable" },
  {
    name: "a conflict told as an error, as older servers do",
    fault: says(status.FAILED_PRECONDITION, "WrongExpectedVersion", {
      exception: "wrong-expected-version",
      "stream-name": "s",
      "expected-version": "-1",
      "actual-version": "4",
    }),
    comesTo: "WrongExpectedRevision",
  },
  ...["not-leader", "wrong-expected-version", "stream-deleted", "maximum-append-size-exceeded"].map((exception) => ({
    name: `an error ${exception} without the facts that belong to it`,
    fault: says(status.NOT_FOUND, "half an error", { exception }),
    comesTo: "AppendOutcomeUnknown",
  })),
];

describe("an append, when this befalls it once (on the double)", () => {
  test.each(ONCE)("$name: $comesTo; repeated, it is there once", async ({ fault, comesTo }) => {
    expectNothingUnhandled();
    const { open, double } = await doubleUnderTest();
    const store = open({ timing: { call: 1_000 } });
    const stream = `${newPrefix()}a`;
    const events = newEvents(2);
    double.faults.once("append", fault);
    const began = performance.now();
    const outcome = await store.append(stream, "none", events).then(
      () => "success",
      (error: Error) => error.name,
    );
    expect(performance.now() - began, "it ends in time").toBeLessThan(4_000);
    expect(outcome).toBe(comesTo);
    const settled = await store.append(stream, "none", events);
    expect(settled.revision).toBe(1);
    expect((await readAll(store, stream)).map(({ id }) => id)).toEqual(events.map(({ id }) => id));
    expect(double.calls.batchAppend, "the client's batch stream is never used").toBe(0);
  });
});

describe("an append (on the double)", () => {
  test("whose answer comes too late does not know; written late and repeated, it is there once", async () => {
    expectNothingUnhandled();
    const { open, double } = await doubleUnderTest();
    const store = open({ timing: { call: 1_000 } });
    const stream = `${newPrefix()}a`;
    const events = newEvents(1);
    const gate = Promise.withResolvers<void>();
    double.faults.once("append", { kind: "late", until: gate.promise });
    await expect(store.append(stream, "none", events)).rejects.toMatchObject({ name: "AppendOutcomeUnknown" });
    expect((await store.append(stream, "none", events)).revision).toBe(0);
    gate.resolve();
    await store.append(stream, 0, newEvents(1));
    expect(await readAll(store, stream)).toHaveLength(2);
  });

  test.each([
    ["Server Is Not Ready", status.UNAVAILABLE],
    ["No leader info available in response", status.UNKNOWN],
  ])("while the server says %s for longer than the call may take: refused, nothing written", async (details, code) => {
    const { open, double } = await doubleUnderTest();
    const store = open({ timing: { call: 1_000 } });
    const stream = `${newPrefix()}a`;
    const lift = double.faults.always("append", says(code, details));
    await expect(store.append(stream, "none", newEvents(1))).rejects.toMatchObject({
      name: "StoreUnavailable",
      message: expect.stringContaining(details),
    });
    expect(double.calls.append, "it was tried again").toBeGreaterThan(2);
    lift();
    expect(await readAll(store, stream)).toEqual([]);
  });

  test("that its caller leaves under way does not know, and frees the call at the server", async () => {
    expectNothingUnhandled();
    const { open, double } = await doubleUnderTest();
    const store = open();
    const leaving = new AbortController();
    double.faults.once("append", { kind: "no answer" });
    const answer = store.append(`${newPrefix()}a`, "none", newEvents(1), { signal: leaving.signal });
    await expect.poll(() => double.calls.append).toBe(1);
    expect(double.underWay).toBe(1);
    leaving.abort(new Error("gone"));
    await expect(answer).rejects.toMatchObject({ name: "AppendOutcomeUnknown" });
    await expect.poll(() => double.underWay).toBe(0);
  });

  test("that its caller leaves between two tries, when nothing can have been written, ends with the caller's reason", async () => {
    const { open, double } = await doubleUnderTest();
    const store = open({ timing: { call: 60_000, pause: [30_000, 30_000] } });
    const leaving = new AbortController();
    double.faults.always("append", says(status.UNAVAILABLE, "Server Is Not Ready"));
    const answer = store.append(`${newPrefix()}a`, "none", newEvents(1), { signal: leaving.signal });
    await expect.poll(() => double.calls.append).toBe(1);
    const reason = new Error("gone");
    leaving.abort(reason);
    await expect(answer).rejects.toBe(reason);
    expect(double.calls.append).toBe(1);
  });

  test.each(["none", "99999", "-1", "0", "1"])(
    "that is sent to a leader at port %s, where none can be, finds its way back",
    async (port) => {
      expectNothingUnhandled();
      const { open, double } = await doubleUnderTest();
      const store = open({ timing: { call: 1_000 } });
      const stream = `${newPrefix()}a`;
      const events = newEvents(1);
      double.faults.once("append", { kind: "not leader", host: "127.0.0.1", port });
      await eventually("written", () => store.append(stream, "none", events).catch(() => undefined));
      expect(await readAll(store, stream)).toHaveLength(1);
    },
  );

  test("whose repeat is answered without a position gets the first answer all the same, or does not know", async () => {
    const { open, double } = await doubleUnderTest();
    const store = open({ timing: { call: 1_000 } });
    const events = newEvents(2);
    const first = await store.append("decision-1", "none", events);
    const answer = new streams.AppendResp().setSuccess(
      new streams.AppendResp.Success().setCurrentRevision("1").setNoPosition(new shared.Empty()),
    );
    const bytes = answer.serializeBinary();
    double.faults.once("append", { kind: "garbage", bytes });
    expect(await store.append("decision-1", "none", events)).toEqual(first);
    double.faults.once("append", { kind: "garbage", bytes });
    double.faults.once("readStream", { kind: "no answer" });
    const unknown = store.append("decision-1", "none", events);
    await expect(unknown).rejects.toMatchObject({ name: "AppendOutcomeUnknown" });
  });

  test("that its time or its caller ends before a cluster was found is not sent when it is found", async () => {
    expectNothingUnhandled();
    const { double, network } = await doubleUnderTest();
    const found = double.members;
    double.members = [];
    const url = `esdb+discover://127.0.0.1:${network.port}?tls=false&maxDiscoverAttempts=1000`;
    const hasty = openStore(url, { timing: { call: 200 } });
    const patient = openStore(url, { timing: { call: 60_000 } });
    const stream = `${newPrefix()}a`;
    const late = hasty.append(stream, "none", newEvents(1));
    await expect(late).rejects.toMatchObject({ name: "StoreUnavailable" });
    const leaving = new AbortController();
    const left = patient.append(stream, "none", newEvents(1), { signal: leaving.signal });
    const reason = new Error("gone");
    leaving.abort(reason);
    await expect(left).rejects.toBe(reason);
    double.members = found;
    for (const store of [hasty, patient]) {
      await expect.poll(() => store.health(), { timeout: 5_000 }).toEqual({ serving: true });
      expect(await readAll(store, stream)).toEqual([]);
    }
    expect(double.calls.append).toBe(0);
  });
});
