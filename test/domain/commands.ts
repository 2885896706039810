import type {
  AttachPolicy,
  CancelDecision,
  CreateDecision,
  GrantApproval,
  RecordOutcome,
  RejectDecision,
  RequestExecution,
  RevokeApproval,
  StartExecution,
  StateOutcome,
} from "../../src/domain/command.ts";
import type { DecisionCreated, EventBody, PolicyAttached } from "../../src/domain/event.ts";
import type { Policy } from "../../src/domain/policy.ts";
import { POLICY, REQUEST } from "./facts.ts";

export function policyBody(policy: Partial<Policy> = {}): PolicyAttached {
  return { type: "POLICY_ATTACHED", policy: { ...POLICY, ...policy }, template: undefined };
}

export function create(request: Partial<DecisionCreated> = {}, policy?: PolicyAttached): CreateDecision {
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
export const START: StartExecution = { type: "START_EXECUTION", startWithin: 5 * 60_000 };

export function record(outcome: EventBody & RecordOutcome["outcome"]): RecordOutcome {
  return { type: "RECORD_OUTCOME", outcome };
}

export function state(outcome: StateOutcome["outcome"]): StateOutcome {
  return { type: "STATE_OUTCOME", outcome, reason: "seen on the machine" };
}
