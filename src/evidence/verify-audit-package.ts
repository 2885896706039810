import type { Json } from "../codec/canonical-json.ts";
import type { Decision } from "../domain/state.ts";
import { gateOf } from "../domain/state.ts";
import { bindingOf, jsonDigest } from "./build-audit-package.ts";
import {
  checkConditions,
  checkOutcome,
  checkQuorum,
  checkReliedOn,
  checkRequestDigest,
  checkRouterRequest,
  type GateEvidence,
  recomputeDigests,
} from "./check-gate.ts";
import { checkApprovalsValid, checkChain, checkSequence, readLog, replay } from "./check-log.ts";
import { digestOf } from "./digest.ts";
import {
  checkCanonicalForm,
  checkProtoJson,
  checkUnknownFields,
  type JsonObject,
  type ReadablePackage,
  readPackage,
} from "./package-format.ts";
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

/**
 * Verifies an audit package from nothing but its bytes: everything is recomputed from the events, nothing stored is believed. Never throws: a bad package is a
 * report. docs/audit-package.md specifies every check.
 */
export function verifyAuditPackage(bytes: Uint8Array): VerificationReport {
  const found = readPackage(bytes);
  if ("problem" in found) return report({ format: fail(found.problem) }, "the file is not a package", "", "");
  const { json, message } = found;
  const { controlBundle, router, link } = message;
  const log = readLog(found);
  const decisionId = controlBundle?.decisionId ?? "";
  const results: Partial<Record<CheckName, CheckResult>> = {
    format: PASS,
    canonical_form: checkCanonicalForm(found),
    proto_json: checkProtoJson(found),
    unknown_fields: checkUnknownFields(found),
    event_schema: log.events === undefined ? fail(log.problem) : PASS,
    head_digest: compare(log.digests.at(-1) ?? "", controlBundle?.headDigest ?? "", "controlBundle.headDigest"),
    server_signature: notChecked(
      "This version of the format is not signed: the package is consistent at best, not authentic.",
    ),
  };
  const controlDigest = digestAt(json, "controlBundle");
  const linkDigest = digestAt(json, "link");
  results.control_digest = compare(controlDigest, message.controlDigest, "controlDigest");
  results.link_digest = compare(linkDigest, message.linkDigest, "linkDigest");
  const bindingDigest = bindingOf({ controlDigest, routerDigest: router?.routerDigest ?? "", linkDigest });
  results.binding_digest = compare(bindingDigest, message.bindingDigest, "bindingDigest");

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

  const evidence: GateEvidence = { log, before: beforeGate, passed, ...recomputeDigests(log, decisionId) };
  results.request_digest = checkRequestDigest(evidence);
  results.policy_digest = compare(evidence.policyDigest, passed.gate.policyDigest, "executionRequested.policyDigest");
  results.approvals_relied_on = checkReliedOn(evidence);
  results.quorum_at_gate = checkQuorum(evidence);
  results.gate_conditions = checkConditions(evidence);
  results.router_request_digest = checkRouterRequest(evidence);

  const run = runOf(decision);
  if (run === undefined) return report(results, "the log has no run with a record", decisionId, bindingDigest);
  results.router_section = compare(
    `${run.runId} on ${passed.gate.adapterId}, ${run.routerDigest}`,
    `${router?.runId} on ${router?.adapterId}, ${router?.routerDigest}`,
    "router",
  );
  results.run_bundle = checkRunBundle(found, run);
  const expected: Record<string, Json> = {
    decisionId,
    runId: run.runId,
    adapterId: passed.gate.adapterId,
    mode: `MODE_${passed.gate.mode}`,
    requestDigest: evidence.requestDigest,
    policyDigest: evidence.policyDigest,
    approvalDigests: passed.gate.approvalDigests,
    executionRequestedDigest: passed.gateDigest,
    routerRequestDigest: passed.gate.routerRequestDigest,
    routerDigest: run.routerDigest,
  };
  results.link = link === undefined ? fail("link is missing") : checkLink(expected, json["link"] as JsonObject);
  return report(results, "", decisionId, bindingDigest);
}

/** All checks in their order; those without a result had nothing to judge. */
function report(
  results: Partial<Record<CheckName, CheckResult>>,
  missing: string,
  decisionId: string,
  bindingDigest: string,
): VerificationReport {
  const checks = (Object.keys(CHECKS) as CheckName[]).map((name) => {
    const result = results[name] ?? notChecked(`Nothing to judge: ${missing}.`);
    return { expected: "", actual: "", detail: "", ...result, name, description: CHECKS[name] };
  });
  const verdict = checks.some(({ status }) => status === "FAIL") ? "BROKEN" : "CONSISTENT";
  return { verdict, checks, decisionId, bindingDigest };
}

/** The digest of a part as given; of a part without a canonical form, that of nothing. */
function digestAt(json: JsonObject, key: string): string {
  try {
    return jsonDigest(json[key] ?? {});
  } catch {
    return "";
  }
}

interface RecordedRun {
  readonly runId: string;
  readonly routerDigest: string;
  readonly routerMediaType: string;
}

function runOf({ phase }: Decision): RecordedRun | undefined {
  if (phase.kind !== "completed" && phase.kind !== "failed") return undefined;
  return phase.outcome.runId === "" || phase.outcome.routerDigest === "" ? undefined : phase.outcome;
}

function checkRunBundle({ json, message }: ReadablePackage, run: RecordedRun): CheckResult {
  const { router } = message;
  const given = json["router"] as JsonObject;
  const mode = given["mode"];
  const carries = given["runBundle"] !== undefined || given["runBundleMediaType"] !== undefined;
  if (mode === "PACKAGE_MODE_REFERENCE")
    return carries
      ? fail("A package by reference carries no run bundle.")
      : notChecked(`The run bundle is not in the package; its SHA-256 must be ${run.routerDigest}.`);
  if (mode !== "PACKAGE_MODE_EMBEDDED") return fail("router.mode is neither REFERENCE nor EMBEDDED.");
  if (router === undefined || router.runBundle.length === 0)
    return fail("The package says EMBEDDED and has no run bundle.");
  if (router.runBundleMediaType !== run.routerMediaType)
    return fail("router.runBundleMediaType", { expected: run.routerMediaType, actual: router.runBundleMediaType });
  return compare(run.routerDigest, digestOf(router.runBundle), "router.runBundle");
}

function checkLink(expected: Readonly<Record<string, Json>>, actual: JsonObject): CheckResult {
  const wrong = Object.entries(expected).filter(([key, value]) => jsonText(actual[key]) !== jsonText(value));
  const [first] = wrong;
  if (first === undefined) return PASS;
  const [key, value] = first;
  return fail(wrong.map(([name]) => `link.${name}`).join(", "), {
    expected: jsonText(value),
    actual: jsonText(actual[key]),
  });
}

function jsonText(value: Json | undefined): string {
  if (value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}
