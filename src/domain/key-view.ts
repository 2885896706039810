import { isSameActor } from "./actor.ts";
import type { ApproverKey } from "./approver-key.ts";
import type { DsseEnvelope } from "./dsse-envelope.ts";
import type { Digest, Instant } from "./ids.ts";
import type { Approval } from "./state.ts";

/** What is known of the keys that signed approvals. */
export type KeyView =
  /** The registry as it is. */
  | { readonly kind: "known"; readonly keys: ReadonlyMap<Digest, ApproverKey> }
  /** It could not be read, or nobody looked: no signed approval counts. */
  | { readonly kind: "unknown" }
  /** Keys are not what is judged here: behind the gate they were judged at the gate, and evidence is judged by the verifier's own trust. */
  | { readonly kind: "set_aside" };

export const KEYS_UNKNOWN: KeyView = { kind: "unknown" };
export const KEYS_SET_ASIDE: KeyView = { kind: "set_aside" };

/** The key that an envelope says it was signed by. In a log of our own it was checked before the approval was recorded. */
export function keyIdOf({ signatures }: DsseEnvelope): Digest | "" {
  return (signatures[0]?.keyid ?? "") as Digest | "";
}

/**
 * From when on a signed approval does not count for want of its key; undefined: it does, or is not signed. A key that is not in the registry, or there as
 * somebody else's, never was good: a registry that was lost or put back must not bring revoked keys to life.
 */
export function keyLostAt(
  { approver, grantedAt, signature }: Pick<Approval, "approver" | "grantedAt" | "signature">,
  view: KeyView,
): Instant | undefined {
  if (signature === undefined || view.kind === "set_aside") return undefined;
  if (view.kind === "unknown") return grantedAt;
  const key = view.keys.get(keyIdOf(signature) as Digest);
  if (key === undefined || !isSameActor(key.approver, approver)) return grantedAt;
  return key.revoked?.at;
}
