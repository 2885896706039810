import type { Actor } from "./actor.ts";
import type { Digest, Instant } from "./ids.ts";
import type { GroupProgress } from "./quorum.ts";
import type { Mode } from "./request.ts";

/** Why a decision cannot be executed now: a code of the triage ladder, words for people, and the facts behind it. */
export type BlockingReason = { readonly message: string } & (
  | {
      readonly code:
        | "NO_POLICY"
        | "ALREADY_EXECUTED"
        | "EXECUTION_FAILED"
        | "REJECTED"
        | "CANCELLED"
        | "IMPORTED"
        | "EXECUTING"
        | "OUTCOME_UNKNOWN";
    }
  | { readonly code: "MODE_NOT_ALLOWED"; readonly mode: Mode; readonly allowedModes: readonly Mode[] }
  | { readonly code: "TOO_MANY_STEPS"; readonly steps: number; readonly maxSteps: number }
  | { readonly code: "ADAPTER_CAPABILITY_MISSING"; readonly adapterId: string; readonly missing: readonly string[] }
  | {
      readonly code: "ADAPTER_UNKNOWN" | "ADAPTER_NOT_ALLOWED";
      readonly adapterId: string;
      readonly allowedAdapters: readonly string[];
    }
  | { readonly code: "APPROVAL_EXPIRED"; readonly approvals: readonly ExpiredApproval[] }
  | { readonly code: "APPROVAL_KEY_REVOKED"; readonly approvals: readonly KeyRevokedApproval[] }
  | {
      readonly code: "MISSING_APPROVALS";
      readonly required: number;
      readonly have: number;
      readonly missing: number;
      readonly groups: readonly GroupProgress[];
    }
  | {
      readonly code: "GUARDRAIL_NOT_MET";
      readonly name: string;
      /** Empty where it is about several. */
      readonly digest: Digest | "";
      readonly unmet: readonly BlockingReason[];
    }
  | { readonly code: "LABEL_MISSING"; readonly key: string; readonly values: readonly string[] }
);

export type BlockingCode = BlockingReason["code"];

export interface ExpiredApproval {
  readonly approver: Actor;
  readonly expiredAt: Instant;
}

export interface KeyRevokedApproval {
  readonly approver: Actor;
  readonly keyId: string;
  readonly revokedAt: Instant;
}

/** What is known of the adapter that would carry the decision out. */
export type AdapterView =
  | { readonly kind: "known"; readonly adapterId: string; readonly capabilities: readonly string[] }
  /** No router has it, or its router did not answer. */
  | { readonly kind: "unknown"; readonly adapterId: string; readonly why: string }
  /** The request leaves the choice to whoever executes: judged at the gate. */
  | { readonly kind: "unchosen" };

/** The view of an adapter that nobody has asked about. */
export function notAsked(adapterId: string): AdapterView {
  return { kind: "unknown", adapterId, why: "its router was not asked." };
}
