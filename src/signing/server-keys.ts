import { existsSync, lstatSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Digest, Instant } from "../domain/ids.ts";
import type { Signer } from "../evidence/dsse.ts";
import { syncDirectory, writeDurably } from "../files/write-durably.ts";
import { keyDirectory, recordedKeys, type ServerKey, withKeyInUse, writeRecord } from "./key-record.ts";
import { makePrivateKey, type PrivateKey } from "./private-key.ts";
import { readPrivateKeyFile } from "./private-key-file.ts";
import { UnusableKey } from "./unusable-key.ts";

/** What a server signs with, and the public keys of all it ever signed with. */
export interface ServerKeys {
  readonly signer: Signer;
  /** The one in use first, then the latest retired first. */
  readonly keys: readonly ServerKey[];
}

/**
 * The keys of the server that has a data directory, which has to be locked for it. The first start makes a private key there, unless one is given.
 *
 * The record of public keys follows the private key: a key that is not on record yet is in use from now on, and retires the one before.
 *
 * @param options.keyFile the private key, if it is kept elsewhere.
 * @param options.rotate called if one key takes the place of another, to do it.
 * @throws {UnusableKey}
 */
export function openServerKeys(
  directory: string,
  options: {
    readonly keyFile?: string | undefined;
    readonly now: Instant;
    readonly rotate?: (
      rotation: { readonly retired: Digest; readonly keyId: Digest },
      rotate: () => readonly ServerKey[],
    ) => readonly ServerKey[];
  },
): ServerKeys {
  const { keyFile, now, rotate = (_, change) => change() } = options;
  const known = recordedKeys(directory);
  makeKeyDirectory(directory);
  const { signer, publicKey } =
    keyFile === undefined ? ownKey(directory, known) : readPrivateKeyFile(keyFile, { mayBeLink: true });
  const found = known.find(({ keyId }) => keyId === publicKey.keyId);
  if (found?.notAfter !== undefined)
    throw new UnusableKey(
      `the key ${found.keyId} was retired at ${new Date(found.notAfter).toISOString()}, and trust policies say so: put a new one in its place, made with nexus-attest keys ${keyFile === undefined ? "rotate" : "new"}`,
    );
  if (found !== undefined) return { signer, keys: known };
  const [inUse] = known;
  const take = () => putOnRecord(directory, withKeyInUse(known, publicKey, now));
  return {
    signer,
    keys: inUse === undefined ? take() : rotate({ retired: inUse.keyId, keyId: publicKey.keyId }, take),
  };
}

/**
 * Makes a new private key in a data directory that is locked, and retires the one in use. The private key comes first: cut short after it, the next start puts
 * it on record.
 */
export function rotateServerKey(directory: string, now: Instant): readonly ServerKey[] {
  const known = recordedKeys(directory);
  makeKeyDirectory(directory);
  const { publicKey } = makePrivateKey((pem) => writeDurably(privateKeyFile(directory), pem));
  return putOnRecord(directory, withKeyInUse(known, publicKey, now));
}

function putOnRecord(directory: string, keys: readonly ServerKey[]): readonly ServerKey[] {
  writeRecord(directory, keys);
  return keys;
}

function ownKey(directory: string, known: readonly ServerKey[]): PrivateKey {
  const file = privateKeyFile(directory);
  // A link that leads nowhere is there, too, and not followed.
  if (existsSync(file) || isLink(file)) return readPrivateKeyFile(file, { mayBeLink: false });
  if (known.length > 0)
    throw new UnusableKey(
      `the private key ${file} is gone: restore it from a backup, name it by signing.keyFile, or make a new one with nexus-attest keys rotate`,
    );
  return makePrivateKey((pem) => writeDurably(file, pem));
}

function isLink(file: string): boolean {
  return lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}

/** Nobody else may put a key of theirs in the place of ours. */
function makeKeyDirectory(directory: string): void {
  const keys = keyDirectory(directory);
  if (mkdirSync(keys, { recursive: true, mode: 0o700 }) !== undefined) syncDirectory(directory);
  const found = lstatSync(keys);
  if (!found.isDirectory()) throw new UnusableKey(`${keys} is not a directory`);
  if (process.getuid !== undefined && (found.mode & 0o077) !== 0)
    throw new UnusableKey(
      `others than its owner may use the directory ${keys}, in which the server's key is: chmod 700 ${keys}`,
    );
}

function privateKeyFile(directory: string): string {
  return join(keyDirectory(directory), "key.pem");
}
