import type { Actor } from "../domain/actor.ts";
import type { Digest, Instant } from "../domain/ids.ts";
import type { PublicKey } from "./public-key.ts";
import type { CheckName } from "./verification-report.ts";

/** Whom a verifier believes, and what it insists on. Every key in it is safe to believe, and stands for one party of its kind. */
export interface TrustPolicy {
  readonly serverKeys: readonly TrustedServerKey[];
  /** By whose they are: see {@link actorKey}. */
  readonly approverKeys: ReadonlyMap<string, readonly TrustedApproverKey[]>;
  readonly routerKeys: readonly TrustedRouterKey[];
  readonly requiredChecks: readonly CheckName[];
  /** Those that must have been in force at the gate. */
  readonly requiredGuardrails: readonly Digest[];
  /** Which executions without a quorum are accepted. */
  readonly acceptedBreakGlass: "NONE" | "REVIEWED" | "ALL";
  readonly notBefore: Instant | undefined;
  readonly notAfter: Instant | undefined;
}

/** A key that is believed for evidence of some time: from notBefore on, and before notAfter. */
interface Bounded {
  readonly notBefore: Instant | undefined;
  readonly notAfter: Instant | undefined;
}

export interface TrustedServerKey extends PublicKey, Bounded {
  readonly name: string;
}

export interface TrustedRouterKey extends PublicKey, Bounded {
  readonly name: string;
  readonly adapterIds: ReadonlySet<string>;
}

export interface TrustedApproverKey extends PublicKey {
  readonly approver: Actor;
  readonly notBefore: Instant | undefined;
  readonly revokedAt: Instant | undefined;
}

/** What an approver's keys are found by: no two actors have the same. */
export function actorKey({ type, id }: Actor): string {
  return `${type} ${id}`;
}

/** Whether a moment is within bounds; notAfter itself is not. */
export function isWithin({ notBefore, notAfter }: Bounded, at: Instant): boolean {
  return (notBefore === undefined || notBefore <= at) && (notAfter === undefined || at < notAfter);
}
