import { canonicalJson } from "../codec/canonical-json.ts";
import type { DecisionId, Digest, ImportId } from "../domain/ids.ts";
import { digestOf } from "./digest.ts";

/**
 * The id under which a decision's log is imported: the first 128 bits of the SHA-256 of the canonical JSON `["import", decision_id, digest of the first event]`.
 * So whoever imports the log, or a longer one that begins alike, comes to the same place.
 */
export function importIdOf(decisionId: DecisionId, firstDigest: Digest): ImportId {
  return shortened(["import", decisionId, firstDigest]);
}

/**
 * The id under which one file is kept beside another import of its log: the same of `["import", decision_id, digest of the first event, digest of the file]`.
 * No other file comes to that place.
 */
export function besideImportIdOf(decisionId: DecisionId, firstDigest: Digest, fileDigest: Digest): ImportId {
  return shortened(["import", decisionId, firstDigest, fileDigest]);
}

function shortened(parts: readonly string[]): ImportId {
  return digestOf(canonicalJson(parts)).slice("sha256:".length, "sha256:".length + 32) as ImportId;
}
