import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sealRecord } from "../../src/audit-log/audit-record.ts";
import { commandLine } from "../support/command-line.ts";
import { auditStage, ENTRY, linesOf, verdictOn } from "./audit-stage.ts";

function written(count: number) {
  const { file, open, clock } = auditStage();
  const audit = open();
  for (let i = 0; i < count; i++) {
    clock.advance(1_000);
    audit.record({ ...ENTRY, requestId: `r${i}` });
  }
  return file;
}

const rewrite = (file: string, change: (lines: string[]) => readonly string[]) =>
  writeFileSync(
    file,
    change(linesOf(file))
      .map((line) => `${line}\n`)
      .join(""),
    "latin1",
  );

describe("a log that was touched is told from one that was not", () => {
  test.each<readonly [string, (lines: string[]) => readonly string[], string]>([
    ["a line taken out", (lines) => lines.toSpliced(2, 1), "seq 3 follows seq 1: 1 missing"],
    ["several taken out", (lines) => lines.toSpliced(1, 3), "seq 4 follows seq 0: 3 missing"],
    ["one changed", (lines) => lines.map((line, i) => (i === 2 ? line.replace("r2", "r9") : line)), "is not the one"],
    ["one twice", (lines) => lines.toSpliced(2, 0, lines[1] ?? ""), "written twice"],
    ["two exchanged", ([a = "", b = "", c = "", ...more]) => [a, c, b, ...more], "missing"],
    ["a line of somebody else's put in", (lines) => lines.toSpliced(2, 0, "hello"), "is no record"],
    [
      "the beginning rewritten",
      (lines) => lines.toSpliced(0, 1, (lines[0] ?? "").replace("r0", "r8")),
      "is not the one",
    ],
    ["rubbish at the end", (lines) => [...lines, "hello"], "is no record"],
    [
      "a seq that is only renumbered",
      (lines) => lines.toSpliced(2, 1).map((line, i) => line.replace(/"seq":\d+/, `"seq":${i}`)),
      "is not the one",
    ],
    [
      "a new chain behind it",
      (lines) => [...lines, sealRecord({ seq: -1, digest: "" }, ENTRY, 0, 0).line],
      "a new chain begins",
    ],
    [
      "a first record that has one before it",
      (lines) => lines.map((line) => line.replace('"seq":0,', '"seq":7,')),
      "does not fit its seq",
    ],
  ])("%s", async (_, change, words) => {
    const file = written(5);
    expect((await verdictOn(file)).problems).toEqual([]);
    rewrite(file, change);
    const { problems } = await verdictOn(file);
    expect(problems.map(({ message }) => message).join("; ")).toContain(words);
  });

  test("any one byte changed, but in the last record, whose digest has to be kept elsewhere", async () => {
    const file = written(6);
    const good = readFileSync(file);
    const { head } = await verdictOn(file);
    await fc.assert(
      fc.asyncProperty(fc.nat(good.length - 2), fc.integer({ min: 1, max: 255 }), async (at, by) => {
        const bad = Buffer.from(good);
        bad[at] = (bad[at] ?? 0) ^ by;
        writeFileSync(file, bad);
        const verdict = await verdictOn(file);
        expect(verdict.problems.length > 0 || verdict.head.digest !== head.digest).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test("a repair that closes off something else than what stands there is none", async () => {
    const file = written(2);
    const { head } = await verdictOn(file);
    const repair = sealRecord(
      head,
      { kind: "audit.repair", outcome: "SUCCEEDED", details: { torn: "sha256:00" } },
      0,
      0,
    );
    rewrite(file, (lines) => [...lines, "put in", repair.line]);
    expect((await verdictOn(file)).problems).toEqual([
      { file, line: 3, message: "is no record, and the server has not closed it off" },
    ]);
  });
});

describe("nexus-attest audit verify", () => {
  test("says what it found, and what it could not see", async () => {
    const file = written(5);
    const sound = await commandLine(["audit", "verify", file]);
    expect(sound).toMatchObject({ exitCode: 0, stderr: "" });
    const { head } = await verdictOn(file);
    expect(sound.stdout).toBe(
      `5 records, seq 0 to 4; head ${head.digest}\nSOUND: every record follows from the one before\n`,
    );
    expect((await commandLine(["audit", "verify", file, "--head", head.digest])).exitCode).toBe(0);
    // A cut end looks like a shorter log to whoever does not know its head.
    rewrite(file, (lines) => lines.slice(0, -1));
    expect((await commandLine(["audit", "verify", file])).exitCode).toBe(0);
    const cut = await commandLine(["audit", "verify", file, "--head", head.digest]);
    expect(cut).toMatchObject({ exitCode: 7, stdout: expect.stringContaining("cut off or added at the end") });
    rewrite(file, (lines) => lines.toSpliced(1, 1));
    const broken = await commandLine(["audit", "verify", file, "--json"]);
    expect(broken.exitCode).toBe(7);
    expect(JSON.parse(broken.stdout)).toMatchObject({
      verdict: "BROKEN",
      problems: [{ file, line: 2, message: "seq 2 follows seq 0: 1 missing" }],
    });
  });

  test("takes no file that is not there, no digest that is none, and no empty file for a log", async () => {
    const file = written(1);
    expect((await commandLine(["audit", "verify", `${file}.none`])).stderr).toContain("there is no such file");
    expect((await commandLine(["audit", "verify", file, "--head", "abc"])).exitCode).toBe(2);
    writeFileSync(file, "");
    expect(await commandLine(["audit", "verify", file])).toMatchObject({
      exitCode: 7,
      stdout: expect.stringContaining("no record"),
    });
  });

  test("needs nothing that sha256sum could not say", () => {
    const file = written(2);
    const digest = execFileSync("sh", ["-c", 'head -n 1 "$0" | tr -d "\\n" | sha256sum', file], { encoding: "utf8" });
    expect(JSON.parse(linesOf(file)[1] ?? "")).toMatchObject({ previousDigest: `sha256:${digest.slice(0, 64)}` });
  });
});
