import { type Actor, SERVER_ACTOR } from "../../src/domain/actor.ts";
import type {
  ApprovalGranted,
  EventBody,
  EventType,
  ExecutionCompleted,
  ExecutionFailed,
  ExecutionRequested,
  ExecutionReviewed,
  Settlement,
} from "../../src/domain/event.ts";
import type { Digest, Instant } from "../../src/domain/ids.ts";
import type { Policy } from "../../src/domain/policy.ts";
import type { Plan } from "../../src/domain/request.ts";

export const alice: Actor = { type: "HUMAN", id: "alice" };
export const bob: Actor = { type: "HUMAN", id: "bob" };
export const carol: Actor = { type: "HUMAN", id: "carol" };
export const dave: Actor = { type: "HUMAN", id: "dave" };
export const robot: Actor = { type: "SYSTEM", id: "robot" };
export const server = SERVER_ACTOR;
export const SERVER_ID = "5e27e500-0000-4000-8000-000000000001";

/** Minutes after nine o'clock, when every story here begins. */
export function minute(minutes: number): Instant {
  return Date.UTC(2026, 0, 5, 9) + minutes * 60_000;
}

/** Something that happened: who did what, and when if not one minute after what happened before. */
export interface Fact {
  readonly actor: Actor;
  readonly delegate?: Actor | undefined;
  readonly body: EventBody;
  readonly at?: Instant;
}

/** The same, at a moment of its own. */
export function at(time: Instant, fact: Fact): Fact {
  return { ...fact, at: time };
}

export const POLICY: Policy = {
  minApprovals: 2,
  allowedModes: ["DRY_RUN", "APPLY"],
  requireAdapterCapabilities: [],
  maxSteps: 0,
  labels: [],
  allowedAdapters: [],
  allowSelfApproval: false,
  humansOnly: false,
  groups: [],
  requireComment: false,
  maxApprovalLifetimeSeconds: 0,
  requireSignedApprovals: false,
};

export const REQUEST = {
  type: "DECISION_CREATED",
  goal: "ship it",
  mode: "APPLY",
  plan: undefined,
  adapterId: "local",
  labels: [],
} as const satisfies EventBody;

export const GATE: ExecutionRequested = {
  type: "EXECUTION_REQUESTED",
  adapterId: "local",
  mode: "APPLY",
  adapterCapabilities: ["apply", "dry_run"],
  approvalDigests: ["event 2" as Digest, "event 3" as Digest],
  policyDigest: "policy" as Digest,
  routerRequestDigest: "run request" as Digest,
};

export const COMPLETED: ExecutionCompleted = {
  type: "EXECUTION_COMPLETED",
  runId: "run-1",
  routerDigest: "bundle" as Digest,
  routerMediaType: "application/json",
  stepsExecuted: 3,
  settlement: undefined,
};

export const FAILED: ExecutionFailed = {
  ...COMPLETED,
  type: "EXECUTION_FAILED",
  code: "STEP_FAILED",
  message: "the disk is full",
  stepsExecuted: 1,
};

/** alice asks. */
export function created(request: Partial<typeof REQUEST | (EventBody & { type: "DECISION_CREATED" })> = {}): Fact {
  return { actor: alice, body: { ...REQUEST, ...request } };
}

export function planOf(steps: number): Plan {
  return {
    steps: Array.from({ length: steps }, (_, index) => ({
      stepId: `step-${index}`,
      intent: "",
      call: { tool: "files", method: "write", argumentsJson: "" },
    })),
  };
}

/** Two approvals of anybody but the requester are needed, unless the policy says otherwise. */
export function attached(policy: Partial<Policy> = {}): Fact {
  return { actor: alice, body: { type: "POLICY_ATTACHED", policy: { ...POLICY, ...policy }, template: undefined } };
}

export function granted(actor: Actor, approval: Partial<ApprovalGranted> = {}): Fact {
  const requestDigest = "request" as Digest;
  return {
    actor,
    body: { type: "APPROVAL_GRANTED", comment: "", expiresAt: undefined, requestDigest, groups: [], ...approval },
  };
}

export function revoked(actor: Actor, approver: Actor = actor): Fact {
  return { actor, body: { type: "APPROVAL_REVOKED", approver, reason: "second thoughts" } };
}

export function rejected(actor: Actor): Fact {
  return { actor, body: { type: "DECISION_REJECTED", reason: "too risky" } };
}

export function cancelled(actor: Actor = alice): Fact {
  return { actor, body: { type: "DECISION_CANCELLED", reason: "no longer needed" } };
}

export function gated(actor: Actor = alice): Fact {
  return { actor, body: GATE };
}

/** The gate passed by break-glass, to be reviewed within a day. */
export function glassBroken(actor: Actor = alice, ...reliedOn: readonly string[]): Fact {
  return {
    actor,
    body: {
      ...GATE,
      approvalDigests: reliedOn as readonly Digest[],
      breakGlass: { reason: "the site is down", minApprovals: 0, reviewBy: minute(24 * 60) },
    },
  };
}

export function reviewed(actor: Actor, review: Partial<ExecutionReviewed> = {}): Fact {
  return { actor, body: { type: "EXECUTION_REVIEWED", verdict: "JUSTIFIED", comment: "", groups: [], ...review } };
}

export function started(): Fact {
  return { actor: server, body: { type: "EXECUTION_STARTED", serverId: SERVER_ID } };
}

export function completed(outcome: Partial<ExecutionCompleted> = {}): Fact {
  return { actor: server, body: { ...COMPLETED, ...outcome } };
}

export function failed(outcome: Partial<ExecutionFailed> = {}): Fact {
  return { actor: server, body: { ...FAILED, ...outcome } };
}

export function outcomeUnknown(settlement?: Settlement): Fact {
  return {
    actor: server,
    body: { type: "EXECUTION_OUTCOME_UNKNOWN", reason: "the router is gone", runId: "run-1", settlement },
  };
}

/** The way to each phase of a decision, approved by bob and carol. */
const approved = [created(), attached(), granted(bob), granted(carol)];
const underWay = [...approved, gated(), started()];
export const WAY_TO = {
  draft: [created()],
  open: [created(), attached()],
  approved,
  rejected: [created(), attached(), rejected(bob)],
  cancelled: [created(), attached(), cancelled()],
  gated: [...approved, gated()],
  started: underWay,
  unknown: [...underWay, outcomeUnknown()],
  completed: [...underWay, completed()],
  failed: [...underWay, failed()],
} as const satisfies Record<string, readonly Fact[]>;

/** One event of each type. */
export const EVERY_EVENT = {
  DECISION_CREATED: created(),
  POLICY_ATTACHED: attached(),
  APPROVAL_GRANTED: granted(bob),
  APPROVAL_REVOKED: revoked(bob),
  EXECUTION_REQUESTED: gated(),
  EXECUTION_STARTED: started(),
  EXECUTION_COMPLETED: completed(),
  EXECUTION_FAILED: failed(),
  DECISION_REJECTED: rejected(bob),
  DECISION_CANCELLED: cancelled(),
  EXECUTION_OUTCOME_UNKNOWN: outcomeUnknown(),
  EXECUTION_REVIEWED: reviewed(bob),
} as const satisfies Record<EventType, Fact>;
