import type { Actor } from "./actor.ts";
import type { AdapterView } from "./blocking.ts";
import type { Digests } from "./digests.ts";
import type { DsseEnvelope } from "./dsse-envelope.ts";
import type { Duties } from "./duties.ts";
import type {
  DecisionCreated,
  ExecutionCompleted,
  ExecutionFailed,
  ExecutionOutcomeUnknown,
  Overruled,
  ReviewVerdict,
} from "./event.ts";
import type { GuardrailUse } from "./guardrail.ts";
import type { DecisionId, Digest, Instant } from "./ids.ts";
import type { KeyView } from "./key-view.ts";
import type { PolicySource } from "./policy-source.ts";
import type { Rejection } from "./rejection.ts";
import type { Template } from "./template.ts";

/** What somebody wants to happen to a decision. */
export type Command =
  | CreateDecision
  | AttachPolicy
  | GrantApproval
  | RevokeApproval
  | RejectDecision
  | CancelDecision
  | RequestExecution
  | ReviewExecution
  | StartExecution
  | RecordOutcome
  | StateOutcome;

export interface CreateDecision {
  readonly type: "CREATE_DECISION";
  readonly created: DecisionCreated;
  /** Undefined: a draft. */
  readonly policy: PolicySource | undefined;
}

export interface AttachPolicy {
  readonly type: "ATTACH_POLICY";
  readonly policy: PolicySource;
}

export interface GrantApproval {
  readonly type: "GRANT_APPROVAL";
  readonly comment: string;
  readonly expiresAt: Instant | undefined;
  /** The request digest that was shown to the approver. */
  readonly shownDigest: Digest | undefined;
  /** The approver's own. */
  readonly signature?: DsseEnvelope | undefined;
}

export interface RevokeApproval {
  readonly type: "REVOKE_APPROVAL";
  /** Undefined: the actor's own. */
  readonly approverId: string | undefined;
  readonly reason: string;
}

export interface RejectDecision {
  readonly type: "REJECT_DECISION";
  readonly reason: string;
}

export interface CancelDecision {
  readonly type: "CANCEL_DECISION";
  readonly reason: string;
}

/** Asks to pass the gate. */
export interface RequestExecution {
  readonly type: "REQUEST_EXECUTION";
  /** Undefined: the request's. */
  readonly adapterId: string | undefined;
  /** Why it has to be executed even without the quorum; undefined or empty: it need not. */
  readonly breakGlassReason?: string | undefined;
}

/** Says what somebody found of an execution by break-glass. */
export interface ReviewExecution {
  readonly type: "REVIEW_EXECUTION";
  readonly verdict: ReviewVerdict;
  readonly comment: string;
}

/** Claims the run: the point of no return, if it comes in time. */
export interface StartExecution {
  readonly type: "START_EXECUTION";
  /** How long after the gate an execution may still start, in milliseconds. */
  readonly startWithin: number;
  /** The server that claims it. */
  readonly serverId: string;
}

/** Records what the router said. */
export interface RecordOutcome {
  readonly type: "RECORD_OUTCOME";
  readonly outcome: ExecutionCompleted | ExecutionFailed | ExecutionOutcomeUnknown;
}

/** Records what an operator says. */
export interface StateOutcome {
  readonly type: "STATE_OUTCOME";
  readonly outcome: "UNKNOWN" | "COMPLETED" | "FAILED";
  readonly reason: string;
  /** What it was forced against. */
  readonly overruled?: Overruled | undefined;
}

/** By whom, when, and what is known of the world at that moment. */
export interface CommandContext {
  readonly decisionId: DecisionId;
  readonly actor: Actor;
  /** The service that gives the command on the actor's behalf. */
  readonly delegate?: Actor | undefined;
  /** The actor's groups, as authentication says. */
  readonly groups: readonly string[];
  /** The time the events record and the command is judged at: never before the decision's last event. */
  readonly at: Instant;
  readonly digests: Digests;
  /** What is kept apart here, whatever the policy says; nothing by default. */
  readonly duties?: Duties;
  /** All that are configured, with whatever they are for; none by default. */
  readonly guardrails?: readonly GuardrailUse[];
  /** How an execution by break-glass is allowed; undefined: it is not. */
  readonly breakGlass?: BreakGlassRule | undefined;
  /** Needed to pass the gate. */
  readonly adapter: AdapterView;
  /** Needed where a policy comes from a template; see {@link policyFrom}. */
  readonly templates?: readonly Template[];
  /** The registry of approvers' keys, read for this command; needed wherever approvals are signed. */
  readonly keys: KeyView;
  /** What became of the check of the signature that came with the command. */
  readonly signature: SignatureCheck;
}

/** How an execution by break-glass is allowed. */
export interface BreakGlassRule {
  /** How many approvals have to count all the same. */
  readonly minApprovals: number;
  /** How much time there is for the review, in milliseconds. */
  readonly reviewWithin: number;
}

/** Whether a signature over an approval is good: found out by whoever knows the log, the registry and the mathematics. */
export type SignatureCheck = "not_checked" | "good" | Rejection;
