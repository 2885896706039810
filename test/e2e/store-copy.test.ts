import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openSqliteEventStore } from "../../src/store/sqlite/event-store.ts";
import { CANCELLATION, caller, decisionsUnderTest } from "../app/decisions-under-test.ts";
import { everythingIn } from "../app/whole-store.ts";
import { doubleUnderTest, eventStoreDB } from "../eventstoredb/server-under-test.ts";
import { behindItsBack, eventsFile } from "../store/sqlite/raw-file.ts";
import { commandLine, type Options, startCommandLine } from "../support/command-line.ts";
import { eventually } from "../support/eventually.ts";
import { serverUnderTest } from "../support/server-under-test.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { approve, requested } from "./release.ts";

/** A data directory that holds some decisions, whose server has stopped. */
async function stoppedServer(count = 4) {
  const directory = temporaryDirectory();
  const decisions = await decisionsUnderTest({ directory });
  const ids = [];
  for (let number = 0; number < count; number++) ids.push(await decisions.create({ goal: `goal ${number}: größer` }));
  for (const id of ids.slice(0, 2)) await decisions.approve(id);
  for (const id of ids.slice(0, 1)) await decisions.handle(caller("bob"), id, CANCELLATION);
  const content = await everythingIn(decisions.real, "decision-");
  await decisions.real.close();
  return { directory, ids, content, cwd: temporaryDirectory() };
}

async function contentOf(directory: string) {
  const store = await openSqliteEventStore({ directory });
  try {
    return await everythingIn(store, "decision-");
  } finally {
    await store.close();
  }
}

const copy = (args: readonly string[], options?: Options) => commandLine(["store", "copy", ...args], options);

describe("nexus-attest store copy", () => {
  test("takes a data directory to EventStoreDB and back, to the byte, and says what it did", async () => {
    const { directory, content, cwd } = await stoppedServer();
    const { url } = await doubleUnderTest();
    const there = await copy(["--from", directory, "--to", url], { cwd });
    const words = "4 streams copied, 0 continued, 0 there already, 0 left out; 11 events written\n";
    expect(there).toEqual({ exitCode: 0, stdout: words, stderr: "" });
    const back = await copy(["--from", url, "--to", join(cwd, "back"), "--json"]);
    expect(back).toMatchObject({ exitCode: 0, stderr: "" });
    const counts = { copied: 4, continued: 0, unchanged: 0, events: 11, left: [] };
    expect(JSON.parse(back.stdout)).toEqual({ from: url, to: join(cwd, "back"), ...counts });
    expect(await contentOf(join(cwd, "back"))).toEqual(content);
  });

  test("what was copied is served as if it had always been there, and reads well in the store's own browser", async () => {
    const { directory, ids, content, cwd } = await stoppedServer();
    const { url, open, double } = await doubleUnderTest();
    await copy(["--from", directory, "--to", url], { cwd });
    expect(await everythingIn(open(), "decision-")).toEqual(content);
    const recorded = double.ledger.all.find(({ stream }) => stream === `decision-${ids[0]}`);
    const metadata: unknown = JSON.parse(Buffer.from(recorded?.metadata ?? "").toString());
    expect(metadata).toMatchObject({ $correlationId: ids[0], $causationId: expect.stringMatching(/^[0-9a-f-]{36}$/) });

    // The very directory that held them, with its index: the positions in that are of another store.
    const server = await serverUnderTest({ config: { store: url, dataDir: directory } });
    await approve(server, ids[2] ?? "", "dave");
    const fresh = await requested(server);
    const list = async () => (await server.as("human:erin").decisions.listDecisions({})).decisions;
    await eventually("all listed", async () => (await list()).length === 5);
    expect((await list()).map(({ decisionId }) => decisionId)).toContain(fresh);
  });

  test("killed at any moment and repeated, it comes to the same end", { timeout: 120_000 }, async () => {
    const { directory, content, cwd } = await stoppedServer(60);
    const { url, double } = await doubleUnderTest();
    let kills = 0;
    for (let appends = 1; kills < 3 && double.calls.append < 60; appends += 18) {
      const running = startCommandLine(["store", "copy", "--from", directory, "--to", url], { cwd });
      const early = await Promise.race([
        eventually(`${appends} appends`, () => double.calls.append >= appends).then(() => false),
        running.ended.then(() => true),
      ]);
      if (early) break;
      running.kill();
      await running.ended;
      kills += 1;
    }
    expect(kills).toBeGreaterThan(1);
    expect(await copy(["--from", directory, "--to", url], { cwd })).toMatchObject({ exitCode: 0 });
    const repeated = await copy(["--from", directory, "--to", url], { cwd });
    expect(repeated.stdout).toBe("0 streams copied, 0 continued, 60 there already, 0 left out; 0 events written\n");
    expect((await copy(["--from", url, "--to", join(cwd, "back")])).exitCode).toBe(0);
    expect(await contentOf(join(cwd, "back"))).toEqual(content);
  });

  test("names a corrupt log, copies the rest, and ends with 7; names a log that differs, and ends with 3", async () => {
    const { directory, ids, content, cwd } = await stoppedServer();
    const target = join(cwd, "target");
    await copy(["--from", directory, "--to", target]);
    const spoil = (where: string, word: string) =>
      behindItsBack(eventsFile(where), (database) =>
        database
          .prepare("UPDATE events SET data = replace(data, ?, 'kleiner') WHERE data LIKE '%goal 1: größer%'")
          .run(word),
      );
    spoil(target, "größer");
    const differs = await copy(["--from", directory, "--to", target]);
    expect(differs.exitCode).toBe(3);
    expect(differs.stdout).toContain(`REFUSED  decision-${ids[1]}: event 0 is another one in the target\n`);
    expect(differs.stdout).toContain("3 there already, 1 left out; 0 events written");

    spoil(directory, "größer");
    const anew = join(cwd, "anew");
    const corrupt = await copy(["--from", directory, "--to", anew]);
    expect(corrupt.exitCode).toBe(7);
    expect(corrupt.stdout).toMatch(new RegExp(`^CORRUPT  decision-${ids[1]}: event 0: it does not have the digest`));
    expect(corrupt.stdout).toContain("3 streams copied");
    const rest = new Map([...content].filter(([stream]) => stream !== `decision-${ids[1]}`));
    expect(await contentOf(anew)).toEqual(rest);
  });

  test("keeps its hands off a directory that is in use, whether to read or to write", async () => {
    const { directory, cwd } = await stoppedServer();
    const served = await serverUnderTest();
    const inUse = join(served.directory, "data");
    for (const args of [
      ["--from", inUse, "--to", join(cwd, "new")],
      ["--from", directory, "--to", inUse],
    ]) {
      const refused = await copy(args);
      expect(refused).toMatchObject({ exitCode: 6, stdout: "" });
      expect(refused.stderr).toMatch(/in use by process/);
    }
    expect(existsSync(join(cwd, "new"))).toBe(false);
  });

  test("does not make up a source, nor take the word for a target that is away", async () => {
    const { directory, cwd } = await stoppedServer();
    const nothing = await copy(["--from", join(cwd, "typo"), "--to", join(cwd, "new")]);
    expect(nothing).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("no events.sqlite") });
    expect(existsSync(join(cwd, "typo"))).toBe(false);
    const { url, network } = await doubleUnderTest();
    await network.kill();
    const away = await copy(["--from", directory, "--to", url]);
    expect(away).toMatchObject({ exitCode: 6, stdout: "" });
    expect(away.stderr).toMatch(/error: --to: the store does not serve: /);
  });

  test("takes credentials from the environment or a file, and shows them nowhere; from a command line it refuses them", async () => {
    const { directory, cwd } = await stoppedServer();
    const { url } = await doubleUnderTest();
    const secret = url.replace("://", "://attest:hunter2@");
    writeFileSync(join(cwd, "source"), `${secret}\n`);
    const env = { NEXUS_ATTEST_COPY_TO: secret, DEBUG: "esdb:*" };
    const there = await copy(["--from", directory], { cwd, env });
    expect(there).toMatchObject({ exitCode: 0 });
    const back = await copy(["--from-file", "source", "--to", "back", "--json"], { cwd, env });
    expect(back).toMatchObject({ exitCode: 0 });
    const typed = await copy(["--from", directory, "--to", secret], { cwd });
    expect(typed).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("NEXUS_ATTEST_COPY_TO") });
    for (const { stdout, stderr } of [there, back, typed]) expect(stdout + stderr).not.toContain("hunter2");
  });

  test.each([
    ["no source", ["--to", "b"], /--from: say which store/],
    ["two sources", ["--from", "a", "--from-file", "b", "--to", "c"], /either --from or --from-file/],
    ["another kind of address", ["--from", "http://a", "--to", "c"], /neither a directory nor an EventStoreDB/],
    ["a file that is not there", ["--from-file", "nowhere", "--to", "c"], /nowhere cannot be read/],
    ["an option that the store does not know", ["--from", "esdb://a?b=c", "--to", "c"], /--from: .* knows the options/],
  ])("%s is a mistake that it explains", async (_, args, words) => {
    const { exitCode, stderr } = await copy(args, { cwd: temporaryDirectory() });
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(words);
  });

  test("copies from one EventStoreDB to itself only what is missing: nothing", async () => {
    const { directory, cwd } = await stoppedServer();
    const { url } = await eventStoreDB();
    await copy(["--from", directory, "--to", url], { cwd });
    const { exitCode, stdout } = await copy(["--from", url, "--to", url], { cwd });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^0 streams copied, 0 continued, .* 0 events written\n$/);
  });
});
