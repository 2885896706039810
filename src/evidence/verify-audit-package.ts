import { gateOf } from "../domain/state.ts";
import { bindingOf, jsonDigest } from "./build-audit-package.ts";
import {
  checkOutcome,
  checkRequestDigest,
  GATE_CHECKS,
  type GateEvidence,
  recomputeDigests,
  recordedRun,
} from "./check-gate.ts";
import { checkApprovalsValid, checkChain, checkSequence, readLog, replay } from "./check-log.ts";
import { checkLink, checkRouterSection, checkRunBundle } from "./check-run.ts";
import { checkCanonicalForm, checkProtoJson, checkUnknownFields, readPackage } from "./package-format.ts";
import {
  CHECKS,
  type CheckName,
  type CheckResult,
  compare,
  fail,
  notChecked,
  PASS,
  type VerificationReport,
} from "./verification-report.ts";

const UNSIGNED = "This version of the format is not signed: the package is consistent at best, not authentic.";

/**
 * Verifies an audit package from nothing but its bytes: everything is recomputed from the events, nothing stored is believed. Never throws: a bad package is a
 * report. docs/audit-package.md specifies every check.
 */
export function verifyAuditPackage(bytes: Uint8Array): VerificationReport {
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
    server_signature: notChecked(UNSIGNED),
  };

  if (log.events === undefined) return report(results, "an event cannot be read", decisionId, bindingDigest);
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
  results.outcome = checkOutcome(decision);

  const passed = gateOf(decision.phase);
  if (passed === undefined || beforeGate === undefined)
    return report(results, "the log has not passed the gate", decisionId, bindingDigest);
  const asGiven = given.controlBundle.decisionId;
  const digests = recomputeDigests(log, asGiven);
  const evidence: GateEvidence = { log, decisionId: asGiven, before: beforeGate, passed, ...digests };
  results.request_digest = checkRequestDigest(evidence);
  for (const [name, check] of Object.entries(GATE_CHECKS)) results[name as keyof typeof GATE_CHECKS] = check(evidence);

  const run = recordedRun(decision);
  if (run === undefined) return report(results, "the log has no run with a record", decisionId, bindingDigest);
  results.router_section = checkRouterSection(given, evidence, run);
  results.run_bundle = checkRunBundle(given, run);
  results.link = checkLink(given, evidence, run);
  return report(results, "", decisionId, bindingDigest);
}

/** Longest text of a check for people, in UTF-16 code units. */
const MAX_TEXT = 4_096;

/** All checks in their order; those without a result had nothing to judge. */
function report(
  results: Partial<Record<CheckName, CheckResult>>,
  missing: string,
  decisionId: string,
  bindingDigest: string,
): VerificationReport {
  const checks = (Object.keys(CHECKS) as CheckName[]).map((name) => {
    const {
      status,
      expected = "",
      actual = "",
      detail = "",
    } = results[name] ?? notChecked(`Nothing to judge: ${missing}.`);
    return {
      name,
      description: CHECKS[name],
      status,
      expected: cut(expected),
      actual: cut(actual),
      detail: cut(detail),
    };
  });
  const verdict = checks.some(({ status }) => status === "FAIL") ? "BROKEN" : "CONSISTENT";
  return { verdict, checks, decisionId: cut(decisionId), bindingDigest };
}

function cut(text: string): string {
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT).toWellFormed()}…`;
}
