import { status } from "@grpc/grpc-js";
import { describe, expect, onTestFinished, test } from "vitest";
import { append } from "../../src/store/eventstoredb/append.ts";
import { openClient } from "../../src/store/eventstoredb/client.ts";
import { parseConnection } from "../../src/store/eventstoredb/connection.ts";
import { TIMING } from "../../src/store/eventstoredb/insist.ts";
import { following, newEvents, newPrefix, readAll } from "../contract/stored-material.ts";
import { clusterUnderTest, doubleUnderTest, openStore } from "../eventstoredb/server-under-test.ts";
import { expectNothingUnhandled } from "../eventstoredb/unhandled.ts";
import { createCapturedLog } from "../support/captured-log.ts";
import { eventually } from "../support/eventually.ts";

describe("a cluster (of doubles)", () => {
  test("whatever is asked of a follower is asked of the leader, within the same call", async () => {
    expectNothingUnhandled();
    const { nodes, lead } = await clusterUnderTest();
    const [follower, leader] = nodes;
    lead(leader);
    const store = openStore(`esdb://127.0.0.1:${follower.network.port}?tls=false`);
    const stream = `${newPrefix()}a`;
    expect((await store.append(stream, "none", newEvents(2))).revision).toBe(1);
    expect(await readAll(store, stream)).toHaveLength(2);
    expect(await store.health()).toEqual({ serving: true });
    const live = following(store, stream);
    await live.reached(2);
    expect(follower.calls).toMatchObject({ append: 1, readStream: 0, readAll: 0, subscribe: 0 });
  });

  test("a read, a head and a subscription that begin at a follower find the leader too", async () => {
    const { nodes, lead } = await clusterUnderTest();
    const [follower, leader] = nodes;
    lead(leader);
    const url = `esdb://127.0.0.1:${follower.network.port}?tls=false`;
    const prefix = newPrefix();
    await openStore(url).append(`${prefix}a`, "none", newEvents(1));
    expect(await readAll(openStore(url), `${prefix}a`)).toHaveLength(1);
    expect(await openStore(url).head()).toBeDefined();
    await following(openStore(url), prefix).reached(1);
  });

  test("finds the leader by gossip, wherever it is", async () => {
    const { nodes, lead, url } = await clusterUnderTest();
    for (const leader of nodes) {
      lead(leader);
      const store = openStore(url);
      const before = leader.calls.append;
      await store.append(`${newPrefix()}a`, "none", newEvents(1));
      expect(leader.calls.append).toBe(before + 1);
    }
  });

  test("outlives its leader: what was acknowledged is there once, and a subscription goes on without gap or repeat", async () => {
    expectNothingUnhandled();
    const { nodes, lead, url } = await clusterUnderTest();
    const [first, second] = nodes;
    const store = openStore(url);
    const prefix = newPrefix();
    const live = following(store, prefix);
    await live.caughtUp();
    let acknowledged = -1;
    let stopped = false;
    const writing = (async () => {
      while (!stopped) {
        const events = newEvents(1);
        const expected = acknowledged < 0 ? "none" : acknowledged;
        await eventually("written", () =>
          store.append(`${prefix}a`, expected, events).then(
            () => true,
            (error: Error) => {
              if (error.name !== "StoreUnavailable" && error.name !== "AppendOutcomeUnknown") throw error;
              return false;
            },
          ),
        );
        acknowledged += 1;
      }
    })();
    for (const [dying, next] of [
      [first, second],
      [second, first],
    ] as const) {
      const before = acknowledged;
      await eventually("some were written", () => acknowledged > before + 20);
      await dying.network.kill();
      lead(next);
      await dying.network.restart();
    }
    const before = acknowledged;
    await eventually("some were written", () => acknowledged > before + 20);
    stopped = true;
    await writing;
    await live.reached(acknowledged + 1);
    const revisions = Array.from({ length: acknowledged + 1 }, (_, revision) => revision);
    expect((await readAll(store, `${prefix}a`)).map(({ revision }) => revision)).toEqual(revisions);
    expect(live.events.map(({ revision }) => revision)).toEqual(revisions);
  });

  test("that is dead answers quickly, whatever is asked at the same time; health says why; all resumes by itself", async () => {
    expectNothingUnhandled();
    const { nodes, url } = await clusterUnderTest();
    const log = createCapturedLog();
    const store = openStore(url, { log, timing: { healthFor: 0 } });
    const prefix = newPrefix();
    const live = following(store, prefix);
    await live.caughtUp();
    for (const { network } of nodes) await network.kill();
    for (let round = 0; round < 3; round++) {
      const began = performance.now();
      const answers = await Promise.allSettled(
        Array.from({ length: 60 }, async (_, index) => {
          if (index % 3 === 0) return await store.append(`${prefix}${index}`, "none", newEvents(1));
          return index % 3 === 1 ? await readAll(store, `${prefix}${index}`) : await store.head();
        }),
      );
      const names = answers.map((answer) => (answer.status === "rejected" ? (answer.reason as Error).name : "success"));
      expect(performance.now() - began, "quickly").toBeLessThan(4_500);
      // At first some may have been sent just before the connection was found to be broken.
      const allowed = round === 0 ? ["StoreUnavailable", "AppendOutcomeUnknown"] : ["StoreUnavailable"];
      expect(allowed).toEqual(expect.arrayContaining([...new Set(names)]));
    }
    expect(await store.health()).toMatchObject({ serving: false, reason: expect.stringMatching(/discover|connect/) });
    for (const { network } of nodes) await network.restart();
    await expect.poll(() => store.health(), { timeout: 5_000 }).toEqual({ serving: true });
    await store.append(`${prefix}a`, "none", newEvents(1));
    await live.reached(1);
    expect(log.lines.map(({ level, message }) => `${level}: ${message}`)).toEqual(
      expect.arrayContaining(["warn: the event store does not serve", "info: the event store serves again"]),
    );
  });

  test.each([
    ["no answer", { kind: "no answer" }],
    ["garbage", { kind: "garbage", bytes: Buffer.from("HTTP/1.1 teapot") }],
  ] as const)("whose gossip is %s: every call ends in time", async (_, fault) => {
    expectNothingUnhandled();
    const { nodes, url } = await clusterUnderTest();
    for (const { faults } of nodes) faults.always("gossip", fault);
    const store = openStore(url, { timing: { call: 1_000 } });
    const began = performance.now();
    const refusal = { name: "StoreUnavailable" };
    await expect(store.append(`${newPrefix()}a`, "none", newEvents(1))).rejects.toMatchObject(refusal);
    await expect(readAll(store, "decision-1")).rejects.toMatchObject(refusal);
    expect(performance.now() - began).toBeLessThan(4_500);
  });
});

describe("the client's reconnecting (on the double)", () => {
  test("a call that finds the channel closed under it is made again on the next", async () => {
    expectNothingUnhandled();
    const { url, double } = await doubleUnderTest();
    const client = openClient(parseConnection(url));
    onTestFinished(() => client.close(1_000));
    await append(client, TIMING, "decision-1", "none", newEvents(1), undefined);
    (await client.calls["getChannel"]()).close();
    expect((await append(client, TIMING, "decision-1", 0, newEvents(1), undefined)).revision).toBe(1);
    expect(double.calls.append).toBe(2);
  });

  test("a call that fails while a new leader is looked for in vain is rejected to its caller and to nobody else", async () => {
    expectNothingUnhandled();
    const { nodes, url } = await clusterUnderTest();
    const [leader] = nodes;
    const store = openStore(url, { timing: { connect: 1, call: 4_000 } });
    await store.append("decision-1", "none", newEvents(1));
    const unavailable = { kind: "status", code: status.UNAVAILABLE, details: "a proxy's words" } as const;
    const later = Promise.withResolvers<void>();
    leader.faults.once("append", { ...unavailable, until: later.promise });
    const underWay = store.append("decision-2", "none", newEvents(1)).catch((error: unknown) => error);
    await expect.poll(() => leader.calls.append).toBe(2);
    // Another call's failure has the client look for a leader, and there is none.
    for (const node of nodes) node.members = [];
    leader.faults.once("readAll", unavailable);
    await expect(store.head()).rejects.toMatchObject({ name: "StoreUnavailable" });
    const looking = store.head().catch((error: unknown) => error);
    await expect.poll(() => leader.calls.gossip + nodes[1].calls.gossip).toBeGreaterThan(3);
    later.resolve();
    expect(await underWay).toMatchObject({ name: "AppendOutcomeUnknown" });
    expect(await looking).toMatchObject({ name: "StoreUnavailable" });
  });
});

describe("health (on the double)", () => {
  test("is asked of the server once for all who ask, and not again for a while", async () => {
    const { open, double } = await doubleUnderTest();
    const store = open({ timing: { healthFor: 60_000 } });
    await Promise.all(Array.from({ length: 50 }, () => store.health()));
    for (let i = 0; i < 50; i++) await store.health();
    expect(double.calls.readAll).toBe(1);
  });

  test.each([
    ["access denied", { kind: "status", code: 7, details: "No", metadata: { exception: "access-denied" } }, /access/],
    ["no EventStoreDB", { kind: "status", code: 12, details: "unknown service" }, /no EventStoreDB/],
    ["no answer", { kind: "no answer" }, /no answer within/],
    ["no leader", { kind: "status", code: 2, details: "No leader info available in response" }, /leader/],
  ] as const)("%s: not serving, with a reason in words, in time", async (_, fault, words) => {
    const { open, double } = await doubleUnderTest();
    const store = open({ timing: { health: 500, healthFor: 0 } });
    double.faults.always("readAll", fault);
    const began = performance.now();
    expect(await store.health()).toMatchObject({ serving: false, reason: expect.stringMatching(words) });
    expect(performance.now() - began).toBeLessThan(4_000);
  });
});

describe("closing (on the double)", () => {
  test("ends in time though the server answers nothing: appends under way do not know, subscriptions end", async () => {
    expectNothingUnhandled();
    const { open, double, network } = await doubleUnderTest();
    const store = open({ timing: { call: 1_000, close: 200 } });
    const live = following(store, newPrefix());
    await live.caughtUp();
    double.faults.always("append", { kind: "no answer" });
    double.faults.always("readStream", { kind: "silence", after: 0 });
    const append = store.append("decision-1", "none", newEvents(1)).catch((error: unknown) => error);
    const read = readAll(store, "decision-1").catch((error: unknown) => error);
    await expect.poll(() => double.calls.append + double.calls.readStream).toBe(2);
    network.freeze();
    const began = performance.now();
    await store.close();
    expect(performance.now() - began).toBeLessThan(4_000);
    expect(await append).toMatchObject({ name: "AppendOutcomeUnknown" });
    expect(await read).toMatchObject({ name: "StoreUnavailable" });
    expect(await live.ended).toMatchObject({ name: "StoreUnavailable" });
    network.thaw();
  });

  test("ends in time though a cluster is still being looked for", async () => {
    expectNothingUnhandled();
    const { nodes, url } = await clusterUnderTest();
    for (const { faults } of nodes) faults.always("gossip", { kind: "no answer" });
    const store = openStore(url, { timing: { call: 200, close: 200 } });
    await expect(store.head()).rejects.toMatchObject({ name: "StoreUnavailable" });
    const began = performance.now();
    await store.close();
    expect(performance.now() - began).toBeLessThan(2_000);
  });

  test("ends in time though nobody reads a subscription", async () => {
    expectNothingUnhandled();
    const { open } = await doubleUnderTest();
    const store = open();
    for (let i = 0; i < 10; i++) await store.append(`decision-${i}`, "none", newEvents(100));
    const unread = store.follow("decision-", undefined)[Symbol.asyncIterator]();
    await unread.next();
    const began = performance.now();
    await store.close();
    expect(performance.now() - began).toBeLessThan(2_000);
    await expect(unread.next()).rejects.toMatchObject({ name: "StoreUnavailable" });
  });

  test("leaves no connection behind", async () => {
    const { open, network } = await doubleUnderTest();
    const store = open();
    await store.append("decision-1", "none", newEvents(1));
    expect(network.connections).toBe(1);
    await store.close();
    await expect.poll(() => network.connections).toBe(0);
  });

  test("a store that never asked anything connects to nothing", async () => {
    const { open, network } = await doubleUnderTest();
    await open().close();
    expect(network.connections).toBe(0);
  });
});
