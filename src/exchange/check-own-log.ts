import { parseJson } from "../codec/canonical-json.ts";
import { gateOf } from "../domain/state.ts";
import { checkRequestDigest, GATE_CHECKS, type GateEvidence, recomputeDigests } from "../evidence/check-gate.ts";
import { checkGuardrails } from "../evidence/check-house-rules.ts";
import { bodyFlaw, checkApprovalsValid, checkSequence, type GivenLog, replay } from "../evidence/check-log.ts";
import type { JsonObject } from "../evidence/evidence-file.ts";
import { type CheckResult, firstFailure } from "../evidence/verification-report.ts";
import type { OwnLog } from "./own-log.ts";

/** Why a log of ours that was found in a foreign file does not hold by our own rules; undefined: it does, as far as it goes. */
export function problemOfOwnLog({ decision, events, texts }: OwnLog): string | undefined {
  const { decisionId } = decision;
  for (const { event } of events) {
    const flaw = bodyFlaw(event.body);
    if (flaw !== undefined) return flaw;
  }
  const early = firstFailure([checkSequence(events, decisionId), checkApprovalsValid(events)]);
  if (early.status === "FAIL") return wordsOf(early);
  const replayed = replay(events);
  const passed = gateOf(decision.phase);
  if ("problem" in replayed || replayed.beforeGate === undefined || passed === undefined) return undefined;
  const log: GivenLog = {
    json: texts.map((text) => parseJson(text) as JsonObject),
    digests: events.map(({ digest }) => digest),
    events,
    problem: "",
  };
  const digests = recomputeDigests(log, decisionId);
  const evidence: GateEvidence = { log, decisionId, before: replayed.beforeGate, passed, ...digests };
  const atGate = firstFailure([
    checkRequestDigest(evidence),
    checkGuardrails(log, undefined),
    ...Object.values(GATE_CHECKS).map((check) => check(evidence)),
  ]);
  return atGate.status === "FAIL" ? wordsOf(atGate) : undefined;
}

function wordsOf({ detail = "", expected = "", actual = "" }: CheckResult): string {
  const compared = expected === "" && actual === "" ? "" : ` (expected ${expected}, got ${actual})`;
  return `${detail}${compared}`.slice(0, 500);
}
