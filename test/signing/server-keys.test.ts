import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createDurably } from "../../src/files/write-durably.ts";
import { recordedKeys } from "../../src/signing/key-record.ts";
import { makePrivateKey } from "../../src/signing/private-key.ts";
import { openServerKeys, rotateServerKey } from "../../src/signing/server-keys.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

const [NOW, LATER, LAST] = [1_000_000, 2_000_000, 3_000_000];
const keyPath = (directory: string) => join(directory, "signing", "key.pem");
const recordPath = (directory: string) => join(directory, "signing", "public-keys.json");

function newKeyFile(): string {
  const file = join(temporaryDirectory(), "key.pem");
  makePrivateKey((pem) => createDurably(file, pem));
  return file;
}

describe("a server's key", () => {
  test("is made at the first start, for its owner alone, and is the same at the next", () => {
    const directory = temporaryDirectory();
    const { signer, keys } = openServerKeys(directory, { now: NOW });
    expect(keys).toMatchObject([{ keyId: signer.keyId, notBefore: NOW, notAfter: undefined }]);
    expect(statSync(join(directory, "signing")).mode & 0o777).toBe(0o700);
    expect(statSync(keyPath(directory)).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(directory, "signing"))).toEqual(["key.pem", "public-keys.json"]);
    expect(openServerKeys(directory, { now: LATER }).keys).toEqual(keys);
    expect(openServerKeys(temporaryDirectory(), { now: NOW }).signer.keyId).not.toBe(signer.keyId);
  });

  test("is retired when another is made, and stays on record", () => {
    const directory = temporaryDirectory();
    const first = openServerKeys(directory, { now: NOW }).signer.keyId;
    const [current] = rotateServerKey(directory, LATER);
    const { signer, keys } = openServerKeys(directory, { now: LAST });
    expect(signer.keyId).toBe(current?.keyId);
    expect(keys).toMatchObject([
      { keyId: signer.keyId, notBefore: LATER, notAfter: undefined },
      { keyId: first, notBefore: NOW, notAfter: LATER },
    ]);
    rotateServerKey(directory, LAST);
    expect(recordedKeys(directory).map(({ notAfter }) => notAfter)).toEqual([undefined, LAST, LATER]);
  });

  test("that was made by a rotation cut short is put on record at the next start", () => {
    const directory = temporaryDirectory();
    const first = openServerKeys(directory, { now: NOW }).signer.keyId;
    const record = readFileSync(recordPath(directory));
    rotateServerKey(directory, LATER);
    writeFileSync(recordPath(directory), record);
    const { signer, keys } = openServerKeys(directory, { now: LAST });
    expect(keys).toMatchObject([
      { keyId: signer.keyId, notBefore: LAST },
      { keyId: first, notAfter: LAST },
    ]);
  });

  test("survives a crash while it was being written", () => {
    const directory = temporaryDirectory();
    mkdirSync(join(directory, "signing"), { mode: 0o700 });
    writeFileSync(`${keyPath(directory)}.new`, "-----BEGIN");
    const { signer } = openServerKeys(directory, { now: NOW });
    expect(openServerKeys(directory, { now: NOW }).signer.keyId).toBe(signer.keyId);
    expect(existsSync(`${keyPath(directory)}.new`)).toBe(false);
  });

  test("may be given by file: a new one there retires the old one at the next start", () => {
    const directory = temporaryDirectory();
    const [one, two] = [newKeyFile(), newKeyFile()];
    const first = openServerKeys(directory, { keyFile: one, now: NOW }).signer.keyId;
    expect(existsSync(keyPath(directory))).toBe(false);
    const { signer, keys } = openServerKeys(directory, { keyFile: two, now: LATER });
    expect(keys).toMatchObject([{ keyId: signer.keyId }, { keyId: first, notAfter: LATER }]);
    expect(() => openServerKeys(directory, { keyFile: one, now: LAST })).toThrow(
      /was retired at .* nexus-attest keys new/,
    );
  });

  test("that is gone is not replaced in silence", () => {
    const directory = temporaryDirectory();
    openServerKeys(directory, { now: NOW });
    rmSync(keyPath(directory));
    expect(() => openServerKeys(directory, { now: LATER })).toThrow(/is gone: restore it/);
    expect(existsSync(keyPath(directory))).toBe(false);
    rotateServerKey(directory, LAST);
    expect(openServerKeys(directory, { now: LAST }).keys).toHaveLength(2);
  });

  test("is refused where others could have put it", () => {
    const directory = temporaryDirectory();
    openServerKeys(directory, { now: NOW });
    chmodSync(join(directory, "signing"), 0o770);
    expect(() => openServerKeys(directory, { now: NOW })).toThrow(/chmod 700/);
    chmodSync(join(directory, "signing"), 0o700);
    chmodSync(keyPath(directory), 0o640);
    expect(() => openServerKeys(directory, { now: NOW })).toThrow(/chmod 600/);
    rmSync(keyPath(directory));
    for (const target of [newKeyFile(), "/nowhere"]) {
      symlinkSync(target, keyPath(directory));
      expect(() => openServerKeys(directory, { now: NOW })).toThrow(/it is a symbolic link/);
      rmSync(keyPath(directory));
    }
    const linked = temporaryDirectory();
    symlinkSync(join(directory, "signing"), join(linked, "signing"));
    expect(() => openServerKeys(linked, { now: NOW })).toThrow(/is not a directory/);
  });

  test.each(["", "{}", '{"keys":[{"publicKey":"AAAA","notBefore":"2026-01-01T00:00:00Z"}]}', '{"keys":[],"more":1}'])(
    "is not put on a record that is damaged: %s",
    (text) => {
      const directory = temporaryDirectory();
      openServerKeys(directory, { now: NOW });
      writeFileSync(recordPath(directory), text);
      expect(() => openServerKeys(directory, { now: NOW })).toThrow(/does not hold the record of this server's keys/);
      expect(() => rotateServerKey(directory, NOW)).toThrow(/does not hold the record/);
      expect(readFileSync(recordPath(directory), "utf8")).toBe(text);
    },
  );
});
