import { canonicalJson } from "../codec/canonical-json.ts";
import { decodeEvent } from "../codec/stored-event.ts";
import { ineligibility, stands } from "../domain/approvals.ts";
import { duplicateGroup } from "../domain/contradiction.ts";
import type { DecisionEvent, EventBody, RecordedEvent } from "../domain/event.ts";
import { evolve } from "../domain/evolve.ts";
import type { Digest } from "../domain/ids.ts";
import { KEYS_SET_ASIDE } from "../domain/key-view.ts";
import { MAX_GROUPS } from "../domain/limits.ts";
import type { Policy } from "../domain/policy.ts";
import { policyInForce } from "../domain/policy-in-force.ts";
import type { Approval, Decision } from "../domain/state.ts";
import { jsonDigest } from "./build-audit-package.ts";
import type { EvidenceFile, EvidenceJson, JsonObject } from "./evidence-file.ts";
import { guardrailFlaw } from "./guardrail-flaw.ts";
import { type CheckResult, compare, fail, firstFailure, PASS } from "./verification-report.ts";

/** The log as given: each event's JSON, its digest, and what could be read of it. */
export interface GivenLog {
  readonly json: readonly JsonObject[];
  readonly digests: readonly Digest[];
  /** Undefined if one cannot be read. */
  readonly events: readonly RecordedEvent[] | undefined;
  readonly problem: string;
}

/** Every event has to be in the stored form, apart from fields that this version does not know: those are left out before it is read. */
export function readLog({ given, inspection }: EvidenceFile): GivenLog {
  const json = given.controlBundle.events;
  const digests = json.map(jsonDigest);
  const known = (inspection.known as unknown as EvidenceJson).controlBundle.events;
  const events: RecordedEvent[] = [];
  for (const [index, digest] of digests.entries()) {
    const at = `events[${index}]`;
    try {
      const event = decodeEvent(canonicalJson(known[index]));
      const flaw = bodyFlaw(event.body);
      if (flaw !== undefined) return { json, digests, events: undefined, problem: `${at}: ${flaw}` };
      events.push({ event, digest });
    } catch (error) {
      return { json, digests, events: undefined, problem: `${at}: ${(error as Error).message}` };
    }
  }
  return { json, digests, events, problem: "" };
}

/** What of a body is beyond what a server would have written. */
export function bodyFlaw(body: EventBody): string | undefined {
  const flaw = body.type === "POLICY_ATTACHED" ? policyFlaw(body.policy) : undefined;
  if (flaw !== undefined) return `policy.${flaw}`;
  const ofGuardrails = "guardrails" in body ? guardrailFlaw(body.guardrails) : undefined;
  return ofGuardrails === undefined ? undefined : `guardrails${ofGuardrails.startsWith("[") ? "" : " "}${ofGuardrails}`;
}

/** The schema's bounds on what a quorum is judged by: beyond them a package would say that nobody had to approve, or take for ever to be judged. */
export function policyFlaw(policy: Policy): string | undefined {
  const isCount = (approvals: number) => approvals >= 1 && approvals <= 100;
  if (!isCount(policy.minApprovals)) return "minApprovals is not from 1 to 100.";
  if (policy.groups.length > MAX_GROUPS) return `groups has more than ${MAX_GROUPS}.`;
  if (!policy.groups.every(({ minApprovals }) => isCount(minApprovals)))
    return "groups: minApprovals is not from 1 to 100.";
  const group = duplicateGroup(policy);
  return group === undefined ? undefined : `groups: ${group} stands more than once.`;
}

export function checkSequence(events: readonly RecordedEvent[], decisionId: string): CheckResult {
  const check = createSequenceCheck(decisionId);
  for (const { event } of events) {
    const result = check(event);
    if (result.status === "FAIL") return result;
  }
  return PASS;
}

/** The same for events that come one by one. */
export function createSequenceCheck(decisionId: string): (event: DecisionEvent) => CheckResult {
  const ids = new Set<string>();
  let before: DecisionEvent | undefined;
  let index = -1;
  return (event) => {
    index += 1;
    const at = `events[${index}]`;
    if (event.seq !== index) return fail(`${at}.seq`, { expected: `${index}`, actual: `${event.seq}` });
    if (event.decisionId !== decisionId)
      return fail(`${at}.decisionId`, { expected: decisionId, actual: event.decisionId });
    if (ids.has(event.eventId)) return fail(`${at}.eventId stands more than once.`);
    ids.add(event.eventId);
    if (before !== undefined && event.occurredAt < before.occurredAt)
      return fail(`${at} occurred before the event before it.`);
    before = event;
    return PASS;
  };
}

export function checkChain(events: readonly RecordedEvent[]): CheckResult {
  return firstFailure(
    events.map(({ event }, index) =>
      compare(events[index - 1]?.digest ?? "", event.previousDigest, `events[${index}].previousDigest`),
    ),
  );
}

/** The decision after the log and right before its gate; or which event cannot follow, and why. */
export interface Replayed {
  readonly decision: Decision;
  readonly beforeGate: Decision | undefined;
}

export function replay(events: readonly RecordedEvent[]): Replayed | { readonly problem: string } {
  let decision: Decision | undefined;
  let beforeGate: Decision | undefined;
  try {
    for (const recorded of events) {
      if (recorded.event.body.type === "EXECUTION_REQUESTED") beforeGate = decision;
      decision = evolve(decision, recorded);
    }
  } catch (error) {
    return { problem: (error as Error).message };
  }
  return decision === undefined ? { problem: "there are no events" } : { decision, beforeGate };
}

/** Every approval is judged as the server had to judge it when it was given. */
export function checkApprovalsValid(events: readonly RecordedEvent[]): CheckResult {
  let decision: Decision | undefined;
  for (const recorded of events) {
    const before = decision;
    decision = evolve(decision, recorded);
    const result = before === undefined ? PASS : checkApproval(before, recorded.event);
    if (result.status === "FAIL") return result;
  }
  return PASS;
}

/** Judges an event that is an approval by the decision right before it. */
export function checkApproval(before: Decision, { body, seq, occurredAt, actor }: DecisionEvent): CheckResult {
  const policy = policyInForce(before);
  if (body.type !== "APPROVAL_GRANTED" || policy === undefined) return PASS;
  const at = `events[${seq}]`;
  if (body.expiresAt !== undefined && body.expiresAt <= occurredAt) return fail(`${at} had expired when it was given.`);
  // A signed approval may have lost its key by then, which is on record elsewhere. It counts once in any case: approvals count distinct approvers.
  const isStanding = (a: Approval) => stands(a, occurredAt, KEYS_SET_ASIDE) && a.signature === undefined;
  if (before.approvals.some((a) => a.approver.id === actor.id && isStanding(a)))
    return fail(`${at}: an approval of ${actor.id} stood already.`);
  const { comment, expiresAt, signature } = body;
  const given = { approver: actor, comment, grantedAt: occurredAt, expiresAt, signature };
  const why = ineligibility(policy, before.requester, given);
  return why === undefined ? PASS : fail(`${at}: the policy does not count it (${why}).`);
}

/** Part of an event as given, by the name of its body. */
export function bodyOf({ json }: Pick<GivenLog, "json">, name: string): JsonObject | undefined {
  const event = json.find((each) => each[name] !== undefined);
  return event?.[name] as JsonObject | undefined;
}
