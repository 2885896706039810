import type { Actor } from "./actor.ts";
import type { DsseEnvelope } from "./dsse-envelope.ts";
import type { GuardrailUse } from "./guardrail.ts";
import type { DecisionId, Digest, Instant } from "./ids.ts";
import type { Policy, TemplateUse } from "./policy.ts";
import type { Label, Mode, Plan } from "./request.ts";

/** What happened. The schema's event.proto says of each when it is written. */
export type EventBody =
  | DecisionCreated
  | PolicyAttached
  | ApprovalGranted
  | ApprovalRevoked
  | ExecutionRequested
  | ExecutionStarted
  | ExecutionCompleted
  | ExecutionFailed
  | DecisionRejected
  | DecisionCancelled
  | ExecutionOutcomeUnknown
  | ExecutionReviewed;

export type EventType = EventBody["type"];

/** An event: the common fields and a body. */
export interface DecisionEvent {
  readonly eventId: string;
  readonly decisionId: DecisionId;
  readonly seq: number;
  readonly occurredAt: Instant;
  readonly actor: Actor;
  /** The service that made the call on the actor's behalf. */
  readonly delegate: Actor | undefined;
  readonly requestId: string;
  /** Digest of the event before; empty for seq 0. */
  readonly previousDigest: Digest | "";
  readonly body: EventBody;
}

/** An event with the digest of its stored form. */
export interface RecordedEvent {
  readonly event: DecisionEvent;
  readonly digest: Digest;
}

export interface DecisionCreated {
  readonly type: "DECISION_CREATED";
  readonly goal: string;
  readonly mode: Mode;
  readonly plan: Plan | undefined;
  /** Empty: one of the policy's allowed adapters, named by whoever executes. */
  readonly adapterId: string;
  readonly labels: readonly Label[];
}

export interface PolicyAttached {
  readonly type: "POLICY_ATTACHED";
  readonly policy: Policy;
  readonly template: TemplateUse | undefined;
  /** Those that matched; they count from here on as if the policy said so too. */
  readonly guardrails?: readonly GuardrailUse[] | undefined;
}

export interface ApprovalGranted {
  readonly type: "APPROVAL_GRANTED";
  readonly comment: string;
  readonly expiresAt: Instant | undefined;
  readonly requestDigest: Digest;
  readonly groups: readonly string[];
  /** The approver's own signature. */
  readonly signature?: DsseEnvelope | undefined;
}

export interface ApprovalRevoked {
  readonly type: "APPROVAL_REVOKED";
  readonly approver: Actor;
  readonly reason: string;
}

export interface ExecutionRequested {
  readonly type: "EXECUTION_REQUESTED";
  readonly adapterId: string;
  readonly mode: Mode;
  readonly adapterCapabilities: readonly string[];
  readonly approvalDigests: readonly Digest[];
  readonly policyDigest: Digest;
  readonly routerRequestDigest: Digest;
  /** Those that matched at that moment. */
  readonly guardrails?: readonly GuardrailUse[] | undefined;
  /** What was kept apart. */
  readonly separation?: Separation | undefined;
  /** Present if the quorum did not hold. */
  readonly breakGlass?: BreakGlass | undefined;
}

/** Which duties were kept apart at a gate. */
export interface Separation {
  readonly executorIsNotRequester: boolean;
  readonly approverIsNotExecutor: boolean;
}

/** A gate passed in an emergency. */
export interface BreakGlass {
  readonly reason: string;
  /** How many approvals had to count all the same. */
  readonly minApprovals: number;
  /** From this very instant on a review that is not done is overdue. */
  readonly reviewBy: Instant;
}

export interface ExecutionReviewed {
  readonly type: "EXECUTION_REVIEWED";
  readonly verdict: ReviewVerdict;
  readonly comment: string;
  readonly groups: readonly string[];
}

export type ReviewVerdict = "JUSTIFIED" | "UNJUSTIFIED";

export interface ExecutionStarted {
  readonly type: "EXECUTION_STARTED";
  /** The server that claimed the run. */
  readonly serverId: string;
}

export interface ExecutionCompleted {
  readonly type: "EXECUTION_COMPLETED";
  /** Empty only where an operator stated the outcome. */
  readonly runId: string;
  readonly routerDigest: Digest | "";
  /** The media type of the run bundle. */
  readonly routerMediaType: string;
  readonly stepsExecuted: number;
  readonly settlement: Settlement | undefined;
  /** The router's signature over its run. */
  readonly routerSignature?: DsseEnvelope | undefined;
}

export interface ExecutionFailed {
  readonly type: "EXECUTION_FAILED";
  readonly code: string;
  readonly message: string;
  readonly runId: string;
  readonly routerDigest: Digest | "";
  /** The media type of the run bundle. */
  readonly routerMediaType: string;
  readonly stepsExecuted: number;
  readonly settlement: Settlement | undefined;
  /** The router's signature over its run. */
  readonly routerSignature?: DsseEnvelope | undefined;
}

export interface DecisionRejected {
  readonly type: "DECISION_REJECTED";
  readonly reason: string;
}

export interface DecisionCancelled {
  readonly type: "DECISION_CANCELLED";
  readonly reason: string;
}

export interface ExecutionOutcomeUnknown {
  readonly type: "EXECUTION_OUTCOME_UNKNOWN";
  readonly reason: string;
  readonly runId: string;
  readonly settlement: Settlement | undefined;
}

/** How an outcome was learned other than from the run itself. */
export interface Settlement {
  readonly basis: "ROUTER_ANSWER" | "OPERATOR_STATEMENT";
  readonly reason: string;
  /** What an operator's statement was forced against; undefined: against nothing. */
  readonly overruled?: Overruled | undefined;
}

/** The router's word for a run, or that it was not asked although another server could have. */
export type Overruled = "RUNNING" | "SUCCEEDED" | "FAILED" | "NOT_ASKED";
