import type { DsseEnvelope } from "../domain/dsse-envelope.ts";
import type { Digest } from "../domain/ids.ts";
import { isSignedBy, type PublicKey } from "./public-key.ts";

/** Whoever can sign. */
export interface Signer {
  readonly keyId: Digest;
  /** The Ed25519 signature, 64 bytes. */
  readonly sign: (message: Uint8Array) => Uint8Array;
}

/** The payload type of every envelope of ours: an in-toto Statement (https://github.com/in-toto/attestation, DSSE's own media type for it). */
export const PAYLOAD_TYPE = "application/vnd.in-toto+json";

/** What DSSE signs: its pre-authentication encoding, version 1 (https://github.com/secure-systems-lab/dsse, protocol.md). Lengths count bytes. */
export function preAuthEncoding(payloadType: string, payload: Uint8Array): Uint8Array {
  const encoder = new TextEncoder();
  const type = encoder.encode(payloadType);
  const head = encoder.encode(`DSSEv1 ${type.length} ${payloadType} ${payload.length} `);
  const encoded = new Uint8Array(head.length + payload.length);
  encoded.set(head);
  encoded.set(payload, head.length);
  return encoded;
}

/** An envelope with one signature. */
export function signEnvelope(statement: string, { keyId, sign }: Signer): DsseEnvelope {
  const payload = new TextEncoder().encode(statement);
  const sig = sign(preAuthEncoding(PAYLOAD_TYPE, payload));
  return { payload, payloadType: PAYLOAD_TYPE, signatures: [{ keyid: keyId, sig }] };
}

/**
 * The first of the keys by which a signature of the envelope is good; undefined if there is none.
 *
 * The key ids in an envelope are hints of whoever made it: they choose no key here, they spare no key from being tried.
 */
export function signerOf<Key extends PublicKey>(envelope: DsseEnvelope, keys: Iterable<Key>): Key | undefined {
  const message = preAuthEncoding(envelope.payloadType, envelope.payload);
  for (const key of keys) if (envelope.signatures.some(({ sig }) => isSignedBy(key, message, sig))) return key;
  return undefined;
}
