import { canonicalJson } from "../codec/canonical-json.ts";
import type { Actor } from "../domain/actor.ts";
import type { DecisionId } from "../domain/ids.ts";
import { digestOf } from "./digest.ts";

/**
 * The id of the decision that an actor creates with a request id: the first 128 bits of the SHA-256 of the canonical JSON `[type, id, request_id]`. So
 * creating is idempotent without an index, and nobody can take another's id.
 */
export function decisionIdOf({ type, id }: Actor, requestId: string): DecisionId {
  return digestOf(canonicalJson([type, id, requestId])).slice("sha256:".length, "sha256:".length + 32) as DecisionId;
}
