import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { foreignLog } from "../evidence/foreign-log.ts";
import { commandLine } from "../support/command-line.ts";
import { eventually } from "../support/eventually.ts";
import { serverUnderTest } from "../support/server-under-test.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { approve, requested } from "./release.ts";

async function stage() {
  const directory = temporaryDirectory();
  const server = await serverUnderTest();
  const run = (...args: readonly string[]) =>
    commandLine([...args, "--as", "human:ida"], { server: server.url, cwd: directory });
  const file = (name: string, bytes: Uint8Array) => {
    writeFileSync(join(directory, name), bytes);
    return name;
  };
  return { directory, server, run, file };
}

describe("the command line", { timeout: 120_000 }, () => {
  test("writes a decision's bundle, never over another file, and verify knows it from a package", async () => {
    const { directory, server, run } = await stage();
    const id = await requested(server);
    const written = await run("bundle", "export", id);
    expect(written).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(`${id}.bundle.json`) });
    const file = join(directory, `${id}.bundle.json`);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const before = readFileSync(file, "utf8");
    await approve(server, id, "carol");
    const again = await run("bundle", "export", id);
    expect(again).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("exists already") });
    expect(readFileSync(file, "utf8")).toBe(before);
    expect((await run("bundle", "export", id, "-o", `${id}.bundle.json`, "--force")).exitCode).toBe(0);
    expect(readFileSync(file, "utf8")).not.toBe(before);
    expect((await run("bundle", "export", id, "-o", "-")).stdout).toBe(readFileSync(file, "utf8"));

    const verified = await run("verify", file);
    expect(verified).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining("Who made the bundle is not proven"),
    });
    expect(verified.stdout).toMatch(/✓ PASS +decision_id /);
    expect(verified.stdout).not.toContain("binding digest");
    writeFileSync(file, before.replace('"bob"', '"rob"'));
    const broken = await run("verify", file);
    expect(broken).toMatchObject({ exitCode: 7, stdout: expect.stringContaining("Do not rely on this bundle.") });
    expect((await run("bundle", "export", "0".repeat(32))).exitCode).toBe(4);
    expect(existsSync(join(directory, `${"0".repeat(32)}.bundle.json`))).toBe(false);
  });

  test("takes bundles in, says what became of each, and reads what was imported", async () => {
    const { directory, run, file } = await stage();
    const log = foreignLog({ goal: "raise\u001b[2J the limit" }).approve("carol");
    const short = file("short.json", log.bundle());
    const long = file("long.json", log.fork().reject("dave").bundle());
    const forged = file("forged.json", log.fork().cancel().bundle());

    const created = await run("import", short, "--source", "mail\u202e of 3 May", "--json");
    const { importId, outcome, eventsWritten } = JSON.parse(created.stdout);
    expect({ outcome, eventsWritten }).toEqual({ outcome: "IMPORT_OUTCOME_CREATED", eventsWritten: 3 });
    expect((await run("import", short)).stdout).toMatch(
      /^UNCHANGED .*, 0 events written\n.*not proven: server_signature/,
    );
    const conflict = await run("import", long);
    expect(conflict).toMatchObject({ exitCode: 3, stderr: expect.stringContaining("[IMPORT_CONFLICT]") });
    expect(conflict.stderr).toContain("hint: --on-conflict fast-forward");
    expect((await run("import", long, "--on-conflict", "fast-forward")).stdout).toMatch(
      /^FAST FORWARDED .*, 1 events written/,
    );
    const diverged = await run("import", forged, "--on-conflict", "fast-forward");
    expect(diverged).toMatchObject({ exitCode: 3, stderr: expect.stringContaining("part at seq 3") });
    expect((await run("import", forged, "--on-conflict", "keep-both")).stdout).toMatch(/^KEPT BESIDE /);
    expect((await run("import", forged, "--on-conflict", "overwrite")).exitCode).toBe(2);
    expect((await run("import", "nowhere.json")).exitCode).toBe(2);
    const none = await run("import", file("none.json", new TextEncoder().encode("{}")));
    expect(none).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("[BUNDLE_INVALID]") });

    const listed = await eventually(
      "listed",
      async () => {
        const { stdout } = await run("imported", "list", "--decision", log.decisionId);
        return stdout.split("\n").length === 4 && stdout;
      },
      60_000,
    );
    expect(listed).toMatch(new RegExp(`${importId} +${log.decisionId} +REJECTED +ida`));
    const shown = await run("imported", "show", importId);
    for (const words of [
      "events 0 to 2 by ida",
      "event 3 by ida",
      "mail\\u202e of 3 May",
      "raise\\u001b[2J the limit",
      "It was imported",
    ])
      expect(shown.stdout).toContain(words);
    for (const character of ["\u001b", "\u202e"]) expect(shown.stdout + listed).not.toContain(character);
    expect((await run("imported", "show", importId, "--as-of-seq", "0")).stdout).toContain("DRAFT");
    expect((await run("imported", "events", importId, "--from", "3")).stdout).toMatch(/^ {3}3 .* DECISION_REJECTED/);
    const watched = await run("imported", "watch", importId);
    expect(watched).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("REJECTED") });
    expect((await run("imported", "export", importId, "-o", "out.json")).exitCode).toBe(0);
    expect(readFileSync(join(directory, "out.json"), "utf8")).toBe(readFileSync(join(directory, long), "utf8"));
    expect((await run("imported", "export", importId, "-o", "out.json")).exitCode).toBe(2);
    expect(await run("imported", "show", "f".repeat(32))).toMatchObject({
      exitCode: 4,
      stderr: expect.stringContaining("[IMPORT_NOT_FOUND]"),
    });
    expect(await run("imported", "show", "x")).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("imported list"),
    });
    expect((await run("approve", importId, "--digest", `sha256:${"0".repeat(64)}`)).exitCode).toBe(4);
  });
});
