import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { Digest, Instant } from "../domain/ids.ts";
import { type PublicKey, readPublicKey } from "../evidence/public-key.ts";
import { writeDurably } from "../files/write-durably.ts";
import { UnusableKey } from "./unusable-key.ts";

/** The public half of a key that a server signs with, or signed with. */
export interface ServerKey {
  readonly keyId: Digest;
  readonly publicKey: Uint8Array;
  /** Since when the server has signed with it. */
  readonly notBefore: Instant;
  /** When it was retired; undefined: the server signs with it. */
  readonly notAfter: Instant | undefined;
}

const schema = z.strictObject({
  keys: z.array(
    z.strictObject({ publicKey: z.base64(), notBefore: z.iso.datetime(), notAfter: z.iso.datetime().optional() }),
  ),
});

/** The keys on record in a data directory, the one in use first, then the latest retired first; none before the first start. */
export function recordedKeys(directory: string): readonly ServerKey[] {
  const file = recordFile(directory);
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw new UnusableKey(`the record of keys ${file} cannot be read: ${(error as NodeJS.ErrnoException).code}`, {
      cause: error,
    });
  }
  try {
    return schema.parse(JSON.parse(text)).keys.map(({ publicKey, notBefore, notAfter }) => {
      const key = readPublicKey(new Uint8Array(Buffer.from(publicKey, "base64")));
      if ("problem" in key) throw new Error(key.problem);
      return {
        keyId: key.keyId,
        publicKey: key.bytes,
        notBefore: Date.parse(notBefore),
        notAfter: notAfter === undefined ? undefined : Date.parse(notAfter),
      };
    });
  } catch (cause) {
    throw new UnusableKey(
      `${file} does not hold the record of this server's keys: restore it from a backup, or read docs/operations.md before you delete it`,
      { cause },
    );
  }
}

/** The record with a key in use from a moment on, and the one before it retired. */
export function withKeyInUse(
  keys: readonly ServerKey[],
  { keyId, bytes }: PublicKey,
  now: Instant,
): readonly ServerKey[] {
  const retired = keys.map((key) => ({ ...key, notAfter: key.notAfter ?? now }));
  return [{ keyId, publicKey: bytes, notBefore: now, notAfter: undefined }, ...retired];
}

export function writeRecord(directory: string, keys: readonly ServerKey[]): void {
  const written = keys.map(({ publicKey, notBefore, notAfter }) => ({
    publicKey: Buffer.from(publicKey).toString("base64"),
    notBefore: new Date(notBefore).toISOString(),
    ...(notAfter === undefined ? {} : { notAfter: new Date(notAfter).toISOString() }),
  }));
  writeDurably(recordFile(directory), `${JSON.stringify({ keys: written }, undefined, 2)}\n`);
}

function recordFile(directory: string): string {
  return join(keyDirectory(directory), "public-keys.json");
}

/** Where a data directory has its keys. */
export function keyDirectory(directory: string): string {
  return join(directory, "signing");
}
