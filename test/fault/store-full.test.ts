import { describe, expect, test } from "vitest";
import { type EventStore, StoreUnavailable } from "../../src/app/event-store.ts";
import { openSqliteEventStore } from "../../src/store/sqlite/event-store.ts";
import { behindItsBack, eventsFile, testEvent } from "../store/sqlite/raw-file.ts";
import { eventually } from "../support/eventually.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

/** 8 MiB in all, 6 MiB of them taken by something that can be thrown away. */
const PAGES = 2_048;
const BALLAST = 6 * 1024 * 1024;

async function nearlyFullStore() {
  const directory = temporaryDirectory();
  await (await openSqliteEventStore({ directory })).close();
  const file = eventsFile(directory);
  behindItsBack(file, (database) => {
    database.exec("CREATE TABLE ballast (bytes BLOB)");
    database.prepare("INSERT INTO ballast VALUES (zeroblob(?))").run(BALLAST);
  });
  const store = await openSqliteEventStore({ directory, maxPages: PAGES });
  return {
    store,
    directory,
    makeRoom: () => behindItsBack(file, (database) => database.exec("DROP TABLE ballast")),
  };
}

/** Appends until it fails. @returns how many appends went through and the error. */
async function fill(store: EventStore, stream: string) {
  for (let count = 0; ; count++) {
    const events = Array.from({ length: 4 }, () => testEvent("x".repeat(50_000)));
    try {
      await store.append(stream, count === 0 ? "none" : count * 4 - 1, events);
    } catch (error) {
      return { count, error, events };
    }
  }
}

describe("a full disk", () => {
  test("appends are refused as unavailable with what to do, and write nothing; reads go on", async () => {
    const { store } = await nearlyFullStore();
    const { count, error } = await fill(store, "s");
    expect(count).toBeGreaterThan(2);
    expect(error).toBeInstanceOf(StoreUnavailable);
    expect((error as Error).message).toMatch(/disk is full \(nothing was written\): make room in the data directory/);
    expect(await Array.fromAsync(store.read("s"))).toHaveLength(count * 4);
    await expect(store.append("t", "none", [testEvent("x".repeat(200_000))])).rejects.toThrow(StoreUnavailable);
    expect(await Array.fromAsync(store.read("t"))).toEqual([]);
    const followed = [];
    for await (const message of store.follow("", undefined)) {
      if (message.kind === "caught_up") break;
      if (message.kind === "event") followed.push(message.event);
    }
    expect(followed).toHaveLength(count * 4);
    await store.close();
  });

  test("health says so until there is room again", async () => {
    const { store, makeRoom } = await nearlyFullStore();
    expect(await store.health()).toEqual({ serving: true });
    const { count, events } = await fill(store, "s");
    expect(await store.health()).toMatchObject({ serving: false, reason: expect.stringContaining("disk is full") });
    makeRoom();
    await eventually("serving again", async () => (await store.health()).serving);
    expect((await store.append("s", count * 4 - 1, events)).revision).toBe(count * 4 + 3);
    expect(await Array.fromAsync(store.read("s"))).toHaveLength(count * 4 + 4);
    await store.close();
  });

  test("once there is room, the very append that was refused goes through, and a restart finds it all", async () => {
    const { store, directory, makeRoom } = await nearlyFullStore();
    const { count, events } = await fill(store, "s");
    makeRoom();
    await store.append("s", count * 4 - 1, events);
    await store.close();
    const again = await openSqliteEventStore({ directory });
    expect(await Array.fromAsync(again.read("s"))).toHaveLength(count * 4 + 4);
    await again.close();
  });

  test("of many appends at once each is there or refused, none by half", async () => {
    const { store } = await nearlyFullStore();
    const answers = await Promise.allSettled(
      Array.from({ length: 60 }, (_, index) =>
        store.append(`s${index}`, "none", [testEvent("x".repeat(40_000)), testEvent("y".repeat(40_000))]),
      ),
    );
    expect(answers.some(({ status }) => status === "rejected")).toBe(true);
    for (const [index, { status }] of answers.entries())
      expect(await Array.fromAsync(store.read(`s${index}`))).toHaveLength(status === "fulfilled" ? 2 : 0);
    await store.close();
  });
});
