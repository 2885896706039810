import type { ExecutionCompleted, ExecutionFailed, RecordedEvent } from "../domain/event.ts";
import { type Decision, gateOf } from "../domain/state.ts";
import { checkApproverSignatures } from "./check-approver-signatures.ts";
import { checkRequired, checkTimeBounds } from "./check-demands.ts";
import { checkRequestDigest, GATE_CHECKS, type GateEvidence, recomputeDigests, recordedRun } from "./check-gate.ts";
import { checkBreakGlass, checkGuardrails } from "./check-house-rules.ts";
import { checkApprovalsValid, checkChain, checkSequence, type GivenLog, readLog, replay } from "./check-log.ts";
import { checkRouterSignature } from "./check-router-signature.ts";
import { checkTemplate } from "./check-template.ts";
import { checkCanonicalForm, checkProtoJson, checkUnknownFields, type EvidenceFile } from "./evidence-file.ts";
import type { TrustPolicy } from "./trust-policy.ts";
import {
  type CheckName,
  type CheckResults,
  compare,
  fail,
  PASS,
  reportOf,
  type VerificationReport,
  type VerifiedSigner,
} from "./verification-report.ts";

/** What the checks that every file of evidence goes through have found. */
export interface Findings {
  readonly results: CheckResults;
  readonly log: GivenLog;
  /** The log as it was read and replayed; undefined if it does not. */
  readonly replayed: { readonly decision: Decision; readonly events: readonly RecordedEvent[] } | undefined;
  /** What the gate was judged by; undefined if it has not been passed. */
  readonly gate: GateEvidence | undefined;
  /** The run, with a record of it; undefined if there is none. */
  readonly run: ExecutionCompleted | ExecutionFailed | undefined;
  /** Approvers and routers whose signatures are good by keys that the trust policy names. */
  readonly signers: readonly VerifiedSigner[];
  /** Why there is no more. */
  readonly missing: string;
}

/** Checks the file's form, its log, its gate, and who signed what in the log: everything that does not depend on which kind of file holds them. */
export function checkEvidence(file: EvidenceFile, trust: TrustPolicy | undefined): Findings {
  const { decisionId, headDigest = "" } = file.given.controlBundle;
  const log = readLog(file);
  const results: CheckResults = {
    format: PASS,
    canonical_form: checkCanonicalForm(file),
    proto_json: checkProtoJson(file),
    unknown_fields: checkUnknownFields(file),
    event_schema: log.events === undefined ? fail(log.problem) : PASS,
    head_digest: compare(log.digests.at(-1) ?? "", headDigest, "controlBundle.headDigest"),
  };
  const signers: VerifiedSigner[] = [];
  const found = { results, log, replayed: undefined, gate: undefined, run: undefined, signers };
  const { events } = log;
  if (events === undefined) return { ...found, missing: "an event cannot be read" };
  results.time_bounds = checkTimeBounds(events, trust);
  results.event_sequence = checkSequence(events, decisionId ?? "");
  results.event_chain = checkChain(events);
  const played = replay(events);
  if ("problem" in played) {
    results.replay = fail(played.problem);
    return { ...found, missing: "the log does not replay" };
  }
  results.replay = PASS;
  const { decision, beforeGate } = played;
  results.approvals_valid = checkApprovalsValid(events);
  results.template = checkTemplate(file, decision);
  const replayed = { decision, events };

  const passed = gateOf(decision.phase);
  if (passed === undefined || beforeGate === undefined)
    return { ...found, replayed, missing: "the log has not passed the gate" };
  const gate: GateEvidence = { log, decisionId, before: beforeGate, passed, ...recomputeDigests(log, decisionId) };
  results.request_digest = checkRequestDigest(gate);
  for (const [name, check] of Object.entries(GATE_CHECKS)) results[name as keyof typeof GATE_CHECKS] = check(gate);
  results.guardrails = checkGuardrails(log, trust);
  results.break_glass = checkBreakGlass(decision, trust);
  results.approver_signatures = checkApproverSignatures(gate, log, trust, signers);

  const run = recordedRun(decision);
  if (run === undefined) return { ...found, replayed, gate, missing: "the log has no run with a record" };
  results.router_signature = checkRouterSignature(gate, decision, run, trust, signers);
  return { ...found, replayed, gate, run, missing: "" };
}

/**
 * Sums up: all checks of a kind of file, and last whether those ended well that the trust policy insists on.
 *
 * @param missing why those without a result had nothing to judge.
 */
export function concluded(
  checks: Partial<Readonly<Record<CheckName, string>>>,
  results: CheckResults,
  missing: string,
  trust: TrustPolicy | undefined,
  about: Partial<Pick<VerificationReport, "decisionId" | "bindingDigest" | "signers">> = {},
): VerificationReport {
  return reportOf(checks, { ...results, required_checks: checkRequired(results, trust) }, missing, about);
}
