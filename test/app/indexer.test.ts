import { rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createDecisionSubscription } from "../../src/app/decision-subscription.ts";
import { indexRow } from "../../src/app/index-row.ts";
import { createIndexer } from "../../src/app/indexer.ts";
import { WAIT_FOR_INDEX } from "../../src/app/log-indexer.ts";
import type { DecisionId } from "../../src/domain/ids.ts";
import { KEYS_SET_ASIDE } from "../../src/domain/key-view.ts";
import { openSqliteDecisionIndex } from "../../src/store/sqlite/decision-index.ts";
import { eventually } from "../support/eventually.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import {
  ALL,
  CANCELLATION,
  caller,
  type DecisionsUnderTest,
  decisionsUnderTest,
  newDecisionId,
} from "./decisions-under-test.ts";

const HOUR = 3_600_000;

async function expectedRow({ logs, clock }: DecisionsUnderTest, id: DecisionId) {
  const log = await logs.load(id);
  if (log === undefined) throw new Error("no such decision");
  return indexRow(log.decision, clock.now(), expect.any(Number), KEYS_SET_ASIDE);
}

describe("the indexer", () => {
  test("holds everything that was there when it started, and follows from then on", async () => {
    const decisions = await decisionsUnderTest();
    const ids = [];
    for (let index = 0; index < 300; index++) ids.push(await decisions.create({ goal: `goal ${index}` }));
    decisions.run();
    await decisions.indexer.caughtUp;
    for (const id of ids.slice(-3)) {
      expect(decisions.index.get(id)).toEqual(await expectedRow(decisions, id));
      await decisions.approve(id);
      await decisions.indexer.waitFor(id, 2);
      expect(decisions.index.get(id)).toMatchObject({ state: "APPROVED", approverIds: ["carol"], headSeq: 2 });
    }
    expect(decisions.index.position()).toBe(await decisions.real.head());
  });

  test("reads nothing of what it has followed from the beginning", async () => {
    let reads = 0;
    const decisions = await decisionsUnderTest({
      store: (real) => ({
        ...real,
        read(...call) {
          if (call[0].startsWith("decision-")) reads += 1;
          return real.read(...call);
        },
      }),
    });
    const elsewhere = await decisionsUnderTest({ store: () => decisions.real });
    const ids: DecisionId[] = [];
    for (let number = 0; number < 300; number++) ids.push(await elsewhere.create());
    await elsewhere.approve(ids[0] as DecisionId);
    reads = 0;
    decisions.run();
    await decisions.indexer.caughtUp;
    expect(ids.map((id) => decisions.index.get(id)?.headSeq)).toEqual([2, ...Array.from({ length: 299 }, () => 1)]);
    expect(reads).toBe(0);
    await elsewhere.approve(ids[1] as DecisionId);
    await decisions.indexer.waitFor(ids[1] as DecisionId, 2);
    expect(reads, "live, too").toBe(0);
  });

  test("reads several logs at a time, but not all, and a damaged one among them is no hindrance", async () => {
    let reading = 0;
    let most = 0;
    const decisions = await decisionsUnderTest({
      store: (real) => ({
        ...real,
        // Nothing that comes by following will do.
        async *follow(...call) {
          for await (const message of real.follow(...call))
            yield message.kind === "event" ? { ...message, event: { ...message.event, metadata: undefined } } : message;
        },
        async *read(...call) {
          if (!call[0].startsWith("decision-")) return yield* real.read(...call);
          most = Math.max(most, ++reading);
          try {
            // Whoever else is there has begun by the time that this goes on.
            await new Promise((resolve) => setImmediate(resolve));
            yield* real.read(...call);
          } finally {
            reading -= 1;
          }
        },
      }),
    });
    const elsewhere = await decisionsUnderTest({ store: () => decisions.real });
    const ids: DecisionId[] = [];
    for (let number = 0; number < 40; number++) ids.push(await elsewhere.create());
    const broken = [{ id: crypto.randomUUID(), type: "TESTED", data: "{}" }];
    await decisions.real.append(`decision-${ids[20]}`, 1, broken);
    decisions.run();
    await decisions.indexer.caughtUp;
    expect(most).toBe(16);
    const indexed = ids.filter((id) => decisions.index.get(id) !== undefined);
    expect(indexed).toEqual(ids.filter((id) => id !== ids[20]));
    expect(decisions.log.lines.filter(({ message }) => message === "not indexed")).toHaveLength(1);
  });

  test("goes on from its position after a restart: what it has seen is not read again", async () => {
    const directory = temporaryDirectory();
    const file = join(directory, "index.sqlite");
    const decisions = await decisionsUnderTest();
    const { real, logs, approverKeys, clock, log } = decisions;
    const followed: (string | undefined)[] = [];
    const store = {
      ...real,
      follow: (...call: Parameters<typeof real.follow>) => {
        followed.push(call[1]);
        return real.follow(...call);
      },
    };
    await decisions.create();
    const position = await real.head();
    for (let start = 0; start < 2; start++) {
      const index = openSqliteDecisionIndex({ file });
      const subscription = createDecisionSubscription({ store, clock, log });
      const indexer = createIndexer({ subscription, index, logs, approverKeys, clock, log });
      const stopping = new AbortController();
      const run = Promise.all([subscription.run(stopping.signal), indexer.run(stopping.signal)]);
      await indexer.caughtUp;
      expect(
        index.list({ filter: ALL, sight: "everything", order: "newest_first", after: undefined, limit: 9 }),
      ).toHaveLength(1);
      stopping.abort();
      await run;
      index.close();
    }
    // The subscription from the head each time, the index only the first time from the beginning.
    expect(followed).toEqual([position, undefined, position]);
  });

  test("an index that was deleted is built anew, the same but for the numbers of changes by time", async () => {
    const file = join(temporaryDirectory(), "index.sqlite");
    const index = openSqliteDecisionIndex({ file });
    const decisions = await decisionsUnderTest({ index });
    const start = decisions.clock.now();
    const ids = [await decisions.create(), await decisions.create({ labels: [{ key: "a", value: "b" }] })];
    for (const id of ids) await decisions.approve(id, "carol", start + HOUR);
    decisions.run();
    await decisions.indexer.caughtUp;
    decisions.clock.set(start + HOUR);
    await eventually("both have expired", () => index.lastTimeChange() === 2);
    const rows = index.list({ filter: ALL, sight: "everything", order: "newest_first", after: undefined, limit: 9 });

    rmSync(file);
    const anew = openSqliteDecisionIndex({ file: join(temporaryDirectory(), "index.sqlite") });
    const { subscription, logs, approverKeys, clock, log } = decisions;
    const indexer = createIndexer({ subscription, index: anew, logs, approverKeys, clock, log });
    const stopping = new AbortController();
    const run = indexer.run(stopping.signal);
    await indexer.caughtUp;
    expect(anew.list({ filter: ALL, sight: "everything", order: "newest_first", after: undefined, limit: 9 })).toEqual(
      rows.map((row) => ({ ...row, timeChange: 0 })),
    );
    stopping.abort();
    await run;
    anew.close();
  });

  test("an index of other events is noticed, emptied and built anew", async () => {
    const index = openSqliteDecisionIndex({ file: ":memory:" });
    const decisions = await decisionsUnderTest({ index });
    const id = await decisions.create();
    const row = await expectedRow(decisions, id);
    const stranger = { ...row, decisionId: newDecisionId(), nextChangeAt: 1, timeChange: 40 };
    index.apply([stranger], "987654321" as Parameters<typeof index.apply>[1]);
    decisions.run();
    await eventually("the refusal", () =>
      decisions.log.lines.some(({ message }) => message.includes("building it anew")),
    );
    decisions.clock.advance(500);
    await decisions.indexer.caughtUp;
    const rows = index.list({ filter: ALL, sight: "everything", order: "newest_first", after: undefined, limit: 9 });
    expect(rows.map(({ decisionId }) => decisionId)).toEqual([id]);
    expect(index.position()).toBe(await decisions.real.head());
  });

  test("a row that comes due but has no decision any more does not keep it busy for ever", async () => {
    const decisions = await decisionsUnderTest();
    const id = await decisions.create();
    const orphan = {
      ...(await expectedRow(decisions, id)),
      decisionId: newDecisionId(),
      nextChangeAt: 1,
      timeChange: 0,
    };
    decisions.index.apply([orphan], undefined);
    decisions.run();
    await decisions.indexer.caughtUp;
    await eventually("it rests", () => decisions.index.nextDue() === undefined);
  });

  test("an approval that expires changes the row exactly at its instant", async () => {
    const decisions = await decisionsUnderTest();
    const start = decisions.clock.now();
    const id = await decisions.create();
    await decisions.approve(id, "carol", start + HOUR);
    decisions.run();
    await decisions.indexer.waitFor(id, 2);
    expect(decisions.index.get(id)).toMatchObject({ state: "APPROVED", nextChangeAt: start + HOUR, timeChange: 0 });
    decisions.clock.set(start + HOUR - 1);
    const other = await decisions.create();
    await decisions.indexer.waitFor(other, 1);
    expect(decisions.index.get(id)?.state).toBe("APPROVED");
    decisions.clock.set(start + HOUR);
    await eventually("it has changed", () => decisions.index.get(id)?.state === "PENDING_APPROVAL");
    expect(decisions.index.get(id)).toMatchObject({ timeChange: 1, headSeq: 2 });
    expect(decisions.index.get(id)?.nextChangeAt).toBeUndefined();
  });

  test("a slow judgement by the clock never takes the place of a newer row", async () => {
    const gate = Promise.withResolvers<void>();
    let isHeld = false;
    const held: string[] = [];
    const decisions = await decisionsUnderTest({
      store: (real) => ({
        ...real,
        async *read(stream, options) {
          const events = await Array.fromAsync(real.read(stream, options));
          if (isHeld) {
            held.push(stream);
            if (held.length === 1) await gate.promise;
          }
          yield* events;
        },
      }),
    });
    const start = decisions.clock.now();
    const id = await decisions.create();
    await decisions.approve(id, "carol", start + HOUR);
    decisions.run();
    await decisions.indexer.waitFor(id, 2);
    isHeld = true;
    decisions.clock.set(start + HOUR);
    await eventually("the clock's judgement has read the log", () => held.length > 0);
    await decisions.handle(caller("bob"), id, CANCELLATION);
    // The store's feed has had every chance to write the newer row by now, or waits for its turn.
    await eventually("the feed has seen the event", () => held.length > 1 || decisions.index.get(id)?.headSeq === 3);
    gate.resolve();
    await decisions.indexer.waitFor(id, 3);
    await eventually("the clock's row is written", () => decisions.index.lastTimeChange() === 1);
    expect(decisions.index.get(id)).toMatchObject({ state: "CANCELLED", headSeq: 3 });
  });

  test("whoever waits for a write that never comes is told that the index has not caught up", async () => {
    const decisions = await decisionsUnderTest();
    const id = await decisions.create();
    const leaving = new AbortController();
    const began = performance.now();
    const waiting = decisions.indexer.waitFor(id, 1, leaving.signal);
    leaving.abort(new Error("gone"));
    await expect(waiting).rejects.toThrow("gone");
    expect(performance.now() - began).toBeLessThan(WAIT_FOR_INDEX - 500);
    await expect(decisions.indexer.waitFor(id, 1)).rejects.toMatchObject({ name: "StoreUnavailable" });
  });
});
