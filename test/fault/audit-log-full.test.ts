import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { AuditEntry } from "../../src/app/audit-log.ts";
import { openAuditLog } from "../../src/audit-log/open-audit-log.ts";
import { verdictOn } from "../audit-log/audit-stage.ts";
import { createCapturedLog } from "../support/captured-log.ts";
import { createManualClock } from "../support/manual-clock.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { canMount, smallFileSystem } from "./small-disk.ts";

const ENTRY: AuditEntry = { kind: "bundle.import", outcome: "ATTEMPTED", details: { words: "x".repeat(900) } };

/** Where no file system may be mounted there is none to fill; test/audit-log takes the directory away instead. */
const disks = canMount() ? [{ disk: "a full file system", open: smallFileSystem }] : [];

test("a directory that is gone", () => {
  const file = join(temporaryDirectory(), "none", "audit.log");
  expect(() =>
    openAuditLog({ file, isInLog: false }, { log: createCapturedLog(), clock: createManualClock() }),
  ).toThrow("ENOENT");
});

test.each(disks)(
  "$disk: nothing is torn, nothing counts as recorded that is not there, and it goes on by itself",
  async ({ open }) => {
    const disk = open();
    const file = join(disk.data, "..", "audit.log");
    const log = createCapturedLog();
    const audit = openAuditLog({ file, isInLog: false }, { log, clock: createManualClock() });
    let recorded = 0;
    audit.record(ENTRY);
    recorded += 1;
    disk.fill();
    // What is left of the last page is taken first.
    let refused: unknown;
    while (refused === undefined) {
      try {
        audit.record(ENTRY);
        recorded += 1;
      } catch (error) {
        refused = error;
      }
    }
    expect(refused).toMatchObject({ name: "AuditLogUnavailable", message: expect.stringContaining("(ENOSPC)") });
    expect(audit.note(ENTRY)).toBeUndefined();
    const whole = readFileSync(file, "utf8");
    expect(whole.endsWith("}\n")).toBe(true);
    expect(await verdictOn(file)).toMatchObject({ records: recorded, problems: [], isTorn: false });
    disk.makeRoom();
    expect(audit.record(ENTRY)).toBe(recorded);
    expect(await verdictOn(file)).toMatchObject({ records: recorded + 1, repaired: 0, problems: [] });
    expect(JSON.parse(readFileSync(file, "utf8").trimEnd().split("\n").at(-1) ?? "")).toMatchObject({ lost: 1 });
    audit.close();
  },
);
