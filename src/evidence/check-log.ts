import { canonicalJson, type Json } from "../codec/canonical-json.ts";
import { eventFromJson } from "../codec/stored-event.ts";
import { ineligibility, stands } from "../domain/approvals.ts";
import type { DecisionEvent, RecordedEvent } from "../domain/event.ts";
import { evolve } from "../domain/evolve.ts";
import type { Digest } from "../domain/ids.ts";
import type { Decision } from "../domain/state.ts";
import { jsonDigest } from "./build-audit-package.ts";
import { digestOf } from "./digest.ts";
import type { JsonObject, ReadablePackage } from "./package-format.ts";
import { type CheckResult, compare, fail, firstFailure, PASS } from "./verification-report.ts";

/** The log as given: each event's JSON, its digest, and what could be read of it. */
export interface GivenLog {
  readonly json: readonly JsonObject[];
  readonly digests: readonly Digest[];
  /** Undefined if one cannot be read. */
  readonly events: readonly RecordedEvent[] | undefined;
  readonly problem: string;
}

export function readLog({ json }: ReadablePackage): GivenLog {
  const given = (json["controlBundle"] as JsonObject)["events"] as readonly JsonObject[];
  const digests = given.map(digestAsGiven);
  const events: RecordedEvent[] = [];
  for (const [index, event] of given.entries()) {
    try {
      const digest = digests[index];
      if (digest === undefined) throw new TypeError("no digest");
      events.push({ event: eventFromJson(event, { ignoreUnknownFields: true }), digest });
    } catch (error) {
      return { json: given, digests, events: undefined, problem: `events[${index}]: ${(error as Error).message}` };
    }
  }
  return { json: given, digests, events, problem: "" };
}

/** A value without a canonical form has no digest; that it has none is a failure of canonical_form. */
function digestAsGiven(json: Json): Digest {
  try {
    return jsonDigest(json);
  } catch {
    return digestOf("");
  }
}

export function checkSequence(events: readonly RecordedEvent[], decisionId: string): CheckResult {
  const ids = new Set<string>();
  let before: DecisionEvent | undefined;
  for (const [index, { event }] of events.entries()) {
    const at = `events[${index}]`;
    if (event.seq !== index) return fail(`${at}.seq`, { expected: `${index}`, actual: `${event.seq}` });
    if (event.decisionId !== decisionId)
      return fail(`${at}.decisionId`, { expected: decisionId, actual: event.decisionId });
    if (ids.has(event.eventId)) return fail(`${at}.eventId stands more than once.`);
    ids.add(event.eventId);
    if (before !== undefined && event.occurredAt < before.occurredAt)
      return fail(`${at} occurred before the event before it.`);
    before = event;
  }
  return PASS;
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
    const { body, seq, occurredAt, actor } = recorded.event;
    const before = decision;
    decision = evolve(decision, recorded);
    const policy = before?.policy?.policy;
    if (body.type !== "APPROVAL_GRANTED" || before === undefined || policy === undefined) continue;
    const at = `events[${seq}]`;
    if (body.expiresAt !== undefined && body.expiresAt <= occurredAt)
      return fail(`${at} had expired when it was given.`);
    if (before.approvals.some((a) => a.approver.id === actor.id && stands(a, occurredAt)))
      return fail(`${at}: an approval of ${actor.id} stood already.`);
    const { comment, expiresAt } = body;
    const why = ineligibility(policy, before.requester, { approver: actor, comment, grantedAt: occurredAt, expiresAt });
    if (why !== undefined) return fail(`${at}: the policy does not count it (${why}).`);
  }
  return PASS;
}

/** Part of an event as given, by the name of its body. */
export function bodyOf({ json }: GivenLog, name: string): JsonObject | undefined {
  const event = json.find((each) => each[name] !== undefined);
  return event?.[name] as JsonObject | undefined;
}

export function sameJson(a: Json, b: Json): boolean {
  return canonicalJson(a) === canonicalJson(b);
}
