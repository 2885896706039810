import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { RELEASES } from "../../scripts/last-release.ts";
import { readTrustPolicy } from "../../src/evidence/read-trust-policy.ts";
import { verifyAuditPackage } from "../../src/evidence/verify-audit-package.ts";

describe("a package that a release has made", () => {
  test.each(readdirSync(RELEASES))("%s: is still authentic", (version) => {
    const evidence = (name: string) => readFileSync(join(RELEASES, version, "evidence", name));
    const trust = readTrustPolicy(evidence("trust-policy.json").toString());
    expect(verifyAuditPackage(evidence("audit-package.signed.json"), trust).verdict).toBe("AUTHENTIC");
  });
});
