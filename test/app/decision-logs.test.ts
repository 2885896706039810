import { describe, expect, test } from "vitest";
import { createDecisionLogs, streamOf } from "../../src/app/decision-logs.ts";
import { type EventStore, type NewEvent, StoreUnavailable, StreamCorrupt } from "../../src/app/event-store.ts";
import { decisionsUnderTest, newDecisionId } from "./decisions-under-test.ts";

/** Copies a log into another decision's stream, changed on the way. */
async function forged(change: (events: NewEvent[]) => readonly NewEvent[], isSameDecision = true) {
  const source = await decisionsUnderTest();
  const decisionId = await source.create({ policy: { minApprovals: 2 } });
  await source.approve(decisionId, "carol");
  const events = (await Array.fromAsync(source.real.read(streamOf(decisionId)))).map(
    ({ id, type, data, metadata }) => ({ id, type, data, metadata }),
  );
  const target = await decisionsUnderTest();
  const other = isSameDecision ? decisionId : newDecisionId();
  await target.real.append(streamOf(other), "none", change(events));
  return { target, decisionId: other };
}

const CORRUPT = { name: "Refused", reason: "STORED_LOG_CORRUPT" };

describe("a log that does not replay answers STORED_LOG_CORRUPT:", () => {
  const edit = (seq: number, change: (event: NewEvent) => Partial<NewEvent>) => (events: NewEvent[]) =>
    events.map((event, index) => (index === seq ? { ...event, ...change(event) } : event));
  const withoutMetadata = (events: readonly NewEvent[]) => events.map((event) => ({ ...event, metadata: undefined }));

  test.each([
    { what: "the beginning is missing", change: (events: NewEvent[]) => events.slice(1) },
    { what: "one is missing", change: ([a, , c]: NewEvent[]) => [a, c] as NewEvent[] },
    { what: "two are swapped", change: ([a, b, c]: NewEvent[]) => [a, c, b] as NewEvent[] },
    { what: "one stands twice", change: ([a, b, c]: NewEvent[]) => [a, b, c, c] as NewEvent[] },
    { what: "the text of one is not JSON", change: edit(1, () => ({ data: "{" })) },
    {
      what: "one has a field that nobody knows",
      change: edit(2, ({ data }) => ({ data: data.replace("{", '{"extra":1,') })),
    },
    { what: "one is stored under another type", change: edit(2, () => ({ type: "APPROVAL_REVOKED" })) },
    { what: "the digest beside one is another's", change: edit(2, () => ({ metadata: '{"digest":"sha256:0"}' })) },
    { what: "what stands beside one is not JSON", change: edit(2, () => ({ metadata: "digest" })) },
    {
      what: "an event before the last was changed, and no digests stand beside them",
      change: (events: NewEvent[]) =>
        withoutMetadata(edit(0, ({ data }) => ({ data: data.replace("ship it", "ship at") }))(events)),
    },
  ])("$what", async ({ change }) => {
    const { target, decisionId } = await forged(change);
    await expect(target.logs.load(decisionId)).rejects.toMatchObject(CORRUPT);
    await expect(target.logs.load(decisionId)).rejects.toMatchObject(CORRUPT);
    for await (const stored of target.real.read(streamOf(decisionId))) target.logs.follow(stored);
    await expect(target.logs.load(decisionId), "after it was followed").rejects.toMatchObject(CORRUPT);
  });

  test("it is another decision's", async () => {
    const { target, decisionId } = await forged((events) => events, false);
    await expect(target.logs.load(decisionId)).rejects.toMatchObject(CORRUPT);
  });

  test("the store says so", async () => {
    const decisions = await decisionsUnderTest();
    const logs = createDecisionLogs(
      readingStore(decisions.real, () => Promise.reject(new StreamCorrupt("s", "a gap"))),
    );
    await expect(logs.load(newDecisionId())).rejects.toMatchObject(CORRUPT);
  });
});

test("events without a digest beside them are read", async () => {
  const { target, decisionId } = await forged((events) => events.map((event) => ({ ...event, metadata: undefined })));
  expect((await target.logs.load(decisionId))?.events).toHaveLength(3);
});

test("what was read once is not read again, and what others append is never missed", async () => {
  const decisions = await decisionsUnderTest();
  const decisionId = await decisions.create({ policy: { minApprovals: 3 } });
  const asked: (number | undefined)[] = [];
  const logs = createDecisionLogs(readingStore(decisions.real, async (from) => void asked.push(from)));
  const first = await logs.load(decisionId);
  expect(await logs.load(decisionId)).toBe(first);
  await decisions.approve(decisionId, "carol");
  await decisions.approve(decisionId, "dave");
  expect((await logs.load(decisionId))?.events.map(({ event }) => event.seq)).toEqual([0, 1, 2, 3]);
  expect(first?.events).toHaveLength(2);
  expect(asked).toEqual([0, 2, 2]);
});

test("a decision that does not exist is undefined, and is found once it exists", async () => {
  const decisions = await decisionsUnderTest();
  const logs = createDecisionLogs(decisions.real);
  expect(await logs.load(newDecisionId())).toBeUndefined();
  const decisionId = await decisions.create();
  expect((await logs.load(decisionId))?.decision.decisionId).toBe(decisionId);
});

test("a store that is away is not a corrupt log", async () => {
  const decisions = await decisionsUnderTest();
  const logs = createDecisionLogs(readingStore(decisions.real, () => Promise.reject(new StoreUnavailable("away"))));
  await expect(logs.load(newDecisionId())).rejects.toThrow(StoreUnavailable);
});

/** A store that is told of every read before it is done. */
function readingStore(real: EventStore, before: (from: number | undefined) => Promise<void>): EventStore {
  return {
    ...real,
    async *read(stream, options) {
      await before(options?.from);
      yield* real.read(stream, options);
    },
  };
}

describe("a log that is followed", () => {
  async function followed() {
    const under = await decisionsUnderTest();
    const decisionId = await under.create({ policy: { minApprovals: 2 } });
    for (const approver of ["carol", "dave"]) await under.approve(decisionId, approver);
    let reads = 0;
    const logs = createDecisionLogs(
      readingStore(under.real, () => {
        reads += 1;
        return Promise.resolve();
      }),
    );
    const stored = await Array.fromAsync(under.real.read(streamOf(decisionId)));
    return { under, decisionId, logs, stored, reads: () => reads };
  }

  test("is what it would be had it been read, event by event", async () => {
    const { under, decisionId, logs, stored, reads } = await followed();
    for (const event of stored) {
      logs.follow(event);
      expect(logs.known(decisionId, event.revision)?.events).toHaveLength(event.revision + 1);
      expect(logs.known(decisionId, event.revision + 1)).toBeUndefined();
    }
    for (const event of stored) logs.follow(event);
    expect(logs.known(decisionId, 0), "again").toEqual(await under.logs.load(decisionId));
    expect(reads()).toBe(0);
  });

  test("is not made up where its beginning is not known, or nothing stands beside an event", async () => {
    const { decisionId, logs, stored } = await followed();
    const [first, second] = stored;
    if (first === undefined || second === undefined) throw new Error("there are no events");
    for (const event of [second, { ...first, metadata: undefined }, { ...first, data: "{}" }]) {
      logs.follow(event);
      expect(logs.known(decisionId, 0)).toBeUndefined();
    }
    logs.follow(first);
    expect(logs.known(decisionId, 0)?.events).toHaveLength(1);
  });

  test("does not get shorter because somebody began to read it earlier", async () => {
    const { under, decisionId, stored } = await followed();
    const held = Promise.withResolvers<void>();
    const [, , , last] = stored;
    const logs = createDecisionLogs({
      ...under.real,
      async *read(stream, options) {
        yield* under.real.read(stream, { ...options, limit: 3 });
        await held.promise;
      },
    });
    const loading = logs.load(decisionId);
    for (const event of stored) logs.follow(event);
    expect(logs.known(decisionId, last?.revision ?? 0)).toBeDefined();
    held.resolve();
    expect((await loading)?.events).toHaveLength(3);
    expect(logs.known(decisionId, 3)?.events).toHaveLength(4);
  });

  test("is continued from the store when it is loaded", async () => {
    const { decisionId, logs, stored, reads } = await followed();
    for (const event of stored.slice(0, 2)) logs.follow(event);
    expect((await logs.load(decisionId))?.events).toHaveLength(4);
    expect(reads()).toBe(1);
  });
});
