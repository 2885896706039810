import { mkdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, test } from "vitest";
import { openRunLog, UnusableRunLog } from "../../../src/router/local/run-log.ts";
import { commandLine } from "../../support/command-line.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";

const DECISION = "0".repeat(32);

/** The file of a run log that holds one run. */
function usedFile(directory = temporaryDirectory()): string {
  const file = join(directory, "runs.sqlite");
  const log = openRunLog(file);
  log.accept({ decisionId: DECISION, runId: "r", request: "{}", simulated: false, at: 0 });
  log.close();
  return file;
}

const FAULTS: readonly (readonly [string, RegExp, (file: string) => void])[] = [
  ["that is no database", /damaged \(file is not a database\)/, (file) => writeFileSync(file, "x".repeat(4_096))],
  ["that ends too early", /damaged \(/, (file) => truncateSync(file, 4_096 + 100)],
  [
    "with a damaged page",
    /damaged \(/,
    (file) => {
      const bytes = readFileSync(file);
      writeFileSync(file, bytes.fill(0xa5, 4_096, 8_192));
    },
  ],
  [
    "of a newer version",
    /written by a newer version \(schema 2, this one knows 1\): run that version/,
    (file) => {
      const database = new DatabaseSync(file);
      database.exec("PRAGMA user_version = 2");
      database.close();
    },
  ],
];

describe("the run log's file", () => {
  test("is found again with what it holds", () => {
    const log = openRunLog(usedFile());
    expect(log.find(DECISION)).toMatchObject({ runId: "r", state: "RUNNING" });
    log.close();
  });

  test.each(FAULTS)("%s is refused by name, and not changed", (_what, message, harm) => {
    const file = usedFile();
    harm(file);
    const before = readFileSync(file);
    expect(() => openRunLog(file)).toThrow(UnusableRunLog);
    expect(() => openRunLog(file)).toThrow(message);
    expect(() => openRunLog(file)).toThrow(file);
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  test("keeps a server with a damaged one from starting, and says what to do", async () => {
    const directory = temporaryDirectory();
    const args = ["serve", "--listen", "127.0.0.1:0", "--data-dir", directory];
    mkdirSync(join(directory, "router"));
    writeFileSync(usedFile(join(directory, "router")), "x".repeat(4_096));
    const { exitCode, stderr } = await commandLine(args);
    expect(exitCode).toBe(6);
    expect(stderr).toMatch(/router\/runs\.sqlite is damaged .*restore it from a backup/);
  });
});
