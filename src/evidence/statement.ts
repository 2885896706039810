import { canonicalJson, type Json } from "../codec/canonical-json.ts";
import type { Digest } from "../domain/ids.ts";

/** The `_type` of an in-toto Statement v1 (https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md). */
const STATEMENT_TYPE = "https://in-toto.io/Statement/v1";

/** What is stated, by the predicate's type. docs/signatures.md specifies each. */
export type PredicateType =
  | "nexus-attest:audit-package/v1"
  | "nexus-attest:decision-bundle/v1"
  | "nexus-attest:approval/v1"
  | "nexus-attest:run/v1";

/**
 * An in-toto Statement v1 in canonical form: the one text that says this, so that a verifier writes it anew and compares, instead of reading what somebody sent.
 *
 * @param name of the subject: the decision's id.
 */
export function statementOf(
  predicateType: PredicateType,
  { name, digest, predicate }: { readonly name: string; readonly digest: Digest; readonly predicate: Json },
): string {
  const subject = [{ name, digest: { sha256: digest.slice("sha256:".length) } }];
  return canonicalJson({ _type: STATEMENT_TYPE, subject, predicateType, predicate });
}
