import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openSqliteDecisionIndex } from "../../src/store/sqlite/decision-index.ts";
import { ALL, decisionsUnderTest } from "../app/decisions-under-test.ts";
import { doubleUnderTest } from "../eventstoredb/server-under-test.ts";
import { behindItsBack, eventsFile } from "../store/sqlite/raw-file.ts";
import { commandLine } from "../support/command-line.ts";
import { serverUnderTest } from "../support/server-under-test.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { requested } from "./release.ts";

/** A data directory with three decisions, whose index holds a row that is wrong and lacks another, and whose server has stopped. */
async function wrongIndex() {
  const directory = temporaryDirectory();
  const decisions = await decisionsUnderTest({ directory });
  const ids = [await decisions.create(), await decisions.create({ goal: "second" }), await decisions.create()];
  const index = openSqliteDecisionIndex({ file: join(directory, "index.sqlite") });
  const stranger = { ...PLACEHOLDER, decisionId: "0".repeat(32) as (typeof ids)[number] };
  index.apply([stranger], await decisions.real.head());
  index.close();
  await decisions.real.close();
  return { directory, ids };
}

const PLACEHOLDER = {
  requester: { type: "HUMAN", id: "mallory" },
  goal: "never asked for",
  mode: "APPLY",
  adapterId: "files",
  labels: [],
  approverIds: [],
  state: "APPROVED",
  progress: {
    approvalsRequired: 1,
    approvalsValid: 1,
    approvalsMissing: 0,
    approvalsExpired: 0,
    groups: [],
    stepsTotal: 0,
    stepsExecuted: 0,
  },
  review: undefined,
  createdAt: 0,
  updatedAt: 0,
  headSeq: 1,
  nextChangeAt: undefined,
  timeChange: 0,
} as const;

function listed(directory: string): readonly string[] {
  const index = openSqliteDecisionIndex({ file: join(directory, "index.sqlite") });
  try {
    const rows = index.list({ filter: ALL, sight: "everything", order: "newest_first", after: undefined, limit: 99 });
    return rows.map(({ decisionId }) => decisionId).toSorted();
  } finally {
    index.close();
  }
}

const rebuild = (args: readonly string[], env: object = {}) =>
  commandLine(["index", "rebuild", ...args], { cwd: temporaryDirectory(), env });

describe("nexus-attest index rebuild", () => {
  test("drops what the index holds and builds it from the events, complete when it ends", async () => {
    const { directory, ids } = await wrongIndex();
    expect(listed(directory)).toEqual(["0".repeat(32)]);
    const { exitCode, stdout, stderr } = await rebuild(["--data-dir", directory]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toMatch(/^the index was built anew from 6 events in [\d.]+ s\n$/);
    expect(listed(directory)).toEqual(ids.toSorted());
    const { decisions } = (await serverUnderTest({ config: { dataDir: directory } })).as("human:erin");
    expect((await decisions.listDecisions({})).decisions).toHaveLength(3);
  });

  test("names decisions whose logs do not replay, indexes the others, and ends with 7", async () => {
    const { directory, ids } = await wrongIndex();
    behindItsBack(eventsFile(directory), (database) =>
      database.exec("UPDATE events SET data = replace(data, 'second', 'sec0nd')"),
    );
    const text = await rebuild(["--data-dir", directory]);
    expect(text.exitCode).toBe(7);
    expect(text.stdout).toMatch(new RegExp(`^CORRUPT  ${ids[1]}: The stored log .* does not replay`));
    const json = await rebuild(["--data-dir", directory, "--json"]);
    expect(JSON.parse(json.stdout)).toMatchObject({ events: 6, notIndexed: [{ decisionId: ids[1] }] });
    expect(json.stderr).toBe("");
    expect(listed(directory)).toEqual(ids.filter((id) => id !== ids[1]).toSorted());
  });

  test("does nothing while a server has the directory", async () => {
    const server = await serverUnderTest();
    await requested(server);
    const { exitCode, stderr } = await rebuild(["--data-dir", join(server.directory, "data")]);
    expect(exitCode).toBe(6);
    expect(stderr).toMatch(/in use by process/);
    expect((await server.as("human:erin").decisions.listDecisions({})).decisions).toHaveLength(1);
  });

  test("makes no directory and no store of a name that was mistyped", async () => {
    const directory = temporaryDirectory();
    const missing = await rebuild(["--data-dir", join(directory, "typo")]);
    expect(missing).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("there is no data directory") });
    const empty = await rebuild(["--data-dir", directory]);
    expect(empty).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("no events.sqlite") });
    expect(existsSync(join(directory, "typo")) || existsSync(eventsFile(directory))).toBe(false);
  });

  test("ends when the index cannot be written, in place of trying for ever", async () => {
    const directory = temporaryDirectory();
    const decisions = await decisionsUnderTest({ directory });
    for (let number = 0; number < 200; number++) await decisions.create({ goal: "g".repeat(300) });
    await decisions.real.close();
    const main = new URL("../../src/main.ts", import.meta.url).pathname;
    // No file may grow beyond 200 KiB.
    const limited = `ulimit -f 400; exec "$0" --disable-warning=ExperimentalWarning "$@"`;
    const args = ["-c", limited, process.execPath, main, "index", "rebuild", "--data-dir", directory];
    const { status, stdout, stderr } = spawnSync("sh", args, { encoding: "utf8", timeout: 20_000 });
    expect({ status, stdout }).toEqual({ status: 6, stdout: "" });
    expect(stderr).toMatch(/^error: the index cannot be built: /m);
  });

  test("over EventStoreDB it needs the store: while that is away, the index stays as it is", async () => {
    const { url, network } = await doubleUnderTest();
    const directory = temporaryDirectory();
    const before = await serverUnderTest({ config: { store: url, dataDir: directory } });
    const decisionId = await requested(before);
    await before.as("human:erin").decisions.listDecisions({ consistencyToken: `${decisionId}.1` });
    await before.close();
    await network.kill();
    const file = join(directory, "index.sqlite");
    const bytes = readFileSync(file);
    expect(listed(directory)).toEqual([decisionId]);
    const away = await rebuild(["--data-dir", directory, "--store", url]);
    expect(away).toMatchObject({ exitCode: 6, stdout: "" });
    expect(away.stderr).toContain("does not serve");
    expect(readFileSync(file)).toEqual(bytes);
    await network.restart();
    behindItsBack(file, (database) => database.exec("DELETE FROM decisions"));
    expect(await rebuild(["--data-dir", directory], { NEXUS_ATTEST_STORE: url })).toMatchObject({ exitCode: 0 });
    expect(listed(directory)).toEqual([decisionId]);
  });
});
