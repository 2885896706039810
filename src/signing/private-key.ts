import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import type { Signer } from "../evidence/dsse.ts";
import { type PublicKey, readPublicKey } from "../evidence/public-key.ts";

/** A private key to sign with. The key itself is out of reach, for JSON, logs and the code around it. */
export interface PrivateKey {
  readonly signer: Signer;
  readonly publicKey: PublicKey;
}

/** Takes a private key for signing, or says why not. */
export function privateKeyOf(pem: Buffer): PrivateKey | { readonly problem: string } {
  const labels = labelsIn(pem);
  const [label = ""] = labels;
  if (labels.length !== 1) return { problem: `it holds ${labels.length} PEM blocks, not one` };
  if (label === "ENCRYPTED PRIVATE KEY")
    return {
      problem:
        "it is encrypted, and a server that starts has nobody to ask for the words: openssl pkey -in FILE -out PLAIN",
    };
  if (label !== "PRIVATE KEY")
    return { problem: `it holds a ${label} in place of a PRIVATE KEY: openssl genpkey -algorithm ed25519 makes one` };
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: pem, format: "pem" });
  } catch {
    // Without what the library says: it has the key at hand.
    return { problem: "it is no private key in PKCS#8" };
  }
  if (key.asymmetricKeyType !== "ed25519")
    return { problem: `it is a key for ${key.asymmetricKeyType}, not for ed25519` };
  return fromKeyObject(key);
}

/** Makes a private key, and hands its PEM to whoever keeps it. The bytes are gone when this returns. */
export function makePrivateKey(keep: (pem: Uint8Array) => void): PrivateKey {
  const { privateKey } = generateKeyPairSync("ed25519");
  const der = privateKey.export({ format: "der", type: "pkcs8" });
  const pem = Buffer.from(`-----BEGIN PRIVATE KEY-----\n${der.toString("base64")}\n-----END PRIVATE KEY-----\n`);
  try {
    keep(pem);
  } finally {
    der.fill(0);
    pem.fill(0);
  }
  return fromKeyObject(privateKey);
}

function fromKeyObject(key: KeyObject): PrivateKey {
  const spki = createPublicKey(key).export({ format: "der", type: "spki" });
  const publicKey = readPublicKey(new Uint8Array(spki.subarray(-32)));
  if ("problem" in publicKey) throw new Error(`a private key has no public key: ${publicKey.problem}`);
  return { publicKey, signer: { keyId: publicKey.keyId, sign: (message) => sign(null, message, key) } };
}

/** What the blocks of a PEM file are said to be; no text is made of what is in them. */
function labelsIn(pem: Buffer): readonly string[] {
  const begin = "-----BEGIN ";
  const labels: string[] = [];
  for (let at = pem.indexOf(begin); at >= 0; at = pem.indexOf(begin, at + 1)) {
    const end = pem.indexOf("-----", at + begin.length);
    const label = pem.toString("latin1", at + begin.length, Math.min(end, at + begin.length + 40));
    labels.push(label.replace(/[^A-Z0-9 ]/g, "?"));
  }
  return labels;
}
