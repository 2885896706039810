import { createHash } from "node:crypto";
import { privateKeyOf } from "../../../src/signing/private-key.ts";
import type { SigningKey } from "../../support/signing-key.ts";

/** Keys that are the same each time, so that what they sign is: the secret is the SHA-256 of a text that everybody can read. Nobody may ever trust them. */
function keyOf(name: string): SigningKey {
  const secret = createHash("sha256").update(`nexus-attest threat matrix: ${name}`).digest("hex");
  const der = Buffer.from(`302e020100300506032b657004220420${secret}`, "hex").toString("base64");
  const key = privateKeyOf(Buffer.from(`-----BEGIN PRIVATE KEY-----\n${der}\n-----END PRIVATE KEY-----\n`));
  if ("problem" in key) throw new Error(key.problem);
  return { key: key.publicKey, signer: key.signer };
}

export const SERVER = keyOf("the server");
export const ROUTER = keyOf("the router");
/** A key of the forger's own, which nobody believes. */
export const MALLORY = keyOf("mallory");

export const APPROVERS: Readonly<Record<string, SigningKey>> = Object.fromEntries(
  ["carol", "dave", "erin", "frank", "grace"].map((name) => [`${name}@example.com`, keyOf(name)]),
);
