import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { examples, withWalkthrough } from "../../scripts/audit-package-examples.ts";
import { CHECKS } from "../../src/evidence/verification-report.ts";
import { verifyAuditPackage } from "../../src/evidence/verify-audit-package.ts";
import { UNSIGNED } from "../evidence/forgeries/forger.ts";

const file = (name: string) => readFileSync(new URL(`../../docs/${name}`, import.meta.url));
const page = file("audit-package.md").toString();
const packages = {
  reference: file("examples/audit-package.reference.json"),
  embedded: file("examples/audit-package.embedded.json"),
};
const [, example = ""] = page.split("## A worked example");
const sha256 = (content: string | Uint8Array) => `sha256:${createHash("sha256").update(content).digest("hex")}`;

describe("docs/audit-package.md", () => {
  test("lists the checks of the code, in their order and no other, with what each asks, and defines each", () => {
    const rows = [...page.matchAll(/^\| `([a-z_]+)` \| ([A-Z].*\.) \|$/gm)].map(([, name, asks]) => [name, asks]);
    expect(rows).toEqual(Object.entries(CHECKS));
    const headings = [...page.matchAll(/^### ([a-z_]+)$/gm)].map(([, name]) => name);
    expect(headings).toEqual(Object.keys(CHECKS));
  });

  test("every digest under a text in the worked example is the SHA-256 of that text", () => {
    const shown = [...example.matchAll(/```json\n(.*)\n```\n\n`(sha256:[0-9a-f]{64})`/g)];
    expect(shown).toHaveLength(9);
    for (const [, text = "", digest] of shown) expect(sha256(text)).toBe(digest);
  });

  test("the worked example is that of the files", () => {
    for (const bytes of Object.values(packages)) {
      const { controlBundle, controlDigest, router, link, linkDigest, bindingDigest } = JSON.parse(bytes.toString());
      for (const digest of [controlDigest, controlBundle.headDigest, router.routerDigest, linkDigest, bindingDigest])
        expect(example).toContain(`\`${digest}\``);
      expect(example).toContain(`\n${JSON.stringify(link)}\n`);
    }
    const { runBundle } = JSON.parse(packages.embedded.toString()).router;
    expect(example).toContain(`\`${sha256(Buffer.from(runBundle, "base64"))}\``);
  });

  test("page and files are what the code makes of the example (scripts/audit-package-examples.ts writes them anew)", () => {
    const { reference, embedded, walkthrough } = examples();
    expect(packages.reference.toString()).toBe(reference);
    expect(packages.embedded.toString()).toBe(embedded);
    expect(page).toBe(withWalkthrough(page, walkthrough));
  });

  test("the checks of the examples end as the page says", () => {
    const notPassed = (bytes: Uint8Array) =>
      verifyAuditPackage(bytes)
        .checks.filter(({ status }) => status !== "PASS")
        .map(({ name, status }) => `${name} ${status}`);
    const unsigned = UNSIGNED.map((name) => `${name} NOT_CHECKED`);
    expect(notPassed(packages.embedded)).toEqual(unsigned);
    expect(notPassed(packages.reference)).toEqual(["run_bundle NOT_CHECKED", ...unsigned]);
  });

  test("its lines can be read, but for the canonical texts and the rows of tables", () => {
    const long = page.split("\n").filter((line) => line.length > 165 && !/^[{|]/.test(line));
    expect(long).toEqual([]);
  });
});
