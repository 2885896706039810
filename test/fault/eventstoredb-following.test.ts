import { status } from "@grpc/grpc-js";
import { describe, expect, test } from "vitest";
import { placeOf, toPosition } from "../../src/store/eventstoredb/position.ts";
import { following, newEvents, newPrefix } from "../contract/stored-material.ts";
import type { Fault } from "../eventstoredb/faults.ts";
import { doubleUnderTest, eventStoreDB } from "../eventstoredb/server-under-test.ts";
import { expectNothingUnhandled } from "../eventstoredb/unhandled.ts";

const says = (code: number, details: string, metadata: Record<string, string> = {}): Fault => ({
  kind: "status",
  code,
  details,
  metadata,
});

/** However a subscription ends or fails, and wherever: what follows is as if nothing had been. The first message is the confirmation. */
const ENDS: readonly { name: string; fault: Fault }[] = [
  ...[0, 1, 2, 5].flatMap((after): { name: string; fault: Fault }[] => [
    { name: `a clean end after ${after} messages`, fault: { kind: "clean end", after } },
    { name: `a broken connection after ${after} messages`, fault: { kind: "reset", after } },
    { name: `silence after ${after} messages`, fault: { kind: "silence", after } },
  ]),
  { name: "no answer at all", fault: { kind: "no answer" } },
  { name: "slow messages", fault: { kind: "slow", pause: 5 } },
  { name: "bytes that are no message", fault: { kind: "garbage", bytes: Buffer.from("HTTP/1.1 teapot") } },
  { name: "an event without id and stream", fault: { kind: "garbage", bytes: Buffer.of(0x0a, 0x02, 0x0a, 0x00) } },
  { name: "the server is starting", fault: says(status.UNAVAILABLE, "Server Is Not Ready") },
  { name: "access denied for a while", fault: says(status.PERMISSION_DENIED, "No", { exception: "access-denied" }) },
  { name: "an error inside the server", fault: says(status.INTERNAL, "oops") },
  { name: "cancelled by the server", fault: says(status.CANCELLED, "bye") },
  { name: "not the leader, without saying who is", fault: says(status.NOT_FOUND, "half", { exception: "not-leader" }) },
];

describe("a subscription goes on from the last position (on the double) after", () => {
  test.each(ENDS)("$name: no event is lost, none repeated", async ({ fault }) => {
    expectNothingUnhandled();
    const { open, double } = await doubleUnderTest();
    // Only of what says nothing at all it is noticed by its silence.
    const isSilent = fault.kind === "silence" || fault.kind === "no answer" || fault.kind === "slow";
    const store = open({ timing: { silence: isSilent ? 100 : 60_000 } });
    const prefix = newPrefix();
    await store.append(`${prefix}a`, "none", newEvents(4));
    await store.append("other-stream", "none", newEvents(20));
    for (let strike = 0; strike < 3; strike++) double.faults.once("subscribe", fault);
    const live = following(store, prefix);
    await live.reached(4);
    await store.append(`${prefix}b`, "none", newEvents(4));
    await live.reached(8);
    await live.caughtUp();
    expect(live.events.map(({ stream, revision }) => `${stream.slice(prefix.length)}${revision}`)).toEqual(
      ["a", "b"].flatMap((stream) => [0, 1, 2, 3].map((revision) => `${stream}${revision}`)),
    );
  });
});

describe("a subscription", () => {
  test("over a frozen server goes on where it was, once the server is back", async () => {
    const { open, network } = await eventStoreDB();
    const store = open({ timing: { call: 1_000, silence: 100 } });
    const prefix = newPrefix();
    const live = following(store, prefix);
    await live.caughtUp();
    await store.append(`${prefix}a`, "none", newEvents(2));
    network.freeze();
    await expect(store.append(`${prefix}a`, 1, newEvents(1))).rejects.toMatchObject({ name: "AppendOutcomeUnknown" });
    network.thaw();
    await live.reached(2);
    await expect.poll(() => store.append(`${prefix}b`, "none", newEvents(1)).then(() => true)).toBe(true);
    await expect.poll(() => live.events.at(-1)?.stream).toBe(`${prefix}b`);
    expect(new Set(live.events.map(({ position }) => position)).size).toBe(live.events.length);
  });

  test("that was caught up tells when it is interrupted, and when it is caught up again", async () => {
    const { open, double, network } = await doubleUnderTest();
    const store = open({ timing: { silence: 100 } });
    const prefix = newPrefix();
    const live = following(store, prefix);
    await live.caughtUp();
    const kinds = () => live.messages.map(({ kind }) => kind).join(" ");
    const lift = double.faults.always("subscribe", { kind: "silence", after: 0 });
    network.cut();
    await expect.poll(kinds).toBe("caught_up interrupted");
    const before = double.calls.subscribe;
    await expect.poll(() => double.calls.subscribe).toBeGreaterThan(before + 2);
    expect(kinds(), "once").toBe("caught_up interrupted");
    lift();
    await expect.poll(kinds, { timeout: 5_000 }).toBe("caught_up interrupted caught_up");
  });

  test("from a position that the server was asked for in vain, is not refused as if it were of another store", async () => {
    const { open, double } = await doubleUnderTest();
    const store = open({ timing: { call: 1_000 } });
    const prefix = newPrefix();
    const { position } = await store.append(`${prefix}a`, "none", newEvents(1));
    await store.append(`${prefix}b`, "none", newEvents(1));
    double.faults.once("readAll", { kind: "clean end", after: 0 });
    const live = following(store, prefix, position);
    await live.reached(1);
    expect(live.events.map(({ stream }) => stream)).toEqual([`${prefix}b`]);
  });

  test("goes on from a checkpoint, not from its last event a thousand events back", async () => {
    const { open, double } = await doubleUnderTest();
    const store = open();
    const prefix = newPrefix();
    await store.append(`${prefix}a`, "none", newEvents(1));
    for (let i = 0; i < 6; i++) await store.append(`other-${i}`, "none", newEvents(200));
    // Confirmation, one event, two checkpoints.
    double.faults.once("subscribe", { kind: "clean end", after: 4 });
    const live = following(store, prefix);
    await live.caughtUp();
    expect(live.events).toHaveLength(1);
    const place = double.subscribedFrom.at(-1);
    const lookedThrough = double.ledger.all.filter(({ position }) => position <= BigInt(place ?? -1));
    expect(lookedThrough).toHaveLength(1024);
  });

  test("does not go on from a checkpoint whose record is gone: the server would skip the next event", async () => {
    const { open, double } = await doubleUnderTest();
    const store = open();
    const prefix = newPrefix();
    await store.append(`${prefix}a`, "none", newEvents(1));
    for (let i = 0; i < 6; i++) await store.append(`other-${i}`, "none", newEvents(200));
    await store.append(`${prefix}b`, "none", newEvents(1));
    // Confirmation, one event, one checkpoint; the next subscription waits until the log has been cut.
    const cut = Promise.withResolvers<void>();
    double.faults.once("subscribe", { kind: "clean end", after: 3 });
    double.faults.once("readAll", { kind: "late", until: Promise.resolve() });
    double.faults.once("readAll", { kind: "late", until: cut.promise });
    const live = following(store, prefix);
    await expect.poll(() => double.calls.readAll).toBe(2);
    double.ledger.scavenge(({ stream }) => !stream.startsWith(prefix));
    cut.resolve();
    await live.reached(2);
    expect(live.events.map(({ stream }) => stream)).toEqual([`${prefix}a`, `${prefix}b`]);
  });

  test("goes on without gap or repeat though its last event was cut out of the log meanwhile", async () => {
    const { open, double } = await doubleUnderTest();
    const store = open();
    const prefix = newPrefix();
    const { position } = await store.append(`${prefix}a`, "none", newEvents(2));
    // Confirmation and both events; the next subscription waits until the log has been cut.
    const cut = Promise.withResolvers<void>();
    double.faults.once("subscribe", { kind: "clean end", after: 3 });
    double.faults.once("readAll", { kind: "late", until: Promise.resolve() });
    double.faults.once("readAll", { kind: "late", until: cut.promise });
    const live = following(store, prefix);
    await expect.poll(() => double.calls.readAll).toBe(2);
    await store.append(`${prefix}b`, "none", newEvents(2));
    double.ledger.scavenge((event) => event.position === placeOf(position));
    cut.resolve();
    await live.reached(4);
    await live.caughtUp();
    expect(live.events.map(({ stream, revision }) => `${stream.slice(prefix.length)}${revision}`)).toEqual([
      "a0",
      "a1",
      "b0",
      "b1",
    ]);
  });

  test("that falls silent when it is live is made anew once there is something that it has not told", async () => {
    const { open, double } = await doubleUnderTest();
    const store = open({ timing: { silence: 100 } });
    const prefix = newPrefix();
    // Confirmation and the word that it is live.
    double.faults.once("subscribe", { kind: "silence", after: 2 });
    const live = following(store, prefix);
    await live.caughtUp();
    await store.append(`${prefix}a`, "none", newEvents(2));
    await live.reached(2);
    expect(double.calls.subscribe).toBe(2);
    await expect.poll(() => double.underWay).toBe(1);
  });

  test("from a place in the log where no event begins, or of an event that was cut out, is refused", async () => {
    const { open, double } = await doubleUnderTest();
    const store = open();
    const prefix = newPrefix();
    const { position } = await store.append(`${prefix}a`, "none", newEvents(1));
    await store.append(`${prefix}a`, 0, newEvents(1));
    const between = toPosition(placeOf(position) + 1n);
    expect(await following(store, prefix, between).ended).toMatchObject({ name: "UnknownPosition" });
    double.ledger.scavenge((event) => event.position === placeOf(position));
    expect(await following(store, prefix, position).ended).toMatchObject({ name: "UnknownPosition" });
  });

  test("that begins while the cluster is down begins once it is up; so does one from a position", async () => {
    expectNothingUnhandled();
    const { open, network } = await eventStoreDB();
    const store = open({ timing: { connect: 50, pause: [10, 50] } });
    const prefix = newPrefix();
    const { position } = await store.append(`${prefix}a`, "none", newEvents(1));
    await store.append(`${prefix}a`, 0, newEvents(1));
    await network.kill();
    const fromStart = following(store, prefix);
    const fromPosition = following(store, prefix, position);
    await expect(store.head()).rejects.toMatchObject({ name: "StoreUnavailable" });
    await network.restart();
    expect((await fromStart.reached(2)).map(({ revision }) => revision)).toEqual([0, 1]);
    expect((await fromPosition.reached(1)).map(({ revision }) => revision)).toEqual([1]);
  });

  test("passes on what nothing of ours can have written, so that it does not end for all", async () => {
    const { open, double } = await doubleUnderTest();
    const store = open();
    const prefix = newPrefix();
    const odd = { id: crypto.randomUUID(), type: "ODD", contentType: "application/json", metadata: Buffer.from("[") };
    double.ledger.append(`${prefix}a`, "any", [{ ...odd, data: Buffer.from("{") }]);
    await store.append(`${prefix}b`, "none", newEvents(1));
    const live = following(store, prefix);
    expect((await live.reached(2)).map(({ type }) => type)).toEqual(["ODD", "TESTED"]);
  });

  test("says that it is caught up only once what was committed before has been delivered", async () => {
    const { open, double } = await doubleUnderTest();
    const store = open();
    const prefix = newPrefix();
    await store.append(`${prefix}a`, "none", newEvents(40));
    double.faults.once("subscribe", { kind: "slow", pause: 2 });
    const live = following(store, prefix);
    await live.caughtUp();
    const first = live.messages.findIndex(({ kind }) => kind === "caught_up");
    expect(first).toBe(40);
    await store.append(`${prefix}a`, 39, newEvents(3));
    await live.reached(43);
    await store.append(`${prefix}b`, "none", newEvents(100));
    await live.reached(143);
    await expect.poll(() => live.messages.at(-1)).toMatchObject({ kind: "caught_up", position: await store.head() });
    const marks = live.messages.filter(({ kind }) => kind === "caught_up");
    expect(marks.length, "not after every event that came with others").toBeLessThan(live.events.length);
  });

  test("is left without a trace at the server", async () => {
    const { open, double } = await doubleUnderTest();
    const store = open();
    const live = following(store, newPrefix());
    await live.caughtUp();
    expect(double.underWay).toBeGreaterThan(0);
    expect(await live.stop()).toBeUndefined();
    await expect.poll(() => double.underWay).toBe(0);
    for await (const message of store.follow(newPrefix(), undefined)) if (message.kind === "caught_up") break;
    await expect.poll(() => double.underWay).toBe(0);
  });
});
