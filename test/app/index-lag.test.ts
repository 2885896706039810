import { describe, expect, onTestFinished, test } from "vitest";
import { createIndexLag } from "../../src/app/index-lag.ts";
import { createIndexer } from "../../src/app/indexer.ts";
import { createCapturedLog } from "../support/captured-log.ts";
import { eventually } from "../support/eventually.ts";
import { createManualClock } from "../support/manual-clock.ts";
import { decisionsUnderTest } from "./decisions-under-test.ts";

const BEHIND = "the index is behind: lists do not show all decisions yet";
const AGAIN = "the index has caught up again";

/** A lag that is watched, with a clock that moves by seconds, each of which it has seen before the next. */
function lagUnderTest() {
  const clock = createManualClock();
  const log = createCapturedLog();
  let looks = 0;
  const sleep: typeof clock.sleep = (milliseconds, signal) => {
    looks += 1;
    return clock.sleep(milliseconds, signal);
  };
  const lag = createIndexLag({ clock: { ...clock, sleep }, log });
  const stopping = new AbortController();
  const watching = lag.watch(stopping.signal);
  onTestFinished(async () => {
    stopping.abort();
    await watching;
  });
  return {
    ...lag,
    time: clock.now,
    told: () => log.lines.map(({ level, message, facts }) => [level, message, facts]),
    async pass(seconds: number) {
      for (let second = 0; second < seconds; second++) {
        const before = looks;
        clock.advance(1_000);
        await eventually("it has looked", () => looks > before);
      }
    },
  };
}

describe("how far the index is behind", () => {
  test("is told once it has caught up for the first time: with how much, and how long that took", async () => {
    const lag = lagUnderTest();
    for (let event = 0; event < 3; event++) lag.came();
    await lag.pass(2);
    lag.indexed(lag.time());
    expect(lag.told()).toEqual([]);
    lag.caughtUp();
    expect(lag.told()).toEqual([["info", "the index has caught up", { events: 3, seconds: 2 }]]);
  });

  test("is told when it has been so for 5 seconds, again each minute, and when it is over", async () => {
    const lag = lagUnderTest();
    lag.caughtUp();
    await lag.pass(30);
    lag.came();
    await lag.pass(4);
    expect(lag.told()).toHaveLength(1);
    await lag.pass(1);
    lag.came();
    await lag.pass(60);
    lag.caughtUp();
    await lag.pass(90);
    expect(lag.told().slice(1)).toEqual([
      ["warn", BEHIND, { events: 1, seconds: 5 }],
      ["warn", BEHIND, { events: 2, seconds: 65 }],
      ["info", AGAIN, { events: 2, seconds: 65 }],
    ]);
  });

  test("is nothing to tell of where events come without end and are taken up while they are new", async () => {
    const lag = lagUnderTest();
    lag.caughtUp();
    for (let second = 0; second < 20; second++) {
      lag.came();
      await lag.pass(1);
      lag.came();
      lag.indexed(lag.time() - 1_000);
    }
    expect(lag.told()).toHaveLength(1);
  });

  test("is told where they are taken up, but old", async () => {
    const lag = lagUnderTest();
    lag.caughtUp();
    for (let second = 0; second < 6; second++) {
      lag.came();
      await lag.pass(1);
      lag.indexed(lag.time() - 5_000);
    }
    expect(lag.told().at(-1)).toMatchObject(["warn", BEHIND, {}]);
    lag.indexed(lag.time() - 4_999);
    expect(lag.told().at(-1)).toMatchObject(["info", AGAIN, {}]);
  });
});

describe("how far it is behind at a moment", () => {
  test("counts from its start until it has caught up, then from what it has not taken up", async () => {
    const lag = lagUnderTest();
    await lag.pass(2);
    lag.came();
    expect(lag.now()).toEqual({ seconds: 2, events: 1 });
    lag.caughtUp();
    await lag.pass(3);
    expect(lag.now()).toEqual({ seconds: 0, events: 0 });
    lag.came();
    await lag.pass(1);
    expect(lag.now()).toEqual({ seconds: 1, events: 1 });
  });

  test("counts from an interruption until it has caught up again, whatever is still taken up of what came before", async () => {
    const lag = lagUnderTest();
    lag.caughtUp();
    lag.came();
    lag.interrupted();
    await lag.pass(2);
    lag.indexed(lag.time());
    expect(lag.now()).toEqual({ seconds: 2, events: 1 });
    lag.caughtUp();
    expect(lag.now()).toEqual({ seconds: 0, events: 0 });
  });

  test("or until something new has come and is in it, where a store never says that this was all", async () => {
    const lag = lagUnderTest();
    lag.caughtUp();
    lag.interrupted();
    await lag.pass(2);
    lag.came();
    lag.indexed(lag.time());
    expect(lag.now()).toEqual({ seconds: 0, events: 0 });
  });
});

test("the indexer tells of its own lag: at its start, and when it gets no further", async () => {
  const gate = Promise.withResolvers<void>();
  let isHeld = false;
  const decisions = await decisionsUnderTest({
    store: (real) => ({
      ...real,
      async *read(...call) {
        if (isHeld) await gate.promise;
        yield* real.read(...call);
      },
    }),
  });
  const { log, clock, indexer } = decisions;
  const told = (message: string) => log.lines.find((line) => line.message === message)?.facts;
  const id = await decisions.create();
  await decisions.create();
  decisions.run();
  await indexer.caughtUp;
  expect(told("the index has caught up")).toEqual({ events: 4, seconds: 0 });
  isHeld = true;
  await decisions.real.append(`decision-${id}`, 1, [{ id: crypto.randomUUID(), type: "TESTED", data: "{}" }]);
  await eventually("told that it is behind", () => {
    clock.advance(1_000);
    return told(BEHIND);
  });
  expect(told(AGAIN)).toBeUndefined();
  gate.resolve();
  await eventually("told that it has caught up", () => told(AGAIN));
});

test("the indexer counts from what it has not taken up, where a store never says that this was all", async () => {
  const decisions = await decisionsUnderTest();
  const { real, index, logs, approverKeys, clock, log } = decisions;
  let marks = 0;
  const subscription = {
    async *follow(after: Parameters<typeof real.follow>[1], signal: AbortSignal) {
      for await (const message of real.follow("decision-", after, { signal }))
        if (message.kind === "event" || marks++ === 0) yield message;
    },
  };
  const indexer = createIndexer({ subscription, index, logs, approverKeys, clock, log });
  const stopping = new AbortController();
  const running = indexer.run(stopping.signal);
  await indexer.caughtUp;
  // As many as are written at once; the last one's second event comes after that.
  let last = await decisions.create();
  for (let number = 1; number < 256; number++) last = await decisions.create();
  await indexer.waitFor(last, 1);
  const behind = await eventually("told that it is behind", () => {
    clock.advance(1_000);
    return log.lines.find(({ message }) => message === BEHIND);
  });
  expect(behind.facts).toMatchObject({ events: 1 });
  stopping.abort();
  await running;
});
