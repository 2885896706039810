import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { ABANDONED_AFTER } from "../../src/app/import-bundle.ts";
import { MAX_SIGNATURE_BYTES } from "../../src/app/import-segment.ts";
import { MAX_EVENT_BYTES } from "../../src/app/record.ts";
import { MAX_GROUPS } from "../../src/domain/actor.ts";
import { MAX_LABELS } from "../../src/domain/limits.ts";
import { FILE_VERSION } from "../../src/evidence/build-decision-bundle.ts";
import { MAX_JUDGED } from "../../src/evidence/check-importable.ts";
import { BUNDLE_CHECKS, CHECKS } from "../../src/evidence/verification-report.ts";

const page = readFileSync(new URL("../../docs/decision-bundle.md", import.meta.url), "utf8");
const [, limits = ""] = page.split("## Importing");

describe("docs/decision-bundle.md", () => {
  test("lists the checks of the code, in their order and no other, with what each asks", () => {
    const rows = [...page.matchAll(/^\| `([a-z_]+)` \| ([A-Z].*\.) \|$/gm)].map(([, name, asks]) => [name, asks]);
    expect(rows).toEqual(Object.entries(BUNDLE_CHECKS));
  });

  test("defines every check that the page of the package does not", () => {
    const headings = [...page.matchAll(/^### ([a-z_]+)$/gm)].map(([, name]) => name);
    const own = Object.keys(BUNDLE_CHECKS).filter((name) => !(name in CHECKS));
    expect(headings).toEqual(expect.arrayContaining(own));
    for (const name of headings) expect(Object.keys(BUNDLE_CHECKS)).toContain(name);
  });

  test("names the version and the limits of the code", () => {
    expect(page).toContain(`\`${FILE_VERSION}\``);
    const numbers = [...limits.matchAll(/^\| .* \| ([\d,]+)[^|]* \|$/gm)].map(([, n = ""]) =>
      Number(n.replaceAll(",", "")),
    );
    expect(numbers).toEqual([MAX_EVENT_BYTES, MAX_SIGNATURE_BYTES, MAX_LABELS, MAX_GROUPS, MAX_JUDGED, 1_024]);
    expect(page).toContain(`${ABANDONED_AFTER / 1_000} seconds`);
  });
});
