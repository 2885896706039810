import { create } from "@bufbuild/protobuf";
import {
  CheckStatus,
  SignerRole,
  Verdict,
  VerificationReportSchema,
  type VerificationReport as WireReport,
} from "../../gen/ts/nexus/attest/v1/audit_package_pb.ts";
import type { VerificationReport } from "./verification-report.ts";

/** A report for the wire. */
export function toWireReport({ verdict, checks, decisionId, bindingDigest, signers }: VerificationReport): WireReport {
  return create(VerificationReportSchema, {
    verdict: Verdict[verdict],
    checks: checks.map((check) => ({
      ...check,
      status: CheckStatus[check.status],
      expected: check.expected.toWellFormed(),
      actual: check.actual.toWellFormed(),
      detail: check.detail.toWellFormed(),
    })),
    decisionId: decisionId.toWellFormed(),
    bindingDigest,
    signers: signers.map(({ role, name, keyId }) => ({ role: SignerRole[role], name: name.toWellFormed(), keyId })),
  });
}
