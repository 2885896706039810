import { type DecisionBundlePredicate, decisionBundlePredicate } from "../codec/predicates.ts";
import type { DsseEnvelope } from "../domain/dsse-envelope.ts";
import type { Digest } from "../domain/ids.ts";
import { type Signer, signEnvelope } from "./dsse.ts";
import { statementOf } from "./statement.ts";

/** What a server signs of a decision's log. */
export interface SignedBundle extends DecisionBundlePredicate {
  readonly headDigest: Digest;
}

/** The statement of a server about a decision's log. It says nothing that does not follow from the log. */
export function bundleStatement({ headDigest, ...predicate }: SignedBundle): string {
  return statementOf("nexus-attest:decision-bundle/v1", {
    name: predicate.decisionId,
    digest: headDigest,
    predicate: decisionBundlePredicate(predicate),
  });
}

/** A bundle's signature: `envelopeJson` has its place in the file. */
export function signBundle(bundle: SignedBundle, signer: Signer): DsseEnvelope {
  return signEnvelope(bundleStatement(bundle), signer);
}
