import { randomUUID } from "node:crypto";
import { describe, expect, onTestFinished, test } from "vitest";
import { streamOf } from "../../src/app/decision-logs.ts";
import { createDecisionSubscription } from "../../src/app/decision-subscription.ts";
import { type EventStore, type FollowMessage, type Position, StoreUnavailable } from "../../src/app/event-store.ts";
import { openSqliteEventStore } from "../../src/store/sqlite/event-store.ts";
import { createCapturedLog } from "../support/captured-log.ts";
import { eventually } from "../support/eventually.ts";
import { createManualClock } from "../support/manual-clock.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { newDecisionId } from "./decisions-under-test.ts";

describe("one subscription for all", () => {
  test("whoever follows from the live end is served from memory: the store is followed once", async () => {
    const { subscription, run, write, follows } = await underTest();
    await write(3);
    run();
    const head = (await write(1)).position;
    await eventually("the store is followed", () => follows.length === 1);
    const readers = Array.from({ length: 20 }, () => reading(subscription.follow(head, new AbortController().signal)));
    await write(5);
    for (const reader of readers) expect(await reader.events(5)).toHaveLength(5);
    expect(follows).toHaveLength(1);
  });

  test("what is older comes from the store, then memory takes over: all of it once and in order", async () => {
    const { subscription, run, write, follows, positions } = await underTest();
    await write(300);
    run();
    const readers = [undefined, positions[10], positions[299]].map((after) =>
      reading(subscription.follow(after, new AbortController().signal)),
    );
    for (let batch = 0; batch < 50; batch++) await write(4);
    expect(await readers[0]?.events(500)).toEqual(positions);
    expect(await readers[1]?.events(489)).toEqual(positions.slice(11));
    expect(await readers[2]?.events(200)).toEqual(positions.slice(300));
    await eventually("the two have given their subscriptions back", () => follows.filter(Boolean).length === 1);
  });

  test("whoever falls behind what is kept in memory is caught up from the store", async () => {
    const { subscription, run, write, positions } = await underTest();
    run();
    await write(1);
    const slow = subscription.follow(undefined, new AbortController().signal)[Symbol.asyncIterator]();
    expect(await nextEvent(slow)).toBe(positions[0]);
    // 12 MiB: more than is kept.
    for (let batch = 0; batch < 48; batch++) await write(4, "x".repeat(64 * 1024));
    for (let batch = 0; batch < 10; batch++) await write(500);
    const seen = [];
    while (seen.length < 48 * 4 + 5_000) seen.push(await nextEvent(slow));
    expect(seen).toEqual(positions.slice(1));
    await slow.return?.();
  });

  test("says that all has been delivered, after it has been, and again after more", async () => {
    const { subscription, run, write } = await underTest();
    await write(2);
    run();
    const reader = reading(subscription.follow(undefined, new AbortController().signal));
    await eventually("caught up", () => reader.messages.at(-1)?.kind === "caught_up");
    expect(await reader.events(2)).toHaveLength(2);
    const { position } = await write(1);
    await eventually(
      "caught up again",
      () => reader.messages.length > 3 && reader.messages.at(-1)?.kind === "caught_up",
    );
    expect(reader.messages.at(-1)).toEqual({ kind: "caught_up", position });
  });
});

test("does not say so while the store has more to give", async () => {
  let hasMore = false;
  const { subscription, run, write } = await underTest((real) => ({
    ...real,
    async *follow(...call) {
      for await (const message of real.follow(...call)) if (message.kind === "event" || !hasMore) yield message;
    },
  }));
  run();
  const before = reading(subscription.follow(undefined, new AbortController().signal));
  await eventually("caught up", () => before.messages.length === 1);
  hasMore = true;
  await write(1);
  await before.events(1);
  const after = reading(subscription.follow(undefined, new AbortController().signal));
  await after.events(1);
  await write(1);
  await before.events(2);
  await after.events(2);
  expect(before.messages.map(({ kind }) => kind)).toEqual(["caught_up", "event", "event"]);
  expect(after.messages.map(({ kind }) => kind)).toEqual(["event", "event"]);
});

describe("failures", () => {
  test("a store that fails is followed again from where it was; readers at the live end notice nothing", async () => {
    let left = 3;
    const { subscription, run, write, clock, positions, follows } = await underTest((real) => ({
      ...real,
      async *follow(...call) {
        for await (const message of real.follow(...call)) {
          if (message.kind === "event" && left-- <= 0) {
            left = 3;
            throw new StoreUnavailable("away");
          }
          yield message;
        }
      },
    }));
    run();
    await eventually("the store is followed", () => follows.length === 1);
    const reader = reading(subscription.follow(undefined, new AbortController().signal));
    await write(20);
    await eventually("everything", () => {
      clock.advance(500);
      return reader.messages.filter(({ kind }) => kind === "event").length === 20;
    });
    expect(await reader.events(20)).toEqual(positions);
    expect(follows.length).toBeGreaterThan(3);
  });

  test("a store that is not there yet is waited for", async () => {
    let isThere = false;
    const { subscription, run, write, clock } = await underTest((real) => ({
      ...real,
      head: async () => {
        if (!isThere) throw new StoreUnavailable("not there yet");
        return await real.head();
      },
    }));
    run();
    const reader = reading(subscription.follow(undefined, new AbortController().signal));
    await write(1);
    clock.advance(500);
    expect(reader.messages).toEqual([]);
    isThere = true;
    await eventually("the event", () => {
      clock.advance(500);
      return reader.messages.some(({ kind }) => kind === "event");
    });
  });

  test.each(["nonsense", "0", "999999"])(
    "the position %s, which the store never gave out, is refused",
    async (after) => {
      const { subscription, run, write } = await underTest();
      await write(1);
      run();
      const messages = subscription.follow(after as Position, new AbortController().signal);
      await expect(messages[Symbol.asyncIterator]().next()).rejects.toMatchObject({ name: "UnknownPosition" });
    },
  );
});

test("the caller's signal ends it quietly, wherever it is: not begun, catching up, at the live end", async () => {
  const { subscription, run, write, follows } = await underTest();
  const early = new AbortController();
  const notBegun = reading(subscription.follow(undefined, early.signal));
  early.abort();
  expect(await notBegun.ended).toBeUndefined();
  await write(3);
  run();
  const late = new AbortController();
  const catchingUp = subscription.follow(undefined, late.signal)[Symbol.asyncIterator]();
  await nextEvent(catchingUp);
  const live = reading(subscription.follow((await write(1)).position, late.signal));
  await eventually("caught up", () => live.messages.length > 0);
  late.abort();
  expect(await live.ended).toBeUndefined();
  while ((await catchingUp.next()).done !== true);
  expect(follows.filter(Boolean)).toHaveLength(1);
});

/** The subscription over a real store, by a clock that the test moves. */
async function underTest(wrap: (real: EventStore) => EventStore = (real) => real) {
  const real = await openSqliteEventStore({ directory: temporaryDirectory() });
  const wrapped = wrap(real);
  /** Every subscription to the store, and whether it is still open. */
  const follows: boolean[] = [];
  const store: EventStore = {
    ...wrapped,
    async *follow(...call) {
      const index = follows.push(true) - 1;
      try {
        yield* wrapped.follow(...call);
      } finally {
        follows[index] = false;
      }
    },
  };
  const clock = createManualClock();
  const subscription = createDecisionSubscription({ store, clock, log: createCapturedLog() });
  const stopping = new AbortController();
  let running: Promise<void> | undefined;
  onTestFinished(async () => {
    stopping.abort();
    await running;
    await real.close();
  });
  const positions: Position[] = [];
  return {
    subscription,
    clock,
    follows,
    /** Of every event written, in order. */
    positions,
    run: () => {
      running = subscription.run(stopping.signal);
    },
    /** Writes so many events to a decision of their own. */
    write: async (count: number, text = "") => {
      const stream = streamOf(newDecisionId());
      const data = JSON.stringify({ text });
      const events = Array.from({ length: count }, () => ({ id: randomUUID(), type: "TESTED", data }));
      const result = await real.append(stream, "none", events);
      for await (const { position } of real.read(stream)) positions.push(position);
      return result;
    },
  };
}

/** Reads as fast as it comes. */
function reading(source: AsyncIterable<FollowMessage>) {
  const messages: FollowMessage[] = [];
  const ended = (async () => {
    for await (const message of source) messages.push(message);
  })();
  const positions = () => messages.flatMap((message) => (message.kind === "event" ? [message.event.position] : []));
  return {
    messages,
    ended,
    /** Waits for so many events. @returns their positions. */
    events: async (count: number) => {
      await eventually(`${count} events`, () => positions().length >= count);
      return positions();
    },
  };
}

/** The position of the next event; marks are passed over. */
async function nextEvent(messages: AsyncIterator<FollowMessage>): Promise<Position> {
  for (;;) {
    const { value, done } = await messages.next();
    if (done === true) throw new Error("the subscription ended");
    if (value.kind === "event") return value.event.position;
  }
}
