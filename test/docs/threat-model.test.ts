import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { withTables } from "../../scripts/threat-model.ts";
import { readTrustPolicy } from "../../src/evidence/read-trust-policy.ts";
import { ADVERSARIES } from "../evidence/threat-matrix/adversaries.ts";
import { REQUIRED } from "../evidence/threat-matrix/genuine.ts";

const page = readFileSync(new URL("../../docs/threat-model.md", import.meta.url), "utf8");

describe("docs/threat-model.md", () => {
  test("its tables are those that the threat matrix proves (scripts/threat-model.ts writes them anew)", () => {
    expect(page).toBe(withTables(page));
  });

  test("the trust policy that it recommends is one, and requires what the matrix requires", () => {
    const [, shown = ""] = /## A trust policy to start from[^]*?```json\n([^]*?)```/.exec(page) ?? [];
    const { serverKeys, approverKeys, routerKeys, requiredChecks } = readTrustPolicy(shown);
    expect([serverKeys.length, approverKeys.size, routerKeys.length]).toEqual([1, 2, 1]);
    expect(requiredChecks).toEqual(REQUIRED);
    for (const name of REQUIRED) expect(page).toMatch(new RegExp(`^\\| .* \\| .*\`${name}\`.* \\|$`, "m"));
  });

  test("says what every adversary holds that is no combination of others", () => {
    const [, holds = ""] = /\| who \| holds, besides the file \|\n\|-\|-\|\n([^]*?)\n\n/.exec(page) ?? [];
    const named = holds.split("\n").map((row) => row.split(" | ")[0]?.slice(2));
    expect(named).toEqual(Object.keys(ADVERSARIES).filter((who) => !who.includes(" + ")));
  });

  test("its lines can be read, but for the rows of tables and the trust policy", () => {
    const long = page.split("\n").filter((line) => line.length > 165 && !/^(?:\||\s*\{)/.test(line));
    expect(long).toEqual([]);
  });
});
