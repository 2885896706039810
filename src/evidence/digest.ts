import { hash } from "node:crypto";
import type { Digest } from "../domain/ids.ts";

/** SHA-256 of the text's UTF-8 bytes, or of the bytes, as `sha256:<hex>`. */
export function digestOf(content: string | Uint8Array): Digest {
  return `sha256:${hash("sha256", content)}` as Digest;
}

/** Whether a string is a digest. */
export function isDigest(text: string): text is Digest {
  return /^sha256:[0-9a-f]{64}$/.test(text);
}
