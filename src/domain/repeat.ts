import type { Actor } from "./actor.ts";
import { isSameActor } from "./actor.ts";
import { longestExpiry } from "./approvals.ts";
import type { Command } from "./command.ts";
import type { RecordedEvent } from "./event.ts";
import type { Policy } from "./policy.ts";

/** The events that an actor's earlier command with this request id wrote, in order. */
export function eventsOf(events: readonly RecordedEvent[], actor: Actor, requestId: string): readonly RecordedEvent[] {
  return events.filter(({ event }) => event.requestId === requestId && isSameActor(event.actor, actor));
}

/** Whether a command asks for exactly what an earlier command wrote. */
export function isRepeat(command: Command, written: readonly RecordedEvent[], policy: Policy | undefined): boolean {
  const first = written[0]?.event;
  const body = first?.body;
  if (first === undefined || body === undefined) return false;
  switch (command.type) {
    case "CREATE_DECISION":
      return isEqual(body, command.created) && isEqual(written[1]?.event.body, command.policy);
    case "ATTACH_POLICY":
      return isEqual(body, command.policy);
    case "GRANT_APPROVAL":
      return (
        body.type === "APPROVAL_GRANTED" &&
        body.comment === command.comment &&
        body.expiresAt === (command.expiresAt ?? (policy && longestExpiry(policy, first.occurredAt))) &&
        (command.shownDigest ?? body.requestDigest) === body.requestDigest
      );
    case "REVOKE_APPROVAL":
      return (
        body.type === "APPROVAL_REVOKED" &&
        body.reason === command.reason &&
        (command.approverId ?? first.actor.id) === body.approver.id
      );
    case "REJECT_DECISION":
      return body.type === "DECISION_REJECTED" && body.reason === command.reason;
    case "CANCEL_DECISION":
      return body.type === "DECISION_CANCELLED" && body.reason === command.reason;
    case "REQUEST_EXECUTION":
      return body.type === "EXECUTION_REQUESTED" && (command.adapterId ?? body.adapterId) === body.adapterId;
    case "START_EXECUTION":
      return false;
    case "RECORD_OUTCOME":
      return "settlement" in body && body.settlement?.basis === command.outcome.settlement?.basis;
    case "STATE_OUTCOME":
      return (
        body.type === STATED[command.outcome] &&
        "settlement" in body &&
        body.settlement?.basis === "OPERATOR_STATEMENT" &&
        body.settlement.reason === command.reason
      );
  }
}

const STATED = {
  UNKNOWN: "EXECUTION_OUTCOME_UNKNOWN",
  COMPLETED: "EXECUTION_COMPLETED",
  FAILED: "EXECUTION_FAILED",
} as const;

/** Structural equality of plain data; an undefined field equals an absent one. */
function isEqual(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const left = new Map(Object.entries(a));
  const right = new Map(Object.entries(b));
  return [...new Set([...left.keys(), ...right.keys()])].every((key) => isEqual(left.get(key), right.get(key)));
}
