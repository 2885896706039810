import { createPublicKey, type KeyObject, verify } from "node:crypto";
import { ed25519 } from "@noble/curves/ed25519.js";
import type { Digest } from "../domain/ids.ts";
import { digestOf } from "./digest.ts";

/** An Ed25519 public key (RFC 8032) that is safe to believe. */
export interface PublicKey {
  /** 32 bytes. */
  readonly bytes: Uint8Array;
  /** `sha256:<hex>` of its SubjectPublicKeyInfo in DER: what `openssl pkey -pubin -outform DER | sha256sum` prints. */
  readonly keyId: Digest;
}

/** Length of a public key, in bytes. */
export const PUBLIC_KEY_BYTES = 32;

const SIGNATURE_BYTES = 64;

/** The DER of every Ed25519 SubjectPublicKeyInfo up to the key itself (RFC 8410, section 4). */
const SPKI_PREFIX = Uint8Array.from([0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00]);

/**
 * Takes bytes for a public key, or says why not.
 *
 * Refuses what RFC 8032, section 5.1.3 does not decode, points of small order, whose "signatures" hold for messages that nobody signed, and points with
 * a part of small order, with which two verifiers may disagree.
 */
export function readPublicKey(bytes: Uint8Array): PublicKey | { readonly problem: string } {
  if (bytes.length !== PUBLIC_KEY_BYTES)
    return { problem: `an Ed25519 public key has ${PUBLIC_KEY_BYTES} bytes, not ${bytes.length}` };
  let point: ReturnType<typeof ed25519.Point.fromBytes>;
  try {
    point = ed25519.Point.fromBytes(bytes);
  } catch {
    return { problem: "it is not a point of the curve in canonical form" };
  }
  if (point.isSmallOrder()) return { problem: "it is a point of small order: anybody could sign for it" };
  if (!point.isTorsionFree()) return { problem: "it is not a point of the prime-order subgroup" };
  // A copy: of a Buffer, slice() would give the same memory once more.
  return { bytes: new Uint8Array(bytes), keyId: digestOf(spkiOf(bytes)) };
}

/**
 * Whether a signature of a message is good by a key (RFC 8032, section 5.1.7). Never throws.
 *
 * OpenSSL 3.0 takes an R that is the neutral element and OpenSSL 3.5 does not, so that one is left to a library that does not change under us. To a key without
 * a part of small order it is the only R of small order that can hold, and whether both sides are multiplied by the cofactor makes no difference.
 */
export function isSignedBy({ bytes }: PublicKey, message: Uint8Array, signature: Uint8Array): boolean {
  if (signature.length === SIGNATURE_BYTES && hasNeutralR(signature))
    return ed25519.verify(signature, message, bytes, { zip215: false });
  return verify(null, message, keyObjectOf(bytes), signature);
}

function hasNeutralR(signature: Uint8Array): boolean {
  return signature.subarray(0, PUBLIC_KEY_BYTES).every((byte, index) => byte === (index === 0 ? 1 : 0));
}

/** Its SubjectPublicKeyInfo in DER. */
export function spkiOf(bytes: Uint8Array): Uint8Array {
  const spki = new Uint8Array(SPKI_PREFIX.length + PUBLIC_KEY_BYTES);
  spki.set(SPKI_PREFIX);
  spki.set(bytes, SPKI_PREFIX.length);
  return spki;
}

/** By the very bytes, which nobody else holds: a key that is tried often is taken apart once. */
const keyObjects = new WeakMap<Uint8Array, KeyObject>();

function keyObjectOf(bytes: Uint8Array): KeyObject {
  const known = keyObjects.get(bytes);
  if (known !== undefined) return known;
  // Node takes any bytes; its declarations know of Buffers only.
  const made = createPublicKey({ key: spkiOf(bytes) as Buffer, format: "der", type: "spki" });
  keyObjects.set(bytes, made);
  return made;
}
