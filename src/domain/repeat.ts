import type { Actor } from "./actor.ts";
import { isSameActor } from "./actor.ts";
import { expiryOf } from "./approvals.ts";
import type { Command } from "./command.ts";
import type { PolicyAttached, RecordedEvent } from "./event.ts";
import { isEqual } from "./is-equal.ts";
import type { Policy } from "./policy.ts";
import { isFrom } from "./policy-source.ts";

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
      return isEqual(body, command.created) && isFrom(command.policy, policyIn(written[1]));
    case "ATTACH_POLICY":
      return isFrom(command.policy, policyIn(written[0]));
    case "GRANT_APPROVAL":
      return (
        body.type === "APPROVAL_GRANTED" &&
        body.comment === command.comment &&
        body.expiresAt === (policy && expiryOf(command, policy, first.occurredAt)) &&
        (command.shownDigest ?? body.requestDigest) === body.requestDigest &&
        isEqual(body.signature, command.signature)
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
      return (
        body.type === "EXECUTION_REQUESTED" &&
        (command.adapterId ?? body.adapterId) === body.adapterId &&
        (body.breakGlass === undefined || body.breakGlass.reason === command.breakGlassReason)
      );
    case "REVIEW_EXECUTION":
      return body.type === "EXECUTION_REVIEWED" && body.verdict === command.verdict && body.comment === command.comment;
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

/** The policy that an event attached. */
function policyIn(recorded: RecordedEvent | undefined): PolicyAttached | undefined {
  const body = recorded?.event.body;
  return body?.type === "POLICY_ATTACHED" ? body : undefined;
}
