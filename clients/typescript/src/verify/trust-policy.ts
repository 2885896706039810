import type { PublicKey } from "./ed25519.js";

/** Whom a verifier believes, and what it insists on: docs/signatures.md, "Trust policies". Times are milliseconds since 1970. */
export interface TrustPolicy {
  readonly serverKeys: readonly NamedKey[];
  readonly approverKeys: readonly ApproverKey[];
  readonly routerKeys: readonly RouterKey[];
  readonly requiredChecks: readonly string[];
  /** Digests of guardrails that must have been in force at the gate. */
  readonly requiredGuardrails: readonly string[];
  /** Which executions by break-glass are accepted; none if it is absent. */
  readonly acceptedBreakGlass: AcceptedBreakGlass | undefined;
  readonly period: Period;
}

export type AcceptedBreakGlass = "ACCEPTED_BREAK_GLASS_REVIEWED" | "ACCEPTED_BREAK_GLASS_ALL";

/** From the one on, and before the other; no bound where there is none. */
export interface Period {
  readonly notBefore?: number | undefined;
  readonly notAfter?: number | undefined;
}

export interface NamedKey {
  readonly name: string;
  readonly key: PublicKey;
  readonly period: Period;
}

export interface ApproverKey {
  readonly approver: { readonly type: string; readonly id: string };
  readonly key: PublicKey;
  /** Its end is when the key was revoked. */
  readonly period: Period;
}

export interface RouterKey extends NamedKey {
  readonly adapterIds: readonly string[];
}

export function isWithin({ notBefore, notAfter }: Period, at: number): boolean {
  return (notBefore === undefined || at >= notBefore) && (notAfter === undefined || at < notAfter);
}
