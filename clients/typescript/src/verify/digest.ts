import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { canonicalForm, type Given } from "./canonical.js";

/** The digest of a JSON value: of its canonical form, unknown fields included. */
export function digest(value: Given): string {
  return digestOfBytes(utf8ToBytes(canonicalForm(value)));
}

export function digestOfBytes(bytes: Uint8Array): string {
  return `sha256:${bytesToHex(sha256(bytes))}`;
}

export function isDigest(text: string): boolean {
  return /^sha256:[0-9a-f]{64}$/.test(text);
}

/** The 64 digits of a digest. */
export function digits(digest: string): string {
  return digest.slice("sha256:".length);
}
