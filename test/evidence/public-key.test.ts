import { createHash, generateKeyPairSync } from "node:crypto";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isSignedBy, type PublicKey, readPublicKey } from "../../src/evidence/public-key.ts";

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, "hex"));

function keyOf(hex: string): PublicKey {
  const read = readPublicKey(bytes(hex));
  if ("problem" in read) throw new Error(read.problem);
  return read;
}

/** RFC 8032, section 7.1, tests 1 to 3. */
const VECTORS = [
  {
    key: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    message: "",
    signature:
      "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
  },
  {
    key: "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
    message: "72",
    signature:
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
  },
  {
    key: "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
    message: "af82",
    signature:
      "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
  },
];

describe("a public key", () => {
  test.each(VECTORS)("verifies the vector of RFC 8032 with message '$message'", ({ key, message, signature }) => {
    expect(isSignedBy(keyOf(key), bytes(message), bytes(signature))).toBe(true);
  });

  test.each(VECTORS)("no bit of that signature, of its message '$message' or of the key can be turned", (vector) => {
    const signature = bytes(vector.signature);
    for (let bit = 0; bit < signature.length * 8; bit++)
      expect(isSignedBy(keyOf(vector.key), bytes(vector.message), turned(signature, bit))).toBe(false);
    expect(isSignedBy(keyOf(vector.key), bytes(`${vector.message}00`), signature)).toBe(false);
    for (let bit = 0; bit < 256; bit++) {
      const other = readPublicKey(turned(bytes(vector.key), bit));
      if ("problem" in other) continue;
      expect(isSignedBy(other, bytes(vector.message), signature)).toBe(false);
    }
  });

  test("takes a signature whose R is the neutral element, in its one encoding, whatever OpenSSL does", () => {
    const [vector] = VECTORS;
    const neutral = `01${"00".repeat(31)}`;
    // Made with TEST 1's secret: R = [0]B, S = k * secret.
    const s = "b09c30a2ed99004cf6c4ca1fd376dfcdb3d05707208cb177882c3c9fad17ae0a";
    const isGood = (signature: string, message = "neutral R") =>
      isSignedBy(keyOf(vector?.key ?? ""), new TextEncoder().encode(message), bytes(signature));
    expect(isGood(`${neutral}${s}`)).toBe(true);
    expect(isGood(`${neutral}${s}`, "another message")).toBe(false);
    expect(isGood(`${neutral}${s}00`)).toBe(false);
    expect(
      isGood(`${neutral}9d7026ff07fd12a4cc61c2c2b170bee2b3d05707208cb177882c3c9fad17ae1a`),
      "S and the group's order",
    ).toBe(false);
    expect(
      isGood(
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f35360161dbd86a6297bd42098a73b6959af3b625b5054df32946d3651ede9602",
      ),
      "y = p + 1",
    ).toBe(false);
    expect(
      isGood(
        "01000000000000000000000000000000000000000000000000000000000000800a67abfaa4030f76d87260b4f536e359451523934d7c9d5c064f00ce032a4b08",
      ),
      "x = 0 with a sign",
    ).toBe(false);
  });

  test("has the id that openssl's DER hashes to", () => {
    const { publicKey } = generateKeyPairSync("ed25519");
    const spki = publicKey.export({ format: "der", type: "spki" });
    const key = readPublicKey(spki.subarray(12));
    expect(key).toHaveProperty("keyId", `sha256:${createHash("sha256").update(spki).digest("hex")}`);
  });

  test.each([
    ["the neutral element", "0100000000000000000000000000000000000000000000000000000000000000"],
    ["the point of order 2", "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"],
    ["a point of order 4", "0000000000000000000000000000000000000000000000000000000000000000"],
    ["the other point of order 4", "0000000000000000000000000000000000000000000000000000000000000080"],
    ["a point of order 8", "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"],
    ["its negative", "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85"],
    ["another point of order 8", "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"],
    ["that one's negative", "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa"],
  ])("%s is refused as one of small order", (_, hex) => {
    expect(readPublicKey(bytes(hex))).toEqual({ problem: expect.stringContaining("small order") });
  });

  test.each([
    ["y = p, which is 0", "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"],
    ["y = p + 1, which is 1", "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"],
    ["x = 0 with a sign", "0100000000000000000000000000000000000000000000000000000000000080"],
    ["2^255 - 1", "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"],
    ["no point at all", "0200000000000000000000000000000000000000000000000000000000000000"],
  ])("%s is refused as not canonical", (_, hex) => {
    expect(readPublicKey(bytes(hex))).toEqual({ problem: expect.stringContaining("canonical") });
  });

  test("a good key with a point of order 8 added is refused", async () => {
    const { ed25519 } = await import("@noble/curves/ed25519.js");
    const { Point } = ed25519;
    const order8 = Point.fromBytes(bytes("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"));
    const mixed = Point.BASE.add(order8).toBytes();
    expect(readPublicKey(mixed)).toEqual({ problem: expect.stringContaining("prime-order") });
  });

  test("any other length is refused", () => {
    for (const length of [0, 31, 33, 64])
      expect(readPublicKey(new Uint8Array(length))).toEqual({ problem: expect.stringContaining(`not ${length}`) });
  });

  test("a signature of any length and content is judged, never thrown at", () => {
    const key = keyOf(VECTORS[0]?.key ?? "");
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.uint8Array(), (signature, message) => {
        expect(isSignedBy(key, message, signature)).toBe(false);
      }),
    );
  });
});

function turned(original: Uint8Array, bit: number): Uint8Array {
  const copy = original.slice();
  copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return copy;
}
