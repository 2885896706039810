import { type AuditPackagePredicate, auditPackagePredicate } from "../codec/predicates.ts";
import type { Digest } from "../domain/ids.ts";
import { statementOf } from "./statement.ts";

/** What a server signs of an audit package. */
export interface SignedPackage extends AuditPackagePredicate {
  readonly bindingDigest: Digest;
}

/** The statement of a server about an audit package. It says nothing that does not follow from the package, so one key signs one package in one way. */
export function packageStatement({ bindingDigest, ...predicate }: SignedPackage): string {
  return statementOf("nexus-attest:audit-package/v1", {
    name: predicate.decisionId,
    digest: bindingDigest,
    predicate: auditPackagePredicate(predicate),
  });
}
