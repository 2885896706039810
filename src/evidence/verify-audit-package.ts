import { gateOf } from "../domain/state.ts";
import { bindingOf, jsonDigest, PACKAGE_VERSION } from "./build-audit-package.ts";
import { checkApproverSignatures } from "./check-approver-signatures.ts";
import { checkRequired, checkTimeBounds } from "./check-demands.ts";
import {
  checkOutcome,
  checkRequestDigest,
  GATE_CHECKS,
  type GateEvidence,
  recomputeDigests,
  recordedRun,
} from "./check-gate.ts";
import { checkApprovalsValid, checkChain, checkSequence, readLog, replay } from "./check-log.ts";
import { checkRouterSignature } from "./check-router-signature.ts";
import { checkLink, checkRouterSection, checkRunBundle } from "./check-run.ts";
import { checkServerSignature } from "./check-server-signature.ts";
import { checkTemplate } from "./check-template.ts";
import { checkCanonicalForm, checkProtoJson, checkUnknownFields, readPackage } from "./package-format.ts";
import { packageStatement } from "./package-statement.ts";
import type { TrustPolicy } from "./trust-policy.ts";
import {
  CHECKS,
  type Check,
  type CheckName,
  type CheckResult,
  compare,
  fail,
  notChecked,
  PASS,
  type VerificationReport,
  type VerifiedSigner,
} from "./verification-report.ts";

/**
 * Verifies an audit package from nothing but its bytes and whom the verifier believes: everything is recomputed from the events, nothing stored is believed,
 * least of all a key. Never throws: a bad package is a report. docs/audit-package.md specifies every check.
 *
 * @param trust undefined: nobody is believed, and the package is consistent at best.
 */
export function verifyAuditPackage(bytes: Uint8Array, trust?: TrustPolicy): VerificationReport {
  const signers: VerifiedSigner[] = [];
  const report = createReport(trust, signers);
  const found = readPackage(bytes);
  if ("problem" in found) return report({ format: fail(found.problem) }, "the file is not a package", "", "");
  const { given } = found;
  const decisionId = given.controlBundle.decisionId ?? "";
  const log = readLog(found);
  const controlDigest = jsonDigest(given.controlBundle);
  const linkDigest = jsonDigest(given.link);
  const bindingDigest = bindingOf({ controlDigest, routerDigest: given.router.routerDigest, linkDigest });
  const results: Partial<Record<CheckName, CheckResult>> = {
    format: PASS,
    canonical_form: checkCanonicalForm(found),
    proto_json: checkProtoJson(found),
    unknown_fields: checkUnknownFields(found),
    event_schema: log.events === undefined ? fail(log.problem) : PASS,
    head_digest: compare(log.digests.at(-1) ?? "", given.controlBundle.headDigest ?? "", "controlBundle.headDigest"),
    control_digest: compare(controlDigest, given.controlDigest ?? "", "controlDigest"),
    link_digest: compare(linkDigest, given.linkDigest ?? "", "linkDigest"),
    binding_digest: compare(bindingDigest, given.bindingDigest ?? "", "bindingDigest"),
  };

  if (log.events === undefined) return report(results, "an event cannot be read", decisionId, bindingDigest);
  const { routerDigest = "" } = given.router;
  const statement = packageStatement({
    decisionId,
    packageVersion: PACKAGE_VERSION,
    controlDigest,
    routerDigest,
    linkDigest,
    bindingDigest,
  });
  const lastAt = log.events.at(-1)?.event.occurredAt ?? 0;
  results.server_signature = checkServerSignature({ envelope: given.signature, statement, lastAt }, trust, signers);
  results.time_bounds = checkTimeBounds(log.events, trust);
  results.event_sequence = checkSequence(log.events, decisionId);
  results.event_chain = checkChain(log.events);
  const replayed = replay(log.events);
  if ("problem" in replayed) {
    results.replay = fail(replayed.problem);
    return report(results, "the log does not replay", decisionId, bindingDigest);
  }
  results.replay = PASS;
  const { decision, beforeGate } = replayed;
  results.approvals_valid = checkApprovalsValid(log.events);
  results.template = checkTemplate(found, decision);
  results.outcome = checkOutcome(decision);

  const passed = gateOf(decision.phase);
  if (passed === undefined || beforeGate === undefined)
    return report(results, "the log has not passed the gate", decisionId, bindingDigest);
  const asGiven = given.controlBundle.decisionId;
  const approved = recomputeDigests(log, asGiven);
  const evidence: GateEvidence = { log, decisionId: asGiven, before: beforeGate, passed, ...approved };
  results.request_digest = checkRequestDigest(evidence);
  for (const [name, check] of Object.entries(GATE_CHECKS)) results[name as keyof typeof GATE_CHECKS] = check(evidence);
  results.approver_signatures = checkApproverSignatures(evidence, log, trust, signers);

  const run = recordedRun(decision);
  if (run === undefined) return report(results, "the log has no run with a record", decisionId, bindingDigest);
  results.router_section = checkRouterSection(given, evidence, run);
  results.run_bundle = checkRunBundle(given, run);
  results.link = checkLink(given, evidence, run);
  results.router_signature = checkRouterSignature(evidence, decision, run, trust, signers);
  return report(results, "", decisionId, bindingDigest);
}

/** Longest text of a check for people, in UTF-16 code units. */
const MAX_TEXT = 4_096;

type Results = Partial<Record<CheckName, CheckResult>>;

/** Sums up: all checks in their order; those without a result had nothing to judge. */
function createReport(trust: TrustPolicy | undefined, signers: readonly VerifiedSigner[]) {
  return (judged: Results, missing: string, decisionId: string, bindingDigest: string): VerificationReport => {
    const nothing = notChecked(`Nothing to judge: ${missing}.`);
    const results: Results = { ...judged, required_checks: checkRequired(judged, trust) };
    const checks = (Object.keys(CHECKS) as CheckName[]).map((name) => {
      const { status, expected = "", actual = "", detail = "" } = results[name] ?? nothing;
      return {
        name,
        description: CHECKS[name],
        status,
        expected: cut(expected),
        actual: cut(actual),
        detail: cut(detail),
      };
    });
    return { verdict: verdictOf(checks), checks, decisionId: cut(decisionId), bindingDigest, signers };
  };
}

/** What a server's signature covers is all that this verifier knows: of a field that it does not, nobody can say that the server meant it to be there. */
function verdictOf(checks: readonly Pick<Check, "name" | "status">[]): VerificationReport["verdict"] {
  if (checks.some(({ status }) => status === "FAIL")) return "BROKEN";
  const holds = (name: CheckName) => checks.some((check) => check.name === name && check.status === "PASS");
  return holds("server_signature") && holds("unknown_fields") ? "AUTHENTIC" : "CONSISTENT";
}

function cut(text: string): string {
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT).toWellFormed()}…`;
}
