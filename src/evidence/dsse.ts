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

/** Most signatures of an envelope that are looked at. */
export const MAX_SIGNATURES = 8;

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

/** Why an envelope is not one that says exactly this statement; undefined if it is. Whether anybody signed it is another question. */
export function misstatement(envelope: DsseEnvelope, statement: string): string | undefined {
  if (envelope.payloadType !== PAYLOAD_TYPE) return `its payload type is not ${PAYLOAD_TYPE}`;
  if (!isSameBytes(envelope.payload, new TextEncoder().encode(statement)))
    return "its payload is not, to the byte, the statement that follows from the evidence";
  const { length } = envelope.signatures;
  if (length === 0) return "it holds no signature";
  return length > MAX_SIGNATURES ? `it holds ${length} signatures; at most ${MAX_SIGNATURES} are looked at` : undefined;
}

/**
 * The first of the keys by which a signature of the envelope is good; undefined if there is none.
 *
 * The key ids in an envelope are hints of whoever made it: they spare none from being tried, and do not choose among several signers. A single signature is good
 * by one key, so that the key which is named is tried first. (A server's have to be right; check-server-signature.ts sees to it.)
 */
export function signerOf<Key extends PublicKey>(
  { payload, payloadType, signatures }: DsseEnvelope,
  keys: readonly Key[],
): Key | undefined {
  const message = preAuthEncoding(payloadType, payload);
  const ordered = signatures.length === 1 ? namedFirst(keys, signatures[0]?.keyid) : keys;
  return ordered.find((key) => signatures.some(({ sig }) => isSignedBy(key, message, sig)));
}

function namedFirst<Key extends PublicKey>(keys: readonly Key[], name: string | undefined): readonly Key[] {
  const isNamed = ({ keyId }: Key) => keyId === name;
  return [...keys.filter(isNamed), ...keys.filter((key) => !isNamed(key))];
}

function isSameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
