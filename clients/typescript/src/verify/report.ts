export type Status = "PASS" | "FAIL" | "NOT_CHECKED";
export type Verdict = "AUTHENTIC" | "CONSISTENT" | "BROKEN";

/** Somebody whose signature made a check pass. */
export interface Signer {
  readonly role: "SERVER" | "APPROVER" | "ROUTER";
  /** What the trust policy calls a server's or a router's key; the id of an approver. */
  readonly name: string;
  readonly keyId: string;
}

export interface CheckResult {
  readonly name: string;
  /** What the check asks. */
  readonly description: string;
  readonly status: Status;
  /** Words for people, empty where there are none. Programs go by `status`. */
  readonly expected: string;
  readonly actual: string;
  readonly detail: string;
}

export interface Report {
  readonly verdict: Verdict;
  /** All checks, in the order of docs/audit-package.md. */
  readonly checks: readonly CheckResult[];
  /** As the package gives it; empty if it could not be read. */
  readonly decisionId: string;
  /** As recomputed; empty if it could not be. */
  readonly bindingDigest: string;
  readonly signers: readonly Signer[];
}
