import type { Decision } from "../domain/state.ts";
import { BUNDLE_VERSION, jsonDigest } from "./build-audit-package.ts";
import { DECISION_BUNDLE } from "./bundle-format.ts";
import { bundleStatement } from "./bundle-statement.ts";
import { checkApprovalStatements } from "./check-approver-signatures.ts";
import { checkDecisionId } from "./check-decision-id.ts";
import { checkEvidence, concluded, type Findings } from "./check-evidence.ts";
import { checkOutcome, checkRequestDigest, recomputeDigests } from "./check-gate.ts";
import { checkServerSignature } from "./check-server-signature.ts";
import { type EvidenceFile, readAs } from "./evidence-file.ts";
import { type JsonFile, readJsonFile } from "./json-file.ts";
import type { TrustPolicy } from "./trust-policy.ts";
import {
  BUNDLE_CHECKS,
  type CheckResults,
  compare,
  fail,
  type VerificationReport,
  type VerifiedSigner,
} from "./verification-report.ts";

/**
 * Verifies the bundle of a decision in any state from nothing but its bytes and whom the verifier believes, as packages are verified. Never throws: a bad bundle is
 * a report. docs/decision-bundle.md specifies every check.
 *
 * @param trust undefined: nobody is believed, and the bundle is consistent at best.
 */
export function verifyDecisionBundle(bytes: Uint8Array, trust?: TrustPolicy): VerificationReport {
  const file = readJsonFile(bytes);
  return "problem" in file ? noBundle(file.problem, trust) : judgeBundle(file, trust).report;
}

/** What has been found out about a bundle. */
export interface JudgedBundle {
  readonly report: VerificationReport;
  /** Undefined if the file is none. */
  readonly found: { readonly file: EvidenceFile; readonly findings: Findings } | undefined;
}

/** The same for a file that has been read, with what was read of it. */
export function judgeBundle(json: JsonFile, trust?: TrustPolicy): JudgedBundle {
  const file = readAs(DECISION_BUNDLE, json);
  if ("problem" in file) return { report: noBundle(file.problem, trust), found: undefined };
  const { given } = file;
  const findings = checkEvidence(file, trust);
  const { decisionId = "" } = given.controlBundle;
  const controlDigest = jsonDigest(given.controlBundle);
  const results: CheckResults = {
    ...findings.results,
    control_digest: compare(controlDigest, given.controlDigest ?? "", "controlDigest"),
    ...checkUngated(given.controlBundle.decisionId, findings),
  };
  const servers: VerifiedSigner[] = [];
  const last = findings.log.events?.at(-1);
  if (last !== undefined) {
    const { event, digest } = last;
    const statement = bundleStatement({
      decisionId,
      bundleVersion: BUNDLE_VERSION,
      controlDigest,
      headSeq: event.seq,
      headDigest: digest,
      templateDigest: given.template === undefined ? "" : jsonDigest(given.template),
    });
    const signed = { envelope: given.signature, statement, lastAt: event.occurredAt };
    results.server_signature = checkServerSignature(signed, trust, servers);
  }
  const about = { decisionId, signers: [...servers, ...findings.signers] };
  return { report: concluded(BUNDLE_CHECKS, results, findings.missing, trust, about), found: { file, findings } };
}

/** What is asked of a log that need not have come to its gate, let alone to a run. */
function checkUngated(decisionId: string | undefined, { log, replayed, gate, run }: Findings): CheckResults {
  const first = replayed?.events[0];
  if (replayed === undefined || first === undefined) return {};
  const { decision } = replayed;
  return {
    decision_id: checkDecisionId(first.event),
    ...(gate === undefined ? checkApproved(decision, log, decisionId) : {}),
    ...(run === undefined ? {} : { outcome: checkOutcome(decision) }),
  };
}

/** What was approved, where no gate has relied on it: which approvals count, and whose keys made their signatures, nobody has asked yet. */
function checkApproved(before: Decision, log: Findings["log"], decisionId: string | undefined): CheckResults {
  const approved = { before, ...recomputeDigests(log, decisionId) };
  const stated = checkApprovalStatements(approved, log);
  return {
    request_digest: checkRequestDigest(approved),
    ...(stated.status === "FAIL" ? { approver_signatures: stated } : {}),
  };
}

function noBundle(problem: string, trust: TrustPolicy | undefined): VerificationReport {
  return concluded(BUNDLE_CHECKS, { format: fail(problem) }, "the file is not a bundle", trust);
}
