import type { Report } from "../report.js";

/** The ProtoJSON of VerifyAuditPackageResponse. */
export function asJson({ verdict, checks, decisionId, bindingDigest, signers }: Report): string {
  const report = filled({
    verdict: `VERDICT_${verdict}`,
    checks: checks.map((check) => filled({ ...check, status: `CHECK_STATUS_${check.status}` })),
    decisionId,
    bindingDigest,
    signers: signers.map((signer) => filled({ ...signer, role: `SIGNER_ROLE_${signer.role}` })),
  });
  return `${JSON.stringify({ report }, undefined, 2)}\n`;
}

/** ProtoJSON leaves out what is empty. */
function filled(message: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(message).filter(([, value]) => value !== "" && !(Array.isArray(value) && value.length === 0)),
  );
}
