import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import type { EventStore, FollowMessage, Position } from "../../src/app/event-store.ts";
import type { StoreContract } from "./event-store.ts";
import { following, newEvent, newEvents, newPrefix, openFor } from "./stored-material.ts";

export function describeFollowing(contract: StoreContract): void {
  describe("follow", () => {
    test("everything so far in commit order across streams, caught up, then live", async () => {
      const store = await openFor(contract);
      const prefix = newPrefix();
      await store.append(`${prefix}a`, "none", newEvents(2));
      await store.append(`${prefix}b`, "none", newEvents(1));
      await store.append(`${prefix}a`, 1, newEvents(1));
      const live = following(store, prefix);
      await live.reached(4);
      await live.caughtUp();
      await store.append(`${prefix}c`, "none", newEvents(1));
      await store.append(`${prefix}b`, 0, newEvents(1));
      const events = await live.reached(6);
      expect(events.map(({ stream, revision }) => `${stream.slice(prefix.length)}${revision}`)).toEqual([
        "a0",
        "a1",
        "b0",
        "a2",
        "c0",
        "b1",
      ]);
      expect(live.messages.slice(0, 4).every(({ kind }) => kind === "event")).toBe(true);
    });

    test("streams with the prefix only; caught up beyond those of others", async () => {
      const store = await openFor(contract);
      const prefix = newPrefix();
      await store.append(`${prefix}a`, "none", newEvents(1));
      const { position } = await store.append(`other-${prefix}`, "none", newEvents(3));
      const live = following(store, prefix);
      await live.caughtUp();
      expect(live.events).toHaveLength(1);
      const mark = live.messages.find((message) => message.kind === "caught_up");
      await following(store, `other-${prefix}`, mark?.position).caughtUp();
      expect(mark?.position).toBe(position);
    });

    test("from any stored position on: nothing lost, nothing repeated", async () => {
      const store = await openFor(contract);
      const prefix = newPrefix();
      for (let round = 0; round < 4; round++)
        for (const name of ["a", "b", "c"])
          await store.append(`${prefix}${name}`, round === 0 ? "none" : round * 2 - 1, newEvents(2));
      const all = [...(await following(store, prefix).reached(24))];
      for (const [index, { position }] of all.entries()) {
        const rest = following(store, prefix, position);
        await rest.reached(all.length - index - 1);
        await rest.caughtUp();
        expect(rest.events).toEqual(all.slice(index + 1));
        await rest.stop();
      }
    });

    test("a position is kept across a restart", async () => {
      const open = await contract.prepare();
      const prefix = newPrefix();
      const before = await open();
      const { position } = await before.append(`${prefix}a`, "none", newEvents(2));
      await before.append(`${prefix}a`, 1, newEvents(2));
      await before.close();
      const store = await open();
      try {
        const live = following(store, prefix, position);
        expect((await live.reached(2)).map(({ revision }) => revision)).toEqual([2, 3]);
        await live.stop();
      } finally {
        await store.close();
      }
    });

    test("several at once each get everything", async () => {
      const store = await openFor(contract);
      const prefix = newPrefix();
      const all = Array.from({ length: 8 }, () => following(store, prefix));
      await Promise.all(all.map((one) => one.caughtUp()));
      await Promise.all(
        Array.from({ length: 20 }, (_, index) => store.append(`${prefix}${index}`, "none", newEvents(2))),
      );
      const [first, ...others] = await Promise.all(all.map((one) => one.reached(40)));
      for (const other of others) expect(other).toEqual(first);
    });

    test("ends quietly by its signal: before it began, idle, and under way", async () => {
      const store = await openFor(contract);
      const prefix = newPrefix();
      expect(await Array.fromAsync(store.follow(prefix, undefined, { signal: AbortSignal.abort() }))).toEqual([]);
      const idle = following(store, prefix);
      await idle.caughtUp();
      expect(await idle.stop()).toBeUndefined();
      const busy = following(store, prefix);
      const writing = store.append(`${prefix}a`, "none", newEvents(500));
      expect(await busy.stop()).toBeUndefined();
      await writing;
    });

    test("a position that the store never gave out is refused", async () => {
      const store = await openFor(contract);
      for (const position of ["no/position", "-1", "1e3", "999999999999999", "c999999999999999"] as Position[]) {
        const next = store.follow(newPrefix(), position)[Symbol.asyncIterator]().next();
        await expect(next).rejects.toMatchObject({ name: "UnknownPosition" });
      }
    });

    test("events that are written while nobody reads cost bounded memory and are not lost", async () => {
      const store = await openFor(contract);
      const prefix = newPrefix();
      const slow = store.follow(prefix, undefined)[Symbol.asyncIterator]();
      await store.append(`${prefix}a`, "none", newEvents(1));
      await nextEvent(slow);
      const before = heapUsed();
      const text = "x".repeat(16 * 1024);
      for (let revision = 0; revision < 4_000; revision += 50)
        await store.append(
          `${prefix}a`,
          revision,
          Array.from({ length: 50 }, () => newEvent(text)),
        );
      const grown = heapUsed() - before;
      for (let revision = 1; revision <= 4_000; revision++) expect(await nextEvent(slow)).toBe(revision);
      await slow.return?.();
      // 64 MiB were written.
      expect(grown).toBeLessThan(24 * 1024 * 1024);
    });

    test("whoever stops reading leaves nothing behind", async () => {
      const store = await openFor(contract);
      const prefix = newPrefix();
      await store.append(`${prefix}a`, "none", newEvents(3));
      for await (const message of store.follow(prefix, undefined)) if (message.kind === "caught_up") break;
      await store.append(`${prefix}a`, 2, newEvents(1));
    });
  });

  describe("head", () => {
    if (!contract.except.includes("begins empty"))
      test("there is none in a new store", async () => {
        const store = await openFor(contract);
        expect(await store.head()).toBeUndefined();
        const live = following(store, newPrefix());
        await live.caughtUp();
        expect(live.messages).toEqual([{ kind: "caught_up", position: undefined }]);
      });

    test("follows every commit; whoever follows from it gets only what is later", async () => {
      const store: EventStore = await openFor(contract);
      const prefix = newPrefix();
      const { position } = await store.append(`${prefix}a`, "none", newEvents(3));
      expect(await store.head()).toBe(position);
      const live = following(store, prefix, await store.head());
      await live.caughtUp();
      await store.append(`${prefix}a`, 2, newEvents(1));
      expect((await live.reached(1)).map(({ revision }) => revision)).toEqual([3]);
    });
  });
}

/** The revision of the next event; marks are passed over. */
async function nextEvent(messages: AsyncIterator<FollowMessage>): Promise<number> {
  for (;;) {
    const { value, done } = await messages.next();
    if (done === true) throw new Error("the subscription ended");
    if (value.kind === "event") return value.event.revision;
  }
}

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

function heapUsed(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}
