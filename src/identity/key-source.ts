import { createLocalJWKSet, type LocalJWKSet } from "jose";

/** Where the public keys of an issuer come from. */
export interface KeySource {
  /**
   * The keys as they are known now.
   *
   * @throws {Refused} IDENTITY_UNAVAILABLE if there are none that may still be relied on.
   */
  current(): Promise<LocalJWKSet>;
  /** Keys that are newer than those, for a token whose key is not among them; undefined if it is too early to ask again, or nobody answers. */
  newer(known: LocalJWKSet): Promise<LocalJWKSet | undefined>;
}

/** The largest key set, in bytes. */
export const MAX_KEY_SET_BYTES = 256 * 1024;

/** The most keys in a set. */
const MAX_KEYS = 100;

/**
 * A key set as an issuer publishes it (RFC 7517, section 5). Shared secrets are left out: no algorithm here is for them.
 *
 * @throws {Error} if it is none, in words for an operator.
 */
export function parseKeySet(text: string): LocalJWKSet {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new Error("it is not JSON", { cause });
  }
  const listed: unknown = typeof value === "object" && value !== null && "keys" in value ? value.keys : undefined;
  if (!Array.isArray(listed)) throw new Error('it is not a key set: it has no list of "keys"');
  if (listed.length > MAX_KEYS) throw new Error(`it has more than ${MAX_KEYS} keys`);
  const keys = listed.filter(isPublicKey);
  if (keys.length === 0) throw new Error("it has no public key");
  return createLocalJWKSet({ keys });
}

function isPublicKey(key: unknown): boolean {
  return typeof key === "object" && key !== null && "kty" in key && typeof key.kty === "string" && key.kty !== "oct";
}

/** Keys that do not change until they are read anew. */
export function createFixedKeys(keys: LocalJWKSet): KeySource {
  return { current: async () => keys, newer: async () => undefined };
}
