import { claimsToBe, DECISION_BUNDLE } from "./bundle-format.ts";
import { readJsonFile } from "./json-file.ts";
import type { TrustPolicy } from "./trust-policy.ts";
import type { VerificationReport } from "./verification-report.ts";
import { judgePackage, verifyAuditPackage } from "./verify-audit-package.ts";
import { judgeBundle } from "./verify-decision-bundle.ts";

/** Verifies a file of whichever kind it says it is. What says nothing of the kind is reported on as a package. */
export function verifyEvidence(
  bytes: Uint8Array,
  trust?: TrustPolicy,
): {
  readonly kind: "bundle" | "package";
  readonly report: VerificationReport;
} {
  const file = readJsonFile(bytes);
  if ("problem" in file) return { kind: "package", report: verifyAuditPackage(bytes, trust) };
  return claimsToBe(DECISION_BUNDLE, file.json)
    ? { kind: "bundle", report: judgeBundle(file, trust).report }
    : { kind: "package", report: judgePackage(file, trust).report };
}
