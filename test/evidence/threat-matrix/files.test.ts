import { readdirSync, readFileSync, statSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { files } from "./files.ts";

const DIRECTORY = new URL("../../../testdata/audit-packages/", import.meta.url);
const MAX_BYTES = 4 * 1024 * 1024;
/** A loaded machine takes its time over some hundred packages. */
const PATIENCE = 120_000;

const kept = readdirSync(DIRECTORY, { recursive: true, encoding: "utf8" }).filter((path) =>
  statSync(new URL(path, DIRECTORY)).isFile(),
);

describe("testdata/audit-packages", () => {
  test(
    "holds exactly what is made of the threat matrix (scripts/audit-package-testdata.ts writes it anew)",
    () => {
      const made = files();
      expect(kept.filter((path) => path !== "README.md").toSorted()).toEqual([...made.keys()].toSorted());
      for (const [path, text] of made) expect(readFileSync(new URL(path, DIRECTORY), "utf8") === text, path).toBe(true);
    },
    PATIENCE,
  );

  test("is not larger than a repository should carry", () => {
    const size = kept.reduce((sum, path) => sum + statSync(new URL(path, DIRECTORY)).size, 0);
    expect(size).toBeLessThan(MAX_BYTES);
  });

  test("expects every verdict of good packages and of forged ones, by every trust policy that can give it", () => {
    const { packages } = JSON.parse(readFileSync(new URL("expected.json", DIRECTORY), "utf8"));
    for (const [kind, trust, verdicts] of [
      ["good", "nobody", ["CONSISTENT"]],
      // Who believes the server alone accepts no execution by break-glass, however genuine its package is.
      ["good", "server", ["AUTHENTIC", "BROKEN", "CONSISTENT"]],
      ["good", "everybody", ["AUTHENTIC", "BROKEN"]],
      ["forged", "nobody", ["BROKEN", "CONSISTENT"]],
      ["forged", "server", ["AUTHENTIC", "BROKEN", "CONSISTENT"]],
      ["forged", "everybody", ["AUTHENTIC", "BROKEN"]],
    ] as const) {
      const of = packages.filter(({ file }: { file: string }) => file.startsWith(kind));
      const found = of.map(
        ({ reports }: { reports: Record<string, { verdict: string }> }) => reports[trust]?.verdict ?? "",
      );
      expect(new Set(found), `${kind} by ${trust}`).toEqual(new Set(verdicts));
    }
  });
});
