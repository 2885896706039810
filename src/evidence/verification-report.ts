import type { Digest } from "../domain/ids.ts";

/** What a verifier found. All checks run, in this order; each ends PASS, FAIL or NOT_CHECKED. */
export interface VerificationReport {
  /**
   * BROKEN if any check failed. CONSISTENT says that everything that could be recomputed agrees, not who made it. AUTHENTIC says besides that a server that the
   * verifier's trust policy names signed all there is in it.
   */
  readonly verdict: "AUTHENTIC" | "CONSISTENT" | "BROKEN";
  readonly checks: readonly Check[];
  /** As far as it could be read. */
  readonly decisionId: string;
  /** As recomputed; empty if it could not be. */
  readonly bindingDigest: string;
  /** Whose signatures are good by keys that the trust policy names. */
  readonly signers: readonly VerifiedSigner[];
}

/** Somebody whose signature was found good. */
export interface VerifiedSigner {
  readonly role: "SERVER" | "APPROVER" | "ROUTER";
  /** The name that the trust policy gives the key; an approver's id. */
  readonly name: string;
  readonly keyId: Digest;
}

export interface Check {
  readonly name: CheckName;
  readonly description: string;
  readonly status: "PASS" | "FAIL" | "NOT_CHECKED";
  /** Where the check compares; else empty. */
  readonly expected: string;
  readonly actual: string;
  /** Where and why it failed or was not checked. */
  readonly detail: string;
}

/** The checks and what each asks. */
export const CHECKS = {
  format: "The file is a package of a version that this verifier knows.",
  canonical_form: "The file is in canonical form (RFC 8785), to the byte.",
  proto_json: "Every field is written as ProtoJSON writes it.",
  unknown_fields: "There is no field that this verifier does not know.",
  event_schema: "Every event can be read.",
  event_sequence: "The events are those of one decision, numbered from 0 without a gap, in order of time.",
  event_chain: "Every event names the digest of the one before.",
  head_digest: "The head digest is that of the last event.",
  replay: "The events can have happened in this order.",
  request_digest: "Every approval is a yes to exactly this request and this policy.",
  approvals_valid: "Every approval was allowed when it was given.",
  policy_digest: "The gate was judged by the policy that was attached.",
  template: "The policy is the template's, tightened by the overrides that were recorded.",
  approvals_relied_on: "The gate relied on exactly the approvals that counted at that moment.",
  quorum_at_gate: "The quorum held at the gate.",
  gate_conditions: "Mode, steps, adapter and capabilities were as the policy wants them.",
  router_request_digest: "What the router was asked to run is what was approved.",
  outcome: "The run was started once and its outcome is within the policy.",
  control_digest: "The control digest is that of the control bundle.",
  router_section: "The run in the router section is the one that was recorded.",
  run_bundle: "The run bundle is, to the byte, the one that was recorded.",
  link: "The link between what was allowed and what was run follows from the events.",
  link_digest: "The link digest is that of the link.",
  binding_digest: "The binding digest binds all of it.",
  server_signature: "A trusted server signed the package.",
  approver_signatures: "Every approval that counted is signed by a trusted key of its approver.",
  router_signature: "A trusted router signed its run.",
  time_bounds: "The log is of the time that the trust policy allows.",
  required_checks: "Everything that the trust policy insists on holds.",
} as const;

export type CheckName = keyof typeof CHECKS;

export type CheckResult = Partial<Pick<Check, "expected" | "actual" | "detail">> & Pick<Check, "status">;

export const PASS: CheckResult = { status: "PASS" };

export function fail(
  detail: string,
  compared: { readonly expected?: string; readonly actual?: string } = {},
): CheckResult {
  return { status: "FAIL", detail, ...compared };
}

export function notChecked(detail: string): CheckResult {
  return { status: "NOT_CHECKED", detail };
}

/** PASS if two values are the same text. */
export function compare(expected: string, actual: string, detail = ""): CheckResult {
  return { status: expected === actual ? "PASS" : "FAIL", expected, actual, detail: expected === actual ? "" : detail };
}

/** PASS if two lists hold the same texts in the same order. */
export function compareLists(expected: readonly string[], actual: readonly string[], detail: string): CheckResult {
  const isSame = expected.length === actual.length && expected.every((text, index) => text === actual[index]);
  return isSame ? PASS : fail(detail, { expected: expected.join(" "), actual: actual.join(" ") });
}

/** The first failure, or PASS. */
export function firstFailure(results: Iterable<CheckResult>): CheckResult {
  for (const result of results) if (result.status === "FAIL") return result;
  return PASS;
}
