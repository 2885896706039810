import { readTrustPolicy, UnusableTrustPolicy } from "../evidence/read-trust-policy.ts";
import type { VerificationReport } from "../evidence/verification-report.ts";
import { verifyAuditPackage } from "../evidence/verify-audit-package.ts";

/** What came of it: a report, or what is wrong with the trust policy, without a look at the package. */
export type Judgement = VerificationReport | { readonly unusable: string };

export function judge({ bytes, trust }: { readonly bytes: Uint8Array; readonly trust: string | undefined }): Judgement {
  try {
    return verifyAuditPackage(bytes, trust === undefined ? undefined : readTrustPolicy(trust));
  } catch (error) {
    if (error instanceof UnusableTrustPolicy) return { unusable: error.message };
    throw error;
  }
}
