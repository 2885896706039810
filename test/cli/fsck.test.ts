import { spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openSqliteEventStore } from "../../src/store/sqlite/event-store.ts";
import { behindItsBack, eventsFile, testEvent } from "../store/sqlite/raw-file.ts";
import { commandLine } from "../support/command-line.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { copyOf, type Left, leftByServer } from "./stores-to-check.ts";

/** A program that runs others on a terminal, where the machine has it. */
const TERMINAL = "/usr/bin/script";

let left: Left;
beforeAll(async () => {
  left = await leftByServer();
});
afterAll(() => left.remove());

const fsck = (directory: string, ...args: readonly string[]) => commandLine(["fsck", "--data-dir", directory, ...args]);

/** A copy with one event that is not what it was, one stream that nobody knows, and an index that says something else. */
function damaged(): string {
  const directory = copyOf(left);
  behindItsBack(eventsFile(directory), (database) =>
    database.exec(`UPDATE events SET data = replace(data, 'carol', 'c\u001b[2J') WHERE position = 3;
      INSERT INTO streams (name, revision) VALUES ('strange-\u001b[2J', 1);
      INSERT INTO events (stream_id, revision, id, type, data) VALUES (5, 0, 'a', 'X', '{}'), (5, 1, 'b', 'Y', '{}')`),
  );
  behindItsBack(join(directory, "index.sqlite"), (database) =>
    database.exec("UPDATE decisions SET state = 'APPROVED'"),
  );
  return directory;
}

describe("nexus-attest fsck", () => {
  test("says of a store that is in order what it has looked at, and ends with 0", async () => {
    const { exitCode, stdout, stderr } = await fsck(copyOf(left));
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toMatch(
      /^4 streams with 17 events and 4 rows of the index in [\d.]+ s\nSOUND: nothing wrong was found\n$/,
    );
  });

  test("names stream, event and what is wrong, and streams that it does not know; shows control characters; ends with 7", async () => {
    const { exitCode, stdout, stderr } = await fsck(damaged());
    expect({ exitCode, stderr }).toEqual({ exitCode: 7, stderr: "" });
    const { executed, pending, cancelled } = left.ids;
    const found = (state: string) => `it is found by state "APPROVED", by the row "${state}"`;
    expect(stdout.split("\n").slice(0, -3)).toEqual([
      expect.stringMatching(new RegExp(`^LOG    decision-${executed}, event 2: not JSON: `)),
      `INDEX  decision-${pending}: ${found("PENDING_APPROVAL")}`,
      `INDEX  decision-${cancelled}: ${found("CANCELLED")}`,
      "not checked  strange-\\u001b[2J: 2 events of a kind that this version does not know",
    ]);
    expect(stdout).toMatch(/\nDAMAGED: 3 problems; not checked: 1 stream\n$/);
    expect(stdout).not.toContain("\u001b");
  });

  test("says the same as one JSON document", async () => {
    const directory = damaged();
    const { exitCode, stdout, stderr } = await fsck(directory, "--json");
    expect({ exitCode, stderr }).toEqual({ exitCode: 7, stderr: "" });
    expect(JSON.parse(stdout)).toEqual({
      store: directory,
      verdict: "DAMAGED",
      isWhole: true,
      streams: 5,
      events: expect.any(Number),
      seconds: expect.any(Number),
      index: { compared: true, rows: 4, isBehind: false },
      problemCount: 3,
      notCheckedCount: 1,
      problems: [
        { kind: "LOG", stream: `decision-${left.ids.executed}`, seq: 2, message: expect.stringMatching(/^not JSON/) },
        { kind: "INDEX", stream: `decision-${left.ids.pending}`, message: expect.any(String) },
        { kind: "INDEX", stream: `decision-${left.ids.cancelled}`, message: expect.any(String) },
      ],
      notChecked: [{ stream: "strange-\u001b[2J", events: 2 }],
    });
  });

  test("says what it could not compare, and what the index has not been fed yet", async () => {
    const directory = copyOf(left);
    behindItsBack(join(directory, "index.sqlite"), (database) => database.exec("UPDATE place SET position = '3'"));
    expect(await fsck(directory)).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining("the index has not been fed everything yet: it was compared as far as it has\n"),
    });
    behindItsBack(join(directory, "index.sqlite"), (database) => database.exec("PRAGMA user_version = 7"));
    expect(await fsck(directory)).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^the index was not compared: it is of another version/),
    });
  });

  test("takes the directory and the store from the configuration file, and complains of one that is no use", async () => {
    const directory = copyOf(left);
    const file = join(temporaryDirectory(), "nexus-attest.yaml");
    writeFileSync(file, `dataDir: ${directory}\n`);
    expect(await commandLine(["fsck", "--config", file])).toMatchObject({ exitCode: 0 });
    expect(await commandLine(["fsck"], { env: { NEXUS_ATTEST_DATA_DIR: directory } })).toMatchObject({ exitCode: 0 });
    const elsewhere = await fsck(directory, "--store", "http://a");
    expect(elsewhere).toMatchObject({ exitCode: 2, stdout: "" });
  });

  test.skipIf(!existsSync(TERMINAL))("draws a bar on a terminal, and takes it away", async () => {
    const directory = temporaryDirectory();
    const store = await openSqliteEventStore({ directory });
    const thousand = () => Array.from({ length: 1_000 }, () => testEvent("x"));
    for (let at = -1; at < 59_999; at += 1_000) await store.append("many", at < 0 ? "none" : at, thousand());
    await store.close();
    const main = new URL("../../src/main.ts", import.meta.url).pathname;
    const command = `${process.execPath} --disable-warning=ExperimentalWarning ${main} fsck --data-dir ${directory}`;
    const { stdout } = spawnSync(TERMINAL, ["-qec", command, "/dev/null"], { encoding: "utf8" });
    const shown = stdout.replaceAll("\r\u001b[2K", "<clear>");
    expect(shown).toMatch(/<clear>\[#*-*\] +\d+ % {2}[\d,]+ of 60,000 events, [\d,]+ a second<clear>/);
    expect(shown).toContain("<clear>not checked  many: 60000 events of a kind that this version does not know\r\n");
  });
});
