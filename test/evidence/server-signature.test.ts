import { describe, expect, test } from "vitest";
import type { CheckName } from "../../src/evidence/verification-report.ts";
import { newSigningKey } from "../support/signing-key.ts";
import { canonical, EMBEDDED, forge, type Loose, REFERENCE, sha256, tamper } from "./forgeries/forger.ts";
import {
  base64,
  envelope,
  failed,
  outcome,
  packageStatement,
  preAuthEncoding,
  serverKey,
  sign,
  trusting,
  verifyText,
} from "./forgeries/signing.ts";

const server = newSigningKey();
const mallory = newSigningKey();
const trust = trusting({ serverKeys: [serverKey(mallory, { notAfter: "2020-01-01T00:00:00Z" }), serverKey(server)] });
const SIGNED = sign(EMBEDDED, server);
const signature = JSON.parse(SIGNED).signature;
const payload = Buffer.from(signature.payload, "base64");

/** The signed package with another envelope. */
function carrying(change: (signature: Loose) => Loose, from: string = SIGNED): string {
  return tamper((given) => {
    given.signature = change(given.signature);
  }, from);
}

/** The order of the group, by which a signature's S can be made larger and mean the same (RFC 8032, section 5.1). */
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;

function malleated(sig: string): string {
  const bytes = Buffer.from(sig, "base64");
  let s = BigInt(`0x${Buffer.from(bytes.subarray(32).toReversed()).toString("hex")}`) + ORDER;
  for (let index = 32; index < 64; index++, s >>= 8n) bytes[index] = Number(s & 0xffn);
  return base64(bytes);
}

describe("a package signed by a server that is believed", () => {
  test("is authentic, and the report says by whose key", () => {
    for (const text of [SIGNED, sign(REFERENCE, server)]) {
      const report = verifyText(text, trust);
      expect(report.verdict).toBe("AUTHENTIC");
      expect(report.signers).toEqual([{ role: "SERVER", name: "the server", keyId: server.key.keyId }]);
      expect(outcome(report, "server_signature")).toEqual({ status: "PASS", detail: "" });
    }
  });

  test("is consistent only, if nobody is believed, or nobody's server", () => {
    for (const nobody of [undefined, trusting({})]) {
      const report = verifyText(SIGNED, nobody);
      expect(report).toMatchObject({ verdict: "CONSISTENT", signers: [] });
      expect(outcome(report, "server_signature")).toMatchObject({ status: "NOT_CHECKED" });
    }
  });

  test("is consistent only, once its signature is stripped; broken, if the trust policy insists on one", () => {
    expect(verifyText(EMBEDDED, trust)).toMatchObject({ verdict: "CONSISTENT", signers: [] });
    const insisting = { serverKeys: [serverKey(server)], requiredChecks: ["server_signature"] };
    const report = verifyText(EMBEDDED, trusting(insisting));
    expect(report.verdict).toBe("BROKEN");
    expect(failed(report)).toEqual(["required_checks"]);
  });

  test("is not authentic with a field that nobody here knows: whoever added it may not be who signed", () => {
    for (const change of [
      (given: Loose) => (given.note = "also approved"),
      (given: Loose) => (given.router.note = 1),
    ]) {
      const report = verifyText(tamper(change, SIGNED), trust);
      expect(outcome(report, "server_signature").status).toBe("PASS");
      expect(report.verdict).toBe("CONSISTENT");
    }
  });
});

interface ForgedSignature {
  readonly what: string;
  readonly text: string;
  readonly why: RegExp;
  readonly alsoFails?: readonly CheckName[];
  /** What can be said without a trust policy. */
  readonly unbelieved: "FAIL" | "NOT_CHECKED";
}

const other = forge((given) => (given.controlBundle.events[0].decisionCreated.goal = "another goal"));
const OF_NOBODY = /names no server's key that the trust policy names and that made it/;
const NOT_OF_THIS = /its payload is not, to the byte/;
const resigned = (change: (made: Loose) => void) => {
  const made = packageStatement(JSON.parse(EMBEDDED));
  change(made);
  return carrying(() => envelope(canonical(made), server));
};

const FORGERIES: readonly ForgedSignature[] = [
  {
    what: "another's key",
    text: sign(EMBEDDED, mallory),
    why: /not believe for evidence that ends/,
    unbelieved: "NOT_CHECKED",
  },
  { what: "a key that nobody knows", text: sign(EMBEDDED, newSigningKey()), why: OF_NOBODY, unbelieved: "NOT_CHECKED" },
  {
    what: "a key that came inside the package, under a trusted name",
    text: carrying(
      (made) => ({
        ...made,
        signatures: [{ ...made.signatures[0], keyid: server.key.keyId }],
        publicKey: base64(mallory.key.bytes),
      }),
      sign(EMBEDDED, mallory),
    ),
    why: OF_NOBODY,
    unbelieved: "NOT_CHECKED",
  },
  {
    what: "the right key over another package",
    text: tamper((given) => (given.signature = JSON.parse(sign(other, server)).signature)),
    why: NOT_OF_THIS,
    unbelieved: "FAIL",
  },
  {
    what: "a package made good under the signature that it had",
    text: tamper((given) => (given.signature = signature), other),
    why: NOT_OF_THIS,
    unbelieved: "FAIL",
  },
  {
    what: "a payload that is not canonical",
    text: carrying(() => envelope(JSON.stringify(packageStatement(JSON.parse(EMBEDDED))), server)),
    why: NOT_OF_THIS,
    unbelieved: "FAIL",
  },
  {
    what: "a payload with a line break at its end",
    text: carrying(() => envelope(`${payload.toString()}\n`, server)),
    why: NOT_OF_THIS,
    unbelieved: "FAIL",
  },
  {
    what: "another payload type, signed",
    text: carrying(() => envelope(payload.toString(), server, "application/json")),
    why: /payload type/,
    unbelieved: "FAIL",
  },
  {
    what: "another payload type, swapped",
    text: carrying((made) => ({ ...made, payloadType: "application/json" })),
    why: /payload type/,
    unbelieved: "FAIL",
  },
  {
    what: "an extra field in the predicate",
    text: resigned((made) => (made.predicate.signedAt = "2026-11-25T10:30:00Z")),
    why: NOT_OF_THIS,
    unbelieved: "FAIL",
  },
  {
    what: "another predicate type",
    text: resigned((made) => (made.predicateType = "nexus-attest:audit-package/v2")),
    why: NOT_OF_THIS,
    unbelieved: "FAIL",
  },
  {
    what: "a second subject",
    text: resigned((made) => made.subject.push(made.subject[0])),
    why: NOT_OF_THIS,
    unbelieved: "FAIL",
  },
  {
    what: "another subject",
    text: resigned((made) => (made.subject[0].digest.sha256 = sha256("x").slice(7))),
    why: NOT_OF_THIS,
    unbelieved: "FAIL",
  },
  {
    what: "a malleated S",
    text: carrying((made) => ({
      ...made,
      signatures: [{ ...made.signatures[0], sig: malleated(made.signatures[0].sig) }],
    })),
    why: OF_NOBODY,
    unbelieved: "NOT_CHECKED",
  },
  {
    what: "bytes behind the signature",
    text: carrying((made) => ({
      ...made,
      signatures: [
        {
          ...made.signatures[0],
          sig: base64(Buffer.concat([Buffer.from(made.signatures[0].sig, "base64"), Buffer.of(0)])),
        },
      ],
    })),
    why: OF_NOBODY,
    unbelieved: "NOT_CHECKED",
  },
  {
    what: "a signature of the payload alone, without DSSE's encoding",
    text: carrying((made) => ({
      ...made,
      signatures: [{ keyid: server.key.keyId, sig: base64(server.signer.sign(payload)) }],
    })),
    why: OF_NOBODY,
    unbelieved: "NOT_CHECKED",
  },
  {
    what: "no signature in the envelope",
    text: carrying(({ payload: bytes, payloadType }) => ({ payload: bytes, payloadType })),
    why: /no signature/,
    unbelieved: "FAIL",
  },
  {
    what: "another signature beside the server's",
    text: carrying((made) => ({ ...made, signatures: [...made.signatures, { keyid: "x", sig: "AAAA" }] })),
    why: /2 signatures, not one/,
    unbelieved: "FAIL",
  },
  {
    what: "the same signature twice",
    text: carrying((made) => ({ ...made, signatures: [...made.signatures, ...made.signatures] })),
    why: /2 signatures, not one/,
    unbelieved: "FAIL",
  },
  {
    what: "another key id than that of the key which made it",
    text: carrying((made) => ({ ...made, signatures: [{ ...made.signatures[0], keyid: mallory.key.keyId }] })),
    why: OF_NOBODY,
    unbelieved: "NOT_CHECKED",
  },
  {
    what: "no key id",
    text: carrying((made) => ({ ...made, signatures: [{ sig: made.signatures[0].sig }] })),
    why: OF_NOBODY,
    unbelieved: "NOT_CHECKED",
  },
  {
    what: "the template gone",
    text: tamper((given) => delete given.template, SIGNED),
    why: NOT_OF_THIS,
    unbelieved: "FAIL",
  },
  {
    what: "base64 that is none",
    text: carrying((made) => ({ ...made, signatures: [{ sig: "????" }] })),
    why: /not readable/,
    alsoFails: ["proto_json"],
    unbelieved: "FAIL",
  },
  { what: "an empty envelope", text: carrying(() => ({})), why: /payload type/, unbelieved: "FAIL" },
];

describe("a package is broken by", () => {
  test.each(FORGERIES)("$what", ({ text, why, alsoFails = [], unbelieved }) => {
    const report = verifyText(text, trust);
    expect(failed(report)).toEqual([...alsoFails, "server_signature"]);
    expect(report).toMatchObject({ verdict: "BROKEN", signers: [] });
    expect(outcome(report, "server_signature").detail).toMatch(why);
    expect(outcome(verifyText(text), "server_signature").status).toBe(unbelieved);
  });
});

test("the malleated signature is one that the equation alone would take, so that refusing it is somebody's doing", () => {
  const sig = Buffer.from(malleated(signature.signatures[0].sig), "base64");
  expect(sig.length).toBe(64);
  expect(sig.subarray(0, 32)).toEqual(Buffer.from(signature.signatures[0].sig, "base64").subarray(0, 32));
  expect(preAuthEncoding("t", new Uint8Array(2)).length).toBe("DSSEv1 1 t 2 ".length + 2);
});

describe("a key is believed for evidence of its time", () => {
  // The example's last event.
  const last = "2026-11-25T10:30:01Z";
  test.each<[string, Loose, boolean]>([
    ["from not_before on", { notBefore: last }, true],
    ["not before", { notBefore: "2026-11-25T10:30:01.001Z" }, false],
    ["before not_after", { notAfter: "2026-11-25T10:30:01.001Z" }, true],
    ["not at not_after", { notAfter: last }, false],
  ])("%s", (_, bounds, isBelieved) => {
    const report = verifyText(SIGNED, trusting({ serverKeys: [serverKey(server, bounds)] }));
    expect(report.verdict).toBe(isBelieved ? "AUTHENTIC" : "BROKEN");
    if (!isBelieved) expect(outcome(report, "server_signature").detail).toContain(server.key.keyId);
  });
});

describe("time_bounds", () => {
  const first = "2026-11-25T09:00:00Z";
  const last = "2026-11-25T10:30:01Z";
  test.each<[string, Loose, string]>([
    ["no bounds", {}, "NOT_CHECKED"],
    ["a log that begins when it may", { notBefore: first }, "PASS"],
    ["one that begins before", { notBefore: "2026-11-25T09:00:00.001Z" }, "FAIL"],
    ["a log that ends in time", { notAfter: "2026-11-25T10:30:01.001Z" }, "PASS"],
    ["one that ends too late", { notAfter: last }, "FAIL"],
  ])("of %s: %s gives %s", (_, bounds, status) => {
    const report = verifyText(SIGNED, trusting({ serverKeys: [serverKey(server)], ...bounds }));
    expect(outcome(report, "time_bounds").status).toBe(status);
    expect(report.verdict).toBe(status === "FAIL" ? "BROKEN" : "AUTHENTIC");
  });
});

describe("required_checks", () => {
  test.each<[string, readonly string[], string]>([
    ["one that passes", ["run_bundle"], "PASS"],
    ["one that was not checked", ["run_bundle", "router_signature"], "FAIL"],
  ])("%s", (_, requiredChecks, status) => {
    const report = verifyText(SIGNED, trusting({ serverKeys: [serverKey(server)], requiredChecks }));
    expect(outcome(report, "required_checks").status).toBe(status);
    expect(report.verdict).toBe(status === "FAIL" ? "BROKEN" : "AUTHENTIC");
  });

  test("fail for what is no package at all", () => {
    const report = verifyText("{}", trusting({ requiredChecks: ["server_signature"] }));
    expect(failed(report)).toEqual(["format", "required_checks"]);
  });
});

test("no change of a single letter of a signed package goes unnoticed", () => {
  const report = verifyText(SIGNED, trust);
  for (let at = 0; at < SIGNED.length; at += 7) {
    const letter = SIGNED[at] === "a" ? "b" : "a";
    const changed = verifyText(SIGNED.slice(0, at) + letter + SIGNED.slice(at + 1), trust);
    expect(changed.verdict, `at ${at}: ${SIGNED.slice(at, at + 30)}`).not.toBe(report.verdict);
  }
  // A loaded machine takes its time over some thousand packages.
}, 120_000);
