import { appendFileSync, chmodSync, copyFileSync, mkdirSync, readdirSync, truncateSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { StoreUnavailable } from "../../src/app/event-store.ts";
import { UnusableDatabase } from "../../src/store/sqlite/database.ts";
import { openEventFile } from "../../src/store/sqlite/event-file.ts";
import { openSqliteEventStore } from "../../src/store/sqlite/event-store.ts";
import { check, copyOf, everyFile, type Left, leftByServer } from "../cli/stores-to-check.ts";
import { approve, requested } from "../e2e/release.ts";
import { behindItsBack, eventsFile, overwrite, testEvent } from "../store/sqlite/raw-file.ts";
import { commandLine } from "../support/command-line.ts";
import { serverUnderTest } from "../support/server-under-test.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

let left: Left;
beforeAll(async () => {
  left = await leftByServer();
});
afterAll(() => left.remove());

/** From now on the test is somebody to whom permissions apply. */
function asOrdinaryUser(): void {
  if (process.geteuid?.() !== 0) return;
  process.seteuid?.(65_534);
  onTestFinished(() => process.seteuid?.(0));
}

/** Takes the permission to write from everything in a directory. */
function readOnly(directory: string): void {
  chmodSync(dirname(directory), 0o755);
  for (const path of ["", ...readdirSync(directory, { recursive: true, encoding: "utf8" })]) {
    const isDirectory = path === "" || path === "router" || path === "router/steps";
    chmodSync(join(directory, path), isDirectory ? 0o555 : 0o444);
  }
  onTestFinished(() => chmodSync(directory, 0o755));
}

/** A copy of everything that a running server has, as it would be found if it were killed now. */
function asIfKilled(directory: string, without: readonly string[] = []): string {
  const copy = join(temporaryDirectory(), "killed");
  mkdirSync(copy);
  for (const name of readdirSync(directory))
    if (name.includes(".sqlite") && !without.some((suffix) => name.endsWith(suffix)))
      copyFileSync(join(directory, name), join(copy, name));
  return copy;
}

/** A server whose newest events are in its log of writes. */
async function busyServer() {
  const server = await serverUnderTest();
  const decisionId = await requested(server);
  await approve(server, decisionId, "carol", "dave");
  await server.as("human:bob").decisions.listDecisions({ consistencyToken: `${decisionId}.3` });
  return { server, decisionId, directory: join(server.directory, "data") };
}

describe("a check changes nothing", () => {
  test("in a directory whose server has stopped", async () => {
    const directory = copyOf(left);
    const before = everyFile(directory);
    expect((await check(directory)).problems).toEqual([]);
    expect(everyFile(directory)).toEqual(before);
  });

  test("in one that nobody may write to", async () => {
    const directory = copyOf(left);
    readOnly(directory);
    const before = everyFile(directory);
    asOrdinaryUser();
    expect(await check(directory)).toMatchObject({ problems: [], checked: { events: 17, index: { rows: 4 } } });
    expect(everyFile(directory)).toEqual(before);
  });

  test.each([
    ["with the memory that it shared", []],
    ["without that", ["-shm"]],
  ])(
    "in one whose server was killed, %s: the newest events are in the log of writes, and stay there",
    async (_, without) => {
      const { directory } = await busyServer();
      const killed = asIfKilled(directory, without);
      readOnly(killed);
      const before = everyFile(killed);
      expect(before.has("events.sqlite-wal")).toBe(true);
      asOrdinaryUser();
      expect(await check(killed)).toMatchObject({
        problems: [],
        checked: { events: 4, index: { rows: 1, isBehind: false } },
      });
      expect(everyFile(killed)).toEqual(before);
    },
  );

  test("in a backup, which is the events alone", async () => {
    const directory = temporaryDirectory();
    behindItsBack(eventsFile(copyOf(left)), (database) => database.exec(`VACUUM INTO '${eventsFile(directory)}'`));
    const before = everyFile(directory);
    expect(await check(directory)).toMatchObject({
      problems: [],
      checked: { events: 17, index: expect.stringMatching(/there is none/) },
    });
    expect(everyFile(directory)).toEqual(before);
  });
});

describe("beside a running server", () => {
  test("it finds nothing wrong, however much is written meanwhile, and is in nobody's way", {
    timeout: 60_000,
  }, async () => {
    const { server, directory } = await busyServer();
    let isOver = false;
    const writers = Array.from({ length: 4 }, async () => {
      let written = 0;
      while (!isOver) {
        const decisionId = await requested(server);
        await approve(server, decisionId, "carol", "dave");
        written += 4;
      }
      return written;
    });
    const counts: number[] = [];
    for (let round = 0; round < 4; round++) {
      const { exitCode, stdout } = await commandLine(["fsck", "--data-dir", directory, "--json"]);
      const { verdict, events, problems } = JSON.parse(stdout) as {
        verdict: string;
        events: number;
        problems: unknown;
      };
      expect({ exitCode, verdict, problems }).toEqual({ exitCode: 0, verdict: "SOUND", problems: [] });
      counts.push(events);
    }
    isOver = true;
    const written = (await Promise.all(writers)).reduce((sum, each) => sum + each, 4);
    expect(counts.toSorted((a, b) => a - b)).toEqual(counts);
    expect(counts.at(-1)).toBeGreaterThan(counts[0] ?? 0);
    expect(counts.at(-1)).toBeLessThanOrEqual(written);
  });

  test("it finds what is wrong", async () => {
    const { directory, decisionId } = await busyServer();
    behindItsBack(eventsFile(directory), (database) =>
      database.exec("UPDATE events SET type = 'X' WHERE position = 3"),
    );
    const { exitCode, stdout } = await commandLine(["fsck", "--data-dir", directory]);
    expect({ exitCode, stdout }).toEqual({
      exitCode: 7,
      stdout: expect.stringContaining(`LOG    decision-${decisionId}, event 2: stored as X`),
    });
  });

  test("a directory that a server takes up meanwhile was read for nothing, and that is said", async () => {
    const directory = copyOf(left);
    const file = openEventFile(eventsFile(directory));
    file.assertUntouched();
    const store = await openSqliteEventStore({ directory });
    expect(() => file.assertUntouched()).toThrow(StoreUnavailable);
    expect(() => file.assertUntouched()).toThrow(/was taken into use while it was being read.*Run it again/);
    await store.append("x", "none", [testEvent("x")]);
    await store.close();
    expect(() => file.assertUntouched()).toThrow(StoreUnavailable);
    file.close();
  });
});

describe("a file that is damaged is told of as damage", () => {
  test.each([
    ["it is cut short", (file: string) => truncateSync(file, 3 * 4096), /is damaged/],
    ["it is cut within its first page", (file: string) => truncateSync(file, 100), /is damaged/],
    ["it is empty", (file: string) => truncateSync(file, 0), /is damaged \(it is empty\)/],
    [
      "it is no database",
      (file: string) => writeFileSync(file, "x".repeat(20_000)),
      /is damaged \(file is not a database\)/,
    ],
    [
      "pages of it are overwritten",
      (file: string) => overwrite(file, 4096 * 2, Buffer.alloc(4096 * 4, 0xa5)),
      /is damaged/,
    ],
    [
      "it goes on behind its end",
      (file: string) => appendFileSync(file, "hidden"),
      /has \d+ bytes, of which the database is \d+$/,
    ],
    [
      "a journal would change it",
      (file: string) => writeFileSync(`${file}-journal`, "x".repeat(512)),
      /events.sqlite-journal stands beside it/,
    ],
  ])("%s", async (_, damage, words) => {
    const directory = copyOf(left);
    damage(eventsFile(directory));
    const { problems } = await check(directory);
    expect(problems[0]).toMatchObject({ kind: "STORE", message: expect.stringMatching(words) });
    const { exitCode, stdout } = await commandLine(["fsck", "--data-dir", directory]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 7, stdout: expect.stringMatching(/^STORE .*[^]*^DAMAGED: /m) });
  });

  test("an index of it that disagrees with its table, by which a server would not find an event, is found", async () => {
    const directory = copyOf(left);
    behindItsBack(eventsFile(directory), (database) => {
      database.enableDefensive(false);
      database.exec(`CREATE TABLE other (stream_id, revision, UNIQUE (stream_id, revision));
        INSERT INTO other (rowid, stream_id, revision) SELECT position, stream_id, revision FROM events WHERE position <> 9;
        PRAGMA writable_schema = ON;
        UPDATE sqlite_schema SET rootpage = (SELECT rootpage FROM sqlite_schema WHERE name = 'sqlite_autoindex_other_1')
          WHERE name = 'sqlite_autoindex_events_1';
        DELETE FROM sqlite_schema WHERE tbl_name = 'other'`);
    });
    const { problems } = await check(directory);
    expect(problems).toContainEqual({
      kind: "STORE",
      message: expect.stringMatching(/is damaged: row 9 missing from index sqlite_autoindex_events_1$/),
    });
  });
});

describe("what cannot be checked is said as that", () => {
  test("a file that may not be read", async () => {
    const directory = copyOf(left);
    chmodSync(dirname(directory), 0o755);
    chmodSync(directory, 0o755);
    chmodSync(join(directory, "lock.sqlite"), 0o644);
    chmodSync(eventsFile(directory), 0o000);
    asOrdinaryUser();
    const failure = await check(directory).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(UnusableDatabase);
    expect((failure as Error).message).toBe(`${eventsFile(directory)} cannot be read: permission denied`);
  });

  test.each([
    ["another program's database", "PRAGMA application_id = 1", /is not an event store of nexus-attest/],
    ["a newer version's", "PRAGMA user_version = 99", /written by a newer version/],
  ])("%s", async (_, statement, words) => {
    const directory = copyOf(left);
    behindItsBack(eventsFile(directory), (database) => database.exec(statement));
    const { exitCode, stdout, stderr } = await commandLine(["fsck", "--data-dir", directory]);
    expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 6, stdout: "", stderr: expect.stringMatching(words) });
  });

  test("a directory without a store, and one that is not there, are mistakes of whoever asks; nothing is made", async () => {
    const directory = temporaryDirectory();
    for (const path of [directory, join(directory, "typo")]) {
      const { exitCode, stdout, stderr } = await commandLine(["fsck", "--data-dir", path]);
      expect({ exitCode, stdout, stderr }).toEqual({
        exitCode: 2,
        stdout: "",
        stderr: expect.stringMatching(/there is no store in/),
      });
    }
    expect(readdirSync(directory)).toEqual([]);
  });
});
