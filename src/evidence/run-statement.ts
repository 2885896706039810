import { type RunPredicate, runPredicate } from "../codec/predicates.ts";
import type { Digest } from "../domain/ids.ts";
import { statementOf } from "./statement.ts";

/** What a router signs: how a run ended, and which record of it is the true one. */
export interface SignedRun extends RunPredicate {
  /** Digest of the run bundle. */
  readonly routerDigest: Digest;
}

/** The statement of a router about a run of its own. */
export function runStatement({ routerDigest, ...predicate }: SignedRun): string {
  return statementOf("nexus-attest:run/v1", {
    name: predicate.decisionId,
    digest: routerDigest,
    predicate: runPredicate(predicate),
  });
}
