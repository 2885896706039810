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

/** The checks of a package and what each asks. */
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
  gate_conditions: "Mode, steps, labels, adapter and capabilities were as the policy and the guardrails want them.",
  guardrails:
    "The guardrails are those that their digests name, and all that the trust policy insists on were in force.",
  break_glass: "The gate was passed by its quorum, or without it as the trust policy accepts.",
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

/** The checks of a bundle: those of a package that are about the log, and those about what else is in a bundle. */
export const BUNDLE_CHECKS = {
  format: "The file is a bundle of a version that this verifier knows.",
  canonical_form: CHECKS.canonical_form,
  proto_json: CHECKS.proto_json,
  unknown_fields: CHECKS.unknown_fields,
  event_schema: CHECKS.event_schema,
  event_sequence: CHECKS.event_sequence,
  event_chain: CHECKS.event_chain,
  head_digest: CHECKS.head_digest,
  decision_id: "The decision's id is the one that its requester and its request id give.",
  replay: CHECKS.replay,
  request_digest: CHECKS.request_digest,
  approvals_valid: CHECKS.approvals_valid,
  policy_digest: CHECKS.policy_digest,
  template: CHECKS.template,
  approvals_relied_on: CHECKS.approvals_relied_on,
  quorum_at_gate: CHECKS.quorum_at_gate,
  gate_conditions: CHECKS.gate_conditions,
  guardrails: CHECKS.guardrails,
  break_glass: CHECKS.break_glass,
  router_request_digest: CHECKS.router_request_digest,
  outcome: CHECKS.outcome,
  control_digest: CHECKS.control_digest,
  server_signature: "A trusted server signed the bundle.",
  approver_signatures: CHECKS.approver_signatures,
  router_signature: CHECKS.router_signature,
  time_bounds: CHECKS.time_bounds,
  required_checks: CHECKS.required_checks,
} as const;

export type CheckName = keyof typeof CHECKS | keyof typeof BUNDLE_CHECKS;

export type CheckResults = Partial<Record<CheckName, CheckResult>>;

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

/** Longest text of a check for people, in UTF-16 code units. */
const MAX_TEXT = 4_096;

const NOTHING = "Nothing to judge";

/** Where what a check asks about is not there. */
export function nothingToJudge(why: string): CheckResult {
  return notChecked(`${NOTHING}: ${why}.`);
}

/** Whether a check was not judged because what it asks about is not there. */
export function hadNothingToJudge({ detail }: Pick<Check, "detail">): boolean {
  return detail.startsWith(NOTHING);
}

/**
 * A report of all checks of a kind of file, in their order.
 *
 * @param missing why those without a result had nothing to judge.
 */
export function reportOf(
  checks: Partial<Readonly<Record<CheckName, string>>>,
  results: CheckResults,
  missing: string,
  {
    decisionId = "",
    bindingDigest = "",
    signers = [],
  }: Partial<Pick<VerificationReport, "decisionId" | "bindingDigest" | "signers">> = {},
): VerificationReport {
  const ended = (Object.entries(checks) as [CheckName, string][]).map(([name, description]): Check => {
    const { status, expected = "", actual = "", detail = "" } = results[name] ?? nothingToJudge(missing);
    return { name, description, status, expected: cut(expected), actual: cut(actual), detail: cut(detail) };
  });
  return { verdict: verdictOf(ended), checks: ended, decisionId: cut(decisionId), bindingDigest, signers };
}

/** What a server's signature covers is all that this verifier knows: of a field that it does not, nobody can say that the server meant it to be there. */
function verdictOf(checks: readonly Pick<Check, "name" | "status">[]): VerificationReport["verdict"] {
  if (checks.some(({ status }) => status === "FAIL")) return "BROKEN";
  const holds = (name: CheckName) => checks.some((check) => check.name === name && check.status === "PASS");
  return holds("server_signature") && holds("unknown_fields") ? "AUTHENTIC" : "CONSISTENT";
}

function cut(text: string): string {
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT).toWellFormed()}…`;
}

/** The first failure, or PASS. */
export function firstFailure(results: Iterable<CheckResult>): CheckResult {
  for (const result of results) if (result.status === "FAIL") return result;
  return PASS;
}
