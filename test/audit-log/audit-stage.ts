import { readFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { AuditEntry } from "../../src/app/audit-log.ts";
import { type OpenAuditLog, openAuditLog } from "../../src/audit-log/open-audit-log.ts";
import { type AuditVerdict, verifyAuditLog } from "../../src/audit-log/verify-audit-log.ts";
import { createCapturedLog } from "../support/captured-log.ts";
import { createManualClock } from "../support/manual-clock.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

export const ENTRY: AuditEntry = { kind: "bundle.import", outcome: "SUCCEEDED", actor: { type: "HUMAN", id: "ann" } };

/** An audit log in a file of the test's own. */
export function auditStage(file = join(temporaryDirectory(), "audit.log")) {
  const log = createCapturedLog();
  const clock = createManualClock();
  const opened: OpenAuditLog[] = [];
  onTestFinished(() => {
    for (const each of opened) each.close();
  });
  const open = () => {
    const audit = openAuditLog({ file, isInLog: false }, { log, clock });
    opened.push(audit);
    return audit;
  };
  return { file, log, clock, open, lines: () => linesOf(file) };
}

/** Whole lines only. */
export function linesOf(file: string): string[] {
  return readFileSync(file, "latin1").split("\n").slice(0, -1);
}

export async function verdictOn(...files: string[]): Promise<AuditVerdict> {
  return await verifyAuditLog(
    files.map((file) => {
      const pieces = readFileSync(file, "latin1").split("\n");
      const last = pieces.pop() ?? "";
      const whole = pieces.map((text) => ({ text, isEnded: true }));
      return { file, lines: last === "" ? whole : [...whole, { text: last, isEnded: false }] };
    }),
  );
}
