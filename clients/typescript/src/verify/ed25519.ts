import { ed25519 } from "@noble/curves/ed25519.js";
import { bytesToNumberLE, concatBytes, equalBytes } from "@noble/curves/utils.js";
import { sha512 } from "@noble/hashes/sha2.js";
import { hexToBytes } from "@noble/hashes/utils.js";
import { digestOfBytes } from "./digest.js";

const { Point } = ed25519;
type Point = InstanceType<typeof Point>;
const ORDER = Point.Fn.ORDER;

/** What stands before the 32 bytes in a SubjectPublicKeyInfo (RFC 8410). */
const SPKI = hexToBytes("302a300506032b6570032100");

/** A key that is safe to believe. */
export interface PublicKey {
  readonly id: string;
  readonly bytes: Uint8Array;
  readonly point: Point;
}

/** The key that the bytes are, or in words why it is not safe to believe. */
export function publicKey(bytes: Uint8Array): PublicKey | string {
  if (bytes.length !== 32) return `it has ${bytes.length} bytes, not 32`;
  const point = decoded(bytes);
  if (point === undefined || !equalBytes(point.toBytes(), bytes)) return "it is not the one encoding of a point";
  if (point.isSmallOrder()) return "its point is of small order";
  if (!point.isTorsionFree()) return "its point is not in the prime-order subgroup";
  return { id: digestOfBytes(concatBytes(SPKI, bytes)), bytes, point };
}

/**
 * Whether a signature is good by a key. Not the library's `verify`, which multiplies both sides by the cofactor and so takes signatures that are no one's
 * encoding of R: here [S]B - [k]A has to be R to the byte, as docs/signatures.md wants it.
 */
export function isGood(key: PublicKey, message: Uint8Array, signature: Uint8Array): boolean {
  if (signature.length !== 64) return false;
  const r = signature.subarray(0, 32);
  const s = bytesToNumberLE(signature.subarray(32));
  if (s >= ORDER) return false;
  const k = bytesToNumberLE(sha512(concatBytes(r, key.bytes, message))) % ORDER;
  const found = Point.BASE.multiplyUnsafe(s).subtract(key.point.multiplyUnsafe(k));
  return equalBytes(found.toBytes(), r);
}

function decoded(bytes: Uint8Array): Point | undefined {
  try {
    return Point.fromBytes(bytes);
  } catch {
    return undefined;
  }
}
