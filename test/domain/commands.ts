import type { Actor } from "../../src/domain/actor.ts";
import type {
  AttachPolicy,
  CancelDecision,
  Command,
  CreateDecision,
  GrantApproval,
  RecordOutcome,
  RejectDecision,
  RequestExecution,
  RevokeApproval,
  StartExecution,
  StateOutcome,
} from "../../src/domain/command.ts";
import type { DecisionCreated, EventBody } from "../../src/domain/event.ts";
import type { Policy } from "../../src/domain/policy.ts";
import type { InlinePolicy, PolicySource } from "../../src/domain/policy-source.ts";
import { alice, bob, COMPLETED, dave, FAILED, POLICY, REQUEST, SERVER_ID, server } from "./facts.ts";

export function policyBody(policy: Partial<Policy> = {}): InlinePolicy {
  return { type: "POLICY_ATTACHED", policy: { ...POLICY, ...policy }, template: undefined };
}

export function create(request: Partial<DecisionCreated> = {}, policy?: PolicySource): CreateDecision {
  return { type: "CREATE_DECISION", created: { ...REQUEST, ...request }, policy };
}

export function attach(policy: Partial<Policy> = {}): AttachPolicy {
  return { type: "ATTACH_POLICY", policy: policyBody(policy) };
}

export function grant(approval: Partial<GrantApproval> = {}): GrantApproval {
  return { type: "GRANT_APPROVAL", comment: "", expiresAt: undefined, shownDigest: undefined, ...approval };
}

export function revoke(approverId?: string): RevokeApproval {
  return { type: "REVOKE_APPROVAL", approverId, reason: "second thoughts" };
}

export function execute(adapterId?: string): RequestExecution {
  return { type: "REQUEST_EXECUTION", adapterId };
}

export const REJECT: RejectDecision = { type: "REJECT_DECISION", reason: "too risky" };
export const CANCEL: CancelDecision = { type: "CANCEL_DECISION", reason: "no longer needed" };
export const START: StartExecution = { type: "START_EXECUTION", startWithin: 5 * 60_000, serverId: SERVER_ID };

export function record(outcome: EventBody & RecordOutcome["outcome"]): RecordOutcome {
  return { type: "RECORD_OUTCOME", outcome };
}

export function state(outcome: StateOutcome["outcome"]): StateOutcome {
  return { type: "STATE_OUTCOME", outcome, reason: "seen on the machine" };
}

const UNKNOWN = { type: "EXECUTION_OUTCOME_UNKNOWN", reason: "gone", runId: "", settlement: undefined } as const;

/** Every command on a decision that exists, by an actor whom nothing but the phase can stop. */
export const EVERY_COMMAND = {
  ATTACH_POLICY: [alice, attach()],
  GRANT_APPROVAL: [dave, grant()],
  REVOKE_APPROVAL: [bob, revoke()],
  REJECT_DECISION: [dave, REJECT],
  CANCEL_DECISION: [alice, CANCEL],
  REQUEST_EXECUTION: [alice, execute()],
  START_EXECUTION: [server, START],
  "RECORD_OUTCOME completed": [server, record(COMPLETED)],
  "RECORD_OUTCOME failed": [server, record(FAILED)],
  "RECORD_OUTCOME unknown": [server, record(UNKNOWN)],
  "STATE_OUTCOME completed": [dave, state("COMPLETED")],
  "STATE_OUTCOME failed": [dave, state("FAILED")],
  "STATE_OUTCOME unknown": [dave, state("UNKNOWN")],
} as const satisfies Record<string, readonly [Actor, Command]>;
