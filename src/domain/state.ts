import type { Actor } from "./actor.ts";
import type { DsseEnvelope } from "./dsse-envelope.ts";
import type {
  DecisionCreated,
  ExecutionCompleted,
  ExecutionFailed,
  ExecutionOutcomeUnknown,
  ExecutionRequested,
  PolicyAttached,
  ReviewVerdict,
} from "./event.ts";
import type { DecisionId, Digest, Instant } from "./ids.ts";

/** A decision as its events tell it, whatever the time is. */
export interface Decision {
  readonly decisionId: DecisionId;
  readonly requester: Actor;
  /** The service that requested it on the requester's behalf. */
  readonly requesterDelegate: Actor | undefined;
  readonly created: DecisionCreated;
  readonly createdAt: Instant;
  readonly policy: PolicyAttached | undefined;
  /** Every approval ever granted, in order. */
  readonly approvals: readonly Approval[];
  /** Every review of an execution by break-glass, in order. */
  readonly reviews: readonly Review[];
  readonly phase: Phase;
  readonly head: Head;
}

/** The last event. */
export interface Head {
  readonly seq: number;
  readonly digest: Digest;
  readonly occurredAt: Instant;
}

export interface Approval {
  readonly approver: Actor;
  /** The service that approved on the approver's behalf. */
  readonly delegate: Actor | undefined;
  readonly groups: readonly string[];
  readonly seq: number;
  readonly digest: Digest;
  readonly grantedAt: Instant;
  /** From this very instant on it counts no more. */
  readonly expiresAt: Instant | undefined;
  readonly comment: string;
  readonly requestDigest: Digest;
  /** The approver's own signature. */
  readonly signature: DsseEnvelope | undefined;
  readonly revoked: Revocation | undefined;
}

export interface Revocation {
  readonly at: Instant;
  readonly seq: number;
  readonly reason: string;
}

/** What somebody found of an execution by break-glass. */
export interface Review {
  readonly reviewer: Actor;
  readonly delegate: Actor | undefined;
  readonly groups: readonly string[];
  readonly seq: number;
  readonly reviewedAt: Instant;
  readonly verdict: ReviewVerdict;
  readonly comment: string;
}

/** How far the events have brought it. The states of the lifecycle follow from this, the approvals and a clock. */
export type Phase =
  | { readonly kind: "open" }
  | { readonly kind: "rejected" }
  | { readonly kind: "cancelled" }
  | ({ readonly kind: "gated" } & Gate)
  | ({ readonly kind: "started" } & Started)
  | ({ readonly kind: "unknown"; readonly unknown: ExecutionOutcomeUnknown; readonly endedAt: Instant } & Started)
  | ({
      readonly kind: "completed";
      readonly outcome: ExecutionCompleted;
      readonly endedAt: Instant;
      readonly startedAt: Instant;
    } & Gate)
  | ({
      readonly kind: "failed";
      readonly outcome: ExecutionFailed;
      readonly endedAt: Instant;
      /** Undefined if it never began. */
      readonly startedAt: Instant | undefined;
    } & Gate);

/** The gate as it was passed. */
export interface Gate {
  readonly gate: ExecutionRequested;
  readonly gateSeq: number;
  readonly gateDigest: Digest;
  readonly gatedAt: Instant;
  readonly executor: Actor;
  /** The service that executed on the executor's behalf. */
  readonly executorDelegate: Actor | undefined;
  readonly requestId: string;
}

export interface Started extends Gate {
  readonly startedAt: Instant;
  /** The server that claimed the run. */
  readonly serverId: string;
}

/** A decision that has passed its gate. */
export type GatedDecision = Decision & { readonly phase: Gate };

/** The gate, if it has been passed. */
export function gateOf(phase: Phase): (Phase & Gate) | undefined {
  return phase.kind === "open" || phase.kind === "rejected" || phase.kind === "cancelled" ? undefined : phase;
}

/** Whether no command is accepted any more. */
export function isTerminal(phase: Phase): boolean {
  return (
    phase.kind === "completed" || phase.kind === "failed" || phase.kind === "rejected" || phase.kind === "cancelled"
  );
}
