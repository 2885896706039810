import { expect, onTestFinished, test } from "vitest";
import type { StreamCopy } from "../../src/app/copy-stream.ts";
import { copyStreams } from "../../src/app/copy-streams.ts";
import type { EventStore } from "../../src/app/event-store.ts";
import { openSqliteEventStore } from "../../src/store/sqlite/event-store.ts";
import { newEvent, newEvents } from "../contract/stored-material.ts";
import { doubleUnderTest } from "../eventstoredb/server-under-test.ts";
import { createManualClock } from "../support/manual-clock.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { everythingIn } from "./whole-store.ts";

/** An embedded source with one event in each of these streams, and EventStoreDB's double as target. */
async function stores(...streams: readonly string[]) {
  const source = await openSqliteEventStore({ directory: temporaryDirectory() });
  onTestFinished(() => source.close());
  for (const stream of streams) await source.append(stream, "none", newEvents(1));
  const { open, double } = await doubleUnderTest();
  return { source, target: open(), double };
}

async function copy(source: EventStore, target: EventStore) {
  const told: Record<string, StreamCopy> = {};
  const ports = { source, target, clock: createManualClock() };
  await copyStreams(ports, (stream, copy) => {
    told[stream] = copy;
  });
  return told;
}

const COPIED = { kind: "copied", events: 1 };

test("streams that were deleted there, softly or for good, are named, and do not keep the rest", async () => {
  const { source, target, double } = await stores("template-a", "template-b", "template-c");
  for (const stream of ["template-a", "template-b"]) await target.append(stream, "none", newEvents(2));
  double.ledger.softDelete("template-a");
  double.ledger.tombstone("template-b");
  expect(await copy(source, target)).toEqual({
    "template-a": { kind: "refused", message: expect.stringMatching(/was it deleted once/) },
    "template-b": { kind: "refused", message: expect.stringMatching(/deleted for good/) },
    "template-c": COPIED,
  });
});

test("a text that would not come back to the byte is named, and not written", async () => {
  const { source, target } = await stores("template-c");
  await source.append("template-d", "none", [newEvent(1, '{ "spaced": true }')]);
  expect(await copy(source, target)).toEqual({
    "template-c": COPIED,
    "template-d": { kind: "refused", message: expect.stringMatching(/this store would change/) },
  });
  expect(await Array.fromAsync(target.read("template-d"))).toEqual([]);
});

test("whoever else writes to the target at that moment is not overwritten", async () => {
  const { source, target } = await stores("template-a", "template-c");
  const raced: EventStore = {
    ...target,
    async append(stream, ...rest) {
      if (stream === "template-a") await target.append(stream, "none", newEvents(1));
      return await target.append(stream, ...rest);
    },
  };
  expect(await copy(source, raced)).toEqual({
    "template-a": { kind: "refused", message: expect.stringMatching(/expected at revision none/) },
    "template-c": COPIED,
  });
});

test.each([
  ["many small events", 8_000, (index: number) => ({ ...newEvent(index), type: "T".repeat(150) })],
  ["events with much metadata", 3_000, (index: number) => newEvent(index, JSON.stringify({ text: "m".repeat(900) }))],
])("%s stay within what one append may hold there", async (_, count, event) => {
  const { source, target } = await stores();
  const events = Array.from({ length: count }, (_, index) => event(index));
  await source.append("template-a", "none", events);
  expect(await copy(source, target)).toEqual({ "template-a": { kind: "copied", events: count } });
  expect(await everythingIn(target, "template-")).toEqual(await everythingIn(source, "template-"));
});

test("only so many logs are in memory at once", async () => {
  const { source, target } = await stores(...Array.from({ length: 30 }, (_, index) => `template-${index}`));
  let most = 0;
  let now = 0;
  const counting: EventStore = {
    ...target,
    async append(...call) {
      most = Math.max(most, ++now);
      return await target.append(...call).finally(() => now--);
    },
  };
  expect(Object.keys(await copy(source, counting))).toHaveLength(30);
  expect(most).toBeGreaterThan(1);
  expect(most).toBeLessThanOrEqual(8);
});
