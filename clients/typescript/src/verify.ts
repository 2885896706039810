import { CHECKS } from "./verify/checks.js";
import { evidenceOf } from "./verify/evidence.js";
import { cut, type Finding } from "./verify/finding.js";
// Checks audit packages offline, in Node and in browsers: docs/clients/verify.md. Written from docs/audit-package.md and docs/signatures.md, and nothing of it is the
// server's. It needs nothing of the rest of this package, and loads neither Connect nor gRPC.
import { MAX_BYTES } from "./verify/json.js";
import type { Report, Status, Verdict } from "./verify/report.js";
import type { TrustPolicy } from "./verify/trust-policy.js";

export { MAX_BYTES } from "./verify/json.js";
export { MAX_TRUST_POLICY_BYTES, readTrustPolicy, UnusableTrustPolicy } from "./verify/read-trust-policy.js";
export type { CheckResult, Report, Signer, Status, Verdict } from "./verify/report.js";
export type { TrustPolicy } from "./verify/trust-policy.js";

/** Verifies a package by a trust policy, or by none. Whatever the bytes are it gives a report, and throws nothing. */
export function verify(file: Uint8Array, trust?: TrustPolicy): Report {
  // A copy: neither another thread, which may share the memory, nor a subclass of Uint8Array has a say in what is judged.
  const evidence = evidenceOf(new Uint8Array(file.subarray(0, MAX_BYTES + 1)));
  const statuses = new Map<string, Status>();
  const findings: Finding[] = [];
  for (const { name, judge } of CHECKS) {
    const finding = judge(evidence, trust, statuses);
    statuses.set(name, finding.status);
    findings.push(finding);
  }
  return {
    verdict: verdictOf(statuses),
    checks: CHECKS.map(({ name, asks }, index) => {
      const { status = "FAIL", expected = "", actual = "", detail = "" } = findings[index] ?? {};
      return { name, description: asks, status, expected: cut(expected), actual: cut(actual), detail: cut(detail) };
    }),
    decisionId: evidence.file?.bundle.decisionId ?? "",
    bindingDigest: evidence.file?.bindingDigest ?? "",
    signers: findings.flatMap(({ signers = [] }) => signers),
  };
}

function verdictOf(statuses: ReadonlyMap<string, Status>): Verdict {
  if ([...statuses.values()].includes("FAIL")) return "BROKEN";
  const isAuthentic = statuses.get("server_signature") === "PASS" && statuses.get("unknown_fields") === "PASS";
  return isAuthentic ? "AUTHENTIC" : "CONSISTENT";
}
