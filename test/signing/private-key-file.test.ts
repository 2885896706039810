import { execFileSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { chmodSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { isSignedBy } from "../../src/evidence/public-key.ts";
import { createDurably } from "../../src/files/write-durably.ts";
import { makePrivateKey } from "../../src/signing/private-key.ts";
import { readPrivateKeyFile } from "../../src/signing/private-key-file.ts";
import { UnusableKey } from "../../src/signing/unusable-key.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

const message = new TextEncoder().encode("a message");

function keyFile(content?: string, mode = 0o600): string {
  const file = join(temporaryDirectory(), "key.pem");
  if (content === undefined) makePrivateKey((pem) => createDurably(file, pem));
  else writeFileSync(file, content);
  chmodSync(file, mode);
  return file;
}

const read = (file: string, mayBeLink = false) => readPrivateKeyFile(file, { mayBeLink });

/** RFC 8032, section 7.1, TEST 3. */
const RFC_8032 = {
  secret: "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
  public: "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
  message: "af82",
  signature:
    "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
};

describe("a private key", () => {
  test("is made for its owner alone, and signs by the public key that it tells", () => {
    const file = keyFile();
    const { signer, publicKey } = read(file);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(signer.keyId).toBe(publicKey.keyId);
    expect(isSignedBy(publicKey, message, signer.sign(message))).toBe(true);
    expect(signer.sign(message)).toEqual(signer.sign(message));
    expect(keyFileText(file)).not.toBe(keyFileText(keyFile()));
  });

  test("is what openssl reads and writes, with the same key id", () => {
    const ours = keyFile();
    const spki = execFileSync("openssl", ["pkey", "-in", ours, "-pubout", "-outform", "DER"]);
    const digest = execFileSync("openssl", ["dgst", "-sha256", "-r"], { input: spki }).toString().slice(0, 64);
    expect(read(ours).publicKey.keyId).toBe(`sha256:${digest}`);
    const theirs = keyFile(execFileSync("openssl", ["genpkey", "-algorithm", "ed25519"]).toString());
    expect(isSignedBy(read(theirs).publicKey, message, read(theirs).signer.sign(message))).toBe(true);
  });

  test("signs as RFC 8032 says", () => {
    const der = Buffer.from(`302e020100300506032b657004220420${RFC_8032.secret}`, "hex").toString("base64");
    const { signer, publicKey } = read(keyFile(`-----BEGIN PRIVATE KEY-----\n${der}\n-----END PRIVATE KEY-----\n`));
    expect(Buffer.from(publicKey.bytes).toString("hex")).toBe(RFC_8032.public);
    const signature = signer.sign(Buffer.from(RFC_8032.message, "hex"));
    expect(Buffer.from(signature).toString("hex")).toBe(RFC_8032.signature);
  });

  test("shows itself to nobody: in no printing of what signs with it, and in no error", () => {
    const file = keyFile();
    const secret = keyFileText(file).split("\n")[1] ?? "";
    const key = read(file);
    expect(`${JSON.stringify(key)}${inspect(key, { depth: 9, showHidden: true })}`).not.toContain(secret.slice(20, 40));
    writeFileSync(file, keyFileText(file).replace("MC4CAQAw", "MC4CAQAx"));
    expect(() => read(file)).toThrow(UnusableKey);
    try {
      read(file);
    } catch (error) {
      expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(secret.slice(20, 40));
    }
  });

  test("is not left in the bytes that it was made of", () => {
    let kept: Uint8Array = new Uint8Array();
    makePrivateKey((pem) => {
      expect(pem.some((byte) => byte !== 0)).toBe(true);
      kept = pem;
    });
    expect(kept.every((byte) => byte === 0)).toBe(true);
  });
});

describe("a file is no private key to sign with", () => {
  test.each([0o640, 0o604, 0o660, 0o644, 0o620, 0o601])("if others may use it: mode %o", (mode) => {
    const file = keyFile(undefined, mode);
    expect(() => read(file)).toThrow(`chmod 600 ${file}`);
  });

  test("behind a link, unless links are followed; then what counts is the file at their end", () => {
    const file = keyFile();
    const link = join(temporaryDirectory(), "link");
    symlinkSync(file, link);
    expect(() => read(link)).toThrow("it is a symbolic link");
    expect(read(link, true).publicKey).toEqual(read(file).publicKey);
    chmodSync(file, 0o644);
    expect(() => read(link, true)).toThrow("others than its owner may use it");
  });

  test("if it is a directory, a pipe or a device, which is not waited for", () => {
    const directory = join(temporaryDirectory(), "directory");
    mkdirSync(directory, { mode: 0o700 });
    const pipe = join(temporaryDirectory(), "pipe");
    execFileSync("mkfifo", ["-m", "600", pipe]);
    for (const file of [directory, pipe, "/dev/null"]) expect(() => read(file, true)).toThrow(/not a regular file/);
  });

  const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
  const ec = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
  const ed = generateKeyPairSync("ed25519");
  const plain = ed.privateKey.export({ format: "pem", type: "pkcs8" });
  const encrypted = ed.privateKey.export({ format: "pem", type: "pkcs8", cipher: "aes-256-cbc", passphrase: "secret" });

  test.each<[string, string, RegExp]>([
    ["nothing", "", /holds 0 PEM blocks/],
    ["a key of RSA", rsa.export({ format: "pem", type: "pkcs8" }), /a key for rsa, not for ed25519/],
    ["a key of another curve", ec.export({ format: "pem", type: "pkcs8" }), /a key for ec/],
    ["a key in a form of its own", ec.export({ format: "pem", type: "sec1" }), /EC PRIVATE KEY/],
    ["a public key", ed.publicKey.export({ format: "pem", type: "spki" }), /PUBLIC KEY in place of a PRIVATE KEY/],
    ["an encrypted key", encrypted, /it is encrypted/],
    ["two keys", plain + plain, /holds 2 PEM blocks/],
    ["a key cut short", plain.slice(0, 60), /no private key in PKCS#8/],
    ["more than a key", `${" ".repeat(20_000)}${plain}`, /larger than/],
  ])("if it holds %s", (_, content, why) => {
    const file = keyFile(content);
    expect(() => read(file)).toThrow(why);
    expect(() => read(file)).toThrow(file);
  });

  test("if there is none", () => {
    expect(() => read(join(temporaryDirectory(), "none"))).toThrow("there is no such file");
  });
});

function keyFileText(file: string): string {
  return readFileSync(file, "utf8");
}
