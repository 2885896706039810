import { generateKeyPairSync, sign } from "node:crypto";
import type { Signer } from "../../src/evidence/dsse.ts";
import { type PublicKey, readPublicKey } from "../../src/evidence/public-key.ts";

export interface SigningKey {
  readonly key: PublicKey;
  readonly signer: Signer;
}

/** A new key, to sign with and to be believed. */
export function newSigningKey(): SigningKey {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const key = readPublicKey(publicKey.export({ format: "der", type: "spki" }).subarray(12));
  if ("problem" in key) throw new Error(key.problem);
  return { key, signer: { keyId: key.keyId, sign: (message) => sign(null, message, privateKey) } };
}
