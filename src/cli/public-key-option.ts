import { createPublicKey, type KeyObject } from "node:crypto";
import { readFileSync } from "node:fs";
import { PUBLIC_KEY_BYTES } from "../evidence/public-key.ts";
import { UsageError, unreadable } from "./failure.ts";

/** The bytes of a public key, given in one of two ways. Whether it can be believed is the server's to say. */
export function publicKeyFrom(given: {
  readonly typed: string | undefined;
  readonly file: string | undefined;
}): Uint8Array {
  const { typed, file } = given;
  if ((typed === undefined) === (file === undefined)) throw new UsageError("say either --public-key or --pem");
  if (file !== undefined) return fromPem(file);
  const bytes = Buffer.from(typed ?? "", "base64");
  if (bytes.length !== PUBLIC_KEY_BYTES || bytes.toString("base64") !== typed)
    throw new UsageError(`--public-key: got "${typed}", wants ${PUBLIC_KEY_BYTES} bytes in base64`);
  return bytes;
}

function fromPem(file: string): Uint8Array {
  let pem: Buffer;
  try {
    pem = readFileSync(file);
  } catch (cause) {
    throw unreadable(file, cause);
  }
  // A private key would be read as well, and its owner should hear that it was named here.
  if (pem.includes("PRIVATE KEY"))
    throw new UsageError(`${file} holds a private key, which nobody else needs: openssl pkey -in ${file} -pubout`);
  let key: KeyObject;
  try {
    key = createPublicKey({ key: pem, format: "pem" });
  } catch (cause) {
    throw new UsageError(`${file} is no public key in PEM`, { cause });
  }
  if (key.asymmetricKeyType !== "ed25519")
    throw new UsageError(`${file} is a key for ${key.asymmetricKeyType}, not for ed25519`);
  return key.export({ format: "der", type: "spki" }).subarray(-PUBLIC_KEY_BYTES);
}
