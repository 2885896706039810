import { parseJson } from "../codec/canonical-json.ts";
import type { RecordedEvent } from "../domain/event.ts";
import type { DecisionId } from "../domain/ids.ts";
import { type Decision, gateOf } from "../domain/state.ts";
import { checkApprovedRequest, checkSteps, GATE_CHECKS, recomputeDigests } from "./check-gate.ts";
import { checkGuardrails } from "./check-house-rules.ts";
import { bodyFlaw, checkApproval, createSequenceCheck } from "./check-log.ts";
import { decisionIdOf } from "./decision-id.ts";
import type { JsonObject } from "./evidence-file.ts";
import { type CheckName, type CheckResult, compare, fail, PASS } from "./verification-report.ts";

/** A check that an event did not pass. */
export interface Objection {
  readonly check: CheckName | "decision_id";
  readonly result: CheckResult;
}

/** An event that has been taken up, with the decision on both sides of it. */
export interface Step {
  readonly before: Decision | undefined;
  readonly after: Decision;
  readonly recorded: RecordedEvent;
  /** Its stored form. */
  readonly text: string;
}

/** The bodies of which digests are taken. */
const DIGESTED: ReadonlySet<string> = new Set(["DECISION_CREATED", "POLICY_ATTACHED", "EXECUTION_REQUESTED"]);

/**
 * Holds a decision's log, event by event as it is read, against what the verifier of an audit package asks of a log: a log can be without a fault in its chain, and
 * say that somebody approved who was not allowed to. Beside the decision it keeps three events and the ids of all.
 */
export function createLogJudge(decisionId: DecisionId): (step: Step) => readonly Objection[] {
  const inSequence = createSequenceCheck(decisionId);
  const json: JsonObject[] = [];
  let digests: ReturnType<typeof recomputeDigests> | undefined;

  return ({ before, after, recorded, text }) => {
    const { event } = recorded;
    if (DIGESTED.has(event.body.type)) json.push(parseJson(text) as JsonObject);
    const objections: Objection[] = [];
    const ask = (check: Objection["check"], result: CheckResult) => {
      if (result.status === "FAIL") objections.push({ check, result });
    };
    ask("event_sequence", inSequence(event));
    switch (event.body.type) {
      case "DECISION_CREATED":
        ask("decision_id", compare(decisionIdOf(event.actor, event.requestId), decisionId, "events[0].decisionId"));
        break;
      case "POLICY_ATTACHED": {
        digests = recomputeDigests({ json }, decisionId);
        const flaw = bodyFlaw(event.body);
        ask("event_schema", flaw === undefined ? PASS : fail(flaw));
        break;
      }
      case "APPROVAL_GRANTED":
        if (before !== undefined) ask("approvals_valid", checkApproval(before, event));
        if (digests !== undefined)
          ask("request_digest", checkApprovedRequest(digests.requestDigest, event.seq, event.body.requestDigest));
        break;
      case "EXECUTION_REQUESTED": {
        const flaw = bodyFlaw(event.body);
        ask("event_schema", flaw === undefined ? PASS : fail(flaw));
        ask("guardrails", checkGuardrails({ json }, undefined));
        const passed = gateOf(after.phase);
        if (before === undefined || passed === undefined || digests === undefined) break;
        const evidence = { log: { json }, decisionId, before, passed, ...digests };
        for (const [name, check] of Object.entries(GATE_CHECKS)) ask(name as CheckName, check(evidence));
        break;
      }
      case "EXECUTION_COMPLETED":
      case "EXECUTION_FAILED":
        ask("outcome", checkSteps(after));
        break;
      default:
        break;
    }
    return objections;
  };
}
