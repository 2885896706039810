import { describe, expect, test } from "vitest";
import { MAX_TRUST_POLICY_BYTES, readTrustPolicy } from "../../src/evidence/read-trust-policy.ts";
import { newSigningKey } from "../support/signing-key.ts";
import type { Loose } from "./forgeries/forger.ts";
import { approverKey, routerKey, serverKey, trustText } from "./forgeries/signing.ts";

const [one, two] = [newSigningKey(), newSigningKey()];

describe("a trust policy", () => {
  test("says whom to believe, for how long, and what to insist on", () => {
    const policy = readTrustPolicy(
      trustText({
        serverKeys: [serverKey(one, { notAfter: "2027-01-01T00:00:00Z" })],
        approverKeys: [approverKey("erin", two, { revokedAt: "2026-06-01T00:00:00.5Z" })],
        routerKeys: [routerKey(["files"], two)],
        requiredChecks: ["server_signature"],
        notBefore: "2026-01-01T00:00:00Z",
      }),
    );
    expect(policy.serverKeys).toMatchObject([
      { name: "the server", keyId: one.key.keyId, notAfter: Date.UTC(2027, 0) },
    ]);
    expect(policy.approverKeys.get("HUMAN erin")).toMatchObject([{ revokedAt: Date.UTC(2026, 5, 1, 0, 0, 0, 500) }]);
    expect(policy.routerKeys[0]?.adapterIds).toEqual(new Set(["files"]));
    expect(policy).toMatchObject({
      requiredChecks: ["server_signature"],
      notBefore: Date.UTC(2026, 0),
      notAfter: undefined,
    });
  });

  test("counts the characters of a name as code points", () => {
    const named = (length: number) => trustText({ serverKeys: [serverKey(one, { name: "🛒".repeat(length) })] });
    expect(readTrustPolicy(named(256)).serverKeys).toHaveLength(1);
    expect(() => readTrustPolicy(named(257))).toThrow(/longer than 256 characters/);
  });

  test("may be any ProtoJSON of the message: white space, names as in the schema, empty lists", () => {
    const text = `{\n "policy_version": "nexus.attest/trust-policy/v1",\n "serverKeys": [] }\n`;
    expect(readTrustPolicy(text).serverKeys).toEqual([]);
  });

  const smallOrder = Buffer.alloc(32);
  const notCanonical = Buffer.from(`${"ff".repeat(31)}7f`, "hex");
  // The base point of RFC 8032 plus the point of order 2: a good point with a part of small order.
  const mixed = Buffer.from("9599999999999999999999999999999999999999999999999999999999999999", "hex");
  const publicKey = (bytes: Buffer) => ({ serverKeys: [{ publicKey: bytes.toString("base64") }] });

  test.each<[string, string, RegExp]>([
    ["nothing", "", /not JSON/],
    ["no object", "[]", /./],
    ["null", "null", /./],
    ["without a version", "{}", /policyVersion is not/],
    ["of another version", '{"policyVersion":"nexus.attest/trust-policy/v2"}', /policyVersion is not/],
    ["with a field that nobody knows", trustText({ trustEverybody: true }), /trustEverybody/],
    [
      "with one in a key",
      trustText({ serverKeys: [serverKey(one, { revokedAt: "2026-01-01T00:00:00Z" })] }),
      /revokedAt/,
    ],
    [
      "with a name twice",
      trustText({}).replace("{", '{"requiredChecks":["server_signature"],"requiredChecks":[],'),
      /a name stands twice/,
    ],
    [
      "with a name twice in a key",
      trustText({ serverKeys: [serverKey(one)] }).replace(
        '"name":',
        '"notAfter":"2020-01-01T00:00:00Z","notAfter":"2030-01-01T00:00:00Z","name":',
      ),
      /a name stands twice/,
    ],
    [
      "with a check that there is not",
      trustText({ requiredChecks: ["server_signatur"] }),
      /requiredChecks\[0\]: this verifier has no check "server_signatur"/,
    ],
    ["with a check of every object", trustText({ requiredChecks: ["toString"] }), /has no check/],
    ["that requires what is required", trustText({ requiredChecks: ["required_checks"] }), /cannot require itself/],
    ["with a check twice", trustText({ requiredChecks: ["format", "format"] }), /stands twice/],
    [
      "without a key's bytes",
      trustText({ serverKeys: [{ name: "x" }] }),
      /serverKeys\[0\]\.publicKey: an Ed25519 public key has 32 bytes, not 0/,
    ],
    ["with a key that is too long", trustText(publicKey(Buffer.alloc(33, 1))), /32 bytes, not 33/],
    ["with a key of small order", trustText(publicKey(smallOrder)), /small order/],
    ["with a key that is no point", trustText(publicKey(notCanonical)), /not a point of the curve in canonical form/],
    ["with a key outside the prime-order subgroup", trustText(publicKey(mixed)), /prime-order subgroup/],
    ["with a key that is no base64", trustText({ serverKeys: [{ publicKey: "?" }] }), /public_key/],
    [
      "with a key twice",
      trustText({ serverKeys: [serverKey(one), serverKey(two), serverKey(one)] }),
      /serverKeys\[2\]\.publicKey is that of serverKeys\[0\]/,
    ],
    [
      "with one key of two approvers",
      trustText({ approverKeys: [approverKey("erin", one), approverKey("frank", one)] }),
      /approverKeys\[1\]/,
    ],
    [
      "with an approver without an id",
      trustText({ approverKeys: [approverKey("", one)] }),
      /approverKeys\[0\]\.approver\.id is empty/,
    ],
    [
      "with no approver",
      trustText({ approverKeys: [{ ...approverKey("x", one), approver: undefined }] }),
      /approver is missing/,
    ],
    ["with a router for no adapter", trustText({ routerKeys: [routerKey([], one)] }), /adapterIds is empty/],
    ["with a router for an adapter twice", trustText({ routerKeys: [routerKey(["a", "a"], one)] }), /twice/],
    [
      "with bounds that nothing is within",
      trustText({ notBefore: "2026-01-01T00:00:00Z", notAfter: "2026-01-01T00:00:00Z" }),
      /notAfter is not after/,
    ],
    [
      "with a key that is never believed",
      trustText({
        approverKeys: [approverKey("x", one, { notBefore: "2026-01-01T00:00:00Z", revokedAt: "2025-01-01T00:00:00Z" })],
      }),
      /approverKeys\[0\]\.revokedAt is not after/,
    ],
    ["with a time that is none", trustText({ notBefore: "yesterday" }), /^notBefore: .*RFC 3339/],
    ...["2026-02-30T00:00:00Z", "2027-02-29T12:00:00.5Z", "2026-11-31T01:00:00+02:00", "2026-11-25T24:00:00Z"].map(
      (time): [string, string, RegExp] => [
        `with a time that there is not, ${time}`,
        trustText({ serverKeys: [serverKey(one, { notAfter: time })] }),
        /^serverKeys\[0\]\.notAfter: .* is no time that there is$/,
      ],
    ),
    [
      "with a time finer than milliseconds",
      trustText({ notBefore: "2026-01-01T00:00:00.0001Z" }),
      /whole milliseconds/,
    ],
    [
      "with a name that is too long",
      trustText({ serverKeys: [serverKey(one, { name: "x".repeat(257) })] }),
      /longer than 256/,
    ],
    [
      "with a name that is too long, of characters beyond U+FFFF",
      trustText({ serverKeys: [serverKey(one, { name: "🛒".repeat(257) })] }),
      /longer than 256/,
    ],
    ["that is too large", `${trustText({})}${" ".repeat(MAX_TRUST_POLICY_BYTES)}`, /larger than/],
    ["that is nested without end", `${"[".repeat(100_000)}${"]".repeat(100_000)}`, /./],
  ])("is not one %s", (_, text, why) => {
    expect(() => readTrustPolicy(text)).toThrow(why);
    expect(() => readTrustPolicy(text)).toThrow(expect.objectContaining({ name: "UnusableTrustPolicy" }));
  });

  test("may name a key in 256 characters, of whatever plane", () => {
    const name = "🛒".repeat(256);
    expect(readTrustPolicy(trustText({ serverKeys: [serverKey(one, { name })] })).serverKeys).toMatchObject([{ name }]);
  });

  test("has bounds, which are looked at before any key is", () => {
    const many = (count: number): Loose[] =>
      Array.from({ length: count }, (_, index) => ({
        publicKey: Buffer.from([...Array(30).fill(9), index >> 8, index & 255]).toString("base64"),
      }));
    expect(() => readTrustPolicy(trustText({ serverKeys: many(1001) }))).toThrow(
      "serverKeys holds 1001 keys; 1000 at most",
    );
  });
});
