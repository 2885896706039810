import { describe, expect, test } from "vitest";
import { CHECKS } from "../../src/evidence/verification-report.ts";
import { verifyAuditPackage } from "../../src/evidence/verify-audit-package.ts";
import { BINDINGS } from "./forgeries/bindings.ts";
import { BAD_EVENTS, MISWRITTEN, NO_PACKAGES, REWRITTEN } from "./forgeries/files.ts";
import { bytesOf, checksThat, UNSIGNED } from "./forgeries/forger.ts";
import { GATES } from "./forgeries/gates.ts";
import { HOUSE_RULES } from "./forgeries/house-rules.ts";
import { LOGS } from "./forgeries/logs.ts";
import { RUNS } from "./forgeries/runs.ts";
import { TEMPLATES } from "./forgeries/templates.ts";

const TABLES = { NO_PACKAGES, REWRITTEN, MISWRITTEN, BAD_EVENTS, LOGS, GATES, HOUSE_RULES, RUNS, TEMPLATES, BINDINGS };

describe.each(Object.entries(TABLES))("%s", (_, forgeries) => {
  test.each(forgeries)("$what: $fails", ({ make, fails }) => {
    const file = make();
    expect(checksThat("FAIL", file)).toEqual(fails);
    const { verdict, checks } = verifyAuditPackage(typeof file === "string" ? bytesOf(file) : file);
    expect(verdict).toBe("BROKEN");
    for (const { status, detail } of checks) if (status !== "PASS") expect(detail).not.toBe("");
  });
});

test("each check of an unsigned package is the only one to fail for some forgery, but for those that never fail and one that never fails alone", () => {
  const alone = new Set<string>();
  for (const { fails } of Object.values(TABLES).flat()) if (fails.length === 1) alone.add(fails[0] ?? "");
  const others = Object.keys(CHECKS).filter((name) => !alone.has(name));
  // A log whose chain is broken does not replay either; whether a broken glass is accepted is for a trust policy to say.
  expect(others).toEqual(["unknown_fields", "event_chain", "break_glass", ...UNSIGNED]);
});
