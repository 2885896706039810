import { existsSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { openSqliteEventStore } from "../../../src/store/sqlite/event-store.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";
import { asIfKilled, behindItsBack, eventsFile, filledDirectory, overwrite, testEvent } from "./raw-file.ts";

let directory: string;
let file: string;

beforeEach(() => {
  directory = temporaryDirectory();
  file = eventsFile(directory);
});

test("a file is made for the owner's eyes only, in a directory likewise", async () => {
  const inner = join(directory, "made", "by", "us");
  await (await openSqliteEventStore({ directory: inner })).close();
  expect(statSync(eventsFile(inner)).mode & 0o777).toBe(0o600);
  expect(statSync(inner).mode & 0o777).toBe(0o700);
});

test("the making of a file that was cut short is begun anew", async () => {
  writeFileSync(`${file}.new`, "half of a");
  await (await openSqliteEventStore({ directory })).close();
  await (await openSqliteEventStore({ directory })).close();
  expect(existsSync(`${file}.new`)).toBe(false);
});

describe("a file that this version must not touch is refused and left to the byte as it is:", () => {
  test("one of a newer version", async () => {
    await filledDirectory(directory);
    behindItsBack(file, (database) => database.exec("PRAGMA user_version = 2"));
    await expectRefused(/was written by a newer version \(schema 2, this one knows 1\): run that version/);
  });

  test("one of another application", async () => {
    behindItsBack(file, (database) => database.exec("CREATE TABLE invoices (id INTEGER); PRAGMA user_version = 1"));
    await expectRefused(/is not an event store of nexus-attest: choose another data directory/);
  });

  test("one that is no database", async () => {
    writeFileSync(file, "Dear Alice, I have kept this letter here for years.\n".repeat(100));
    await expectRefused(/is damaged \(file is not a database\): restore it from a backup/);
  });

  test("an empty one", async () => {
    writeFileSync(file, "");
    await expectRefused(/is damaged \(it is empty\)/);
  });

  test("one whose tables are gone", async () => {
    await filledDirectory(directory);
    behindItsBack(file, (database) => database.exec("DROP TABLE probe"));
    await expectRefused(/is damaged \(tables are missing\)/);
  });

  test("one that has lost its end", async () => {
    await filledDirectory(directory);
    truncateSync(file, Math.floor(statSync(file).size / 8192) * 4096);
    await expectRefused(/is damaged/);
  });

  test.each([1, 7, 100, 300])("one whose page %i was overwritten", async (page) => {
    await filledDirectory(directory);
    expect(statSync(file).size).toBeGreaterThan(301 * 4096);
    overwrite(file, page * 4096, Buffer.alloc(4096, 0xa5));
    await expectRefused(/is damaged/);
  });

  test("one with single bytes flipped in the middle of its structure", async () => {
    await filledDirectory(directory);
    // The header of a table's inner page: its cells' count and where they begin.
    const root = behindItsBack(file, (database) =>
      Number(database.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'events'").get()?.["rootpage"]),
    );
    overwrite(file, (root - 1) * 4096 + 3, Buffer.from([0x7f, 0xff]));
    await expectRefused(/is damaged/);
  });

  test("one with a log of writes that a crash has left: neither is touched", async () => {
    const store = await openSqliteEventStore({ directory });
    await store.append("before", "none", [testEvent("x".repeat(100_000))]);
    behindItsBack(file, (database) => database.exec("PRAGMA user_version = 2"));
    const killed = asIfKilled(directory, join(directory, "killed"));
    await store.close();
    expect(statSync(`${eventsFile(killed)}-wal`).size).toBeGreaterThan(100_000);
    await expectRefused(/newer version/, killed);
  });

  test("one that is gone while its log of writes is there", async () => {
    const store = await openSqliteEventStore({ directory });
    await store.append("before", "none", [testEvent("x")]);
    const killed = asIfKilled(directory, join(directory, "killed"));
    await store.close();
    rmSync(eventsFile(killed));
    const log = readFileSync(`${eventsFile(killed)}-wal`);
    await expect(openSqliteEventStore({ directory: killed })).rejects.toThrow(/it is gone, but its log of writes/);
    expect(existsSync(eventsFile(killed))).toBe(false);
    expect(readFileSync(`${eventsFile(killed)}-wal`)).toEqual(log);
  });
});

test("what a crash has left in the log of writes is there after the next start", async () => {
  const store = await openSqliteEventStore({ directory });
  const event = testEvent("kept");
  await store.append("before", "none", [event]);
  const killed = asIfKilled(directory, join(directory, "killed"));
  await store.close();
  const again = await openSqliteEventStore({ directory: killed });
  expect((await Array.fromAsync(again.read("before"))).map(({ data }) => data)).toEqual([event.data]);
  await again.close();
});

test("after a refusal the directory is free again", async () => {
  writeFileSync(file, "no database");
  await expect(openSqliteEventStore({ directory })).rejects.toThrow(/damaged/);
  rmSync(file);
  await (await openSqliteEventStore({ directory })).close();
});

test("a store that was closed is one file, with nothing beside it to forget in a backup", async () => {
  const store = await openSqliteEventStore({ directory });
  const event = testEvent("kept");
  await store.append("before", "none", [event]);
  await store.close();
  expect(existsSync(`${file}-wal`)).toBe(false);
  expect(behindItsBack(file, (database) => database.prepare("SELECT data FROM events").get())).toEqual({
    data: event.data,
  });
});

async function expectRefused(message: RegExp, where = directory): Promise<void> {
  const files = [eventsFile(where), `${eventsFile(where)}-wal`].filter((name) => existsSync(name));
  const before = files.map((name) => readFileSync(name));
  const refusal = await openSqliteEventStore({ directory: where }).then(
    () => undefined,
    (error: unknown) => error as Error,
  );
  expect(refusal?.name).toBe("UnusableDatabase");
  expect(refusal?.message).toMatch(message);
  expect(refusal?.message).toContain(eventsFile(where));
  expect(files.map((name) => readFileSync(name))).toEqual(before);
}
