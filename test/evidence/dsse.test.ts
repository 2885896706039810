import { generateKeyPairSync, sign } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { Digest } from "../../src/domain/ids.ts";
import { PAYLOAD_TYPE, preAuthEncoding, type Signer, signEnvelope, signerOf } from "../../src/evidence/dsse.ts";
import { type PublicKey, readPublicKey } from "../../src/evidence/public-key.ts";
import { statementOf } from "../../src/evidence/statement.ts";

const alice = newKey();
const mallory = newKey();
const statement = statementOf("nexus-attest:run/v1", {
  name: "d".repeat(32),
  digest: `sha256:${"0".repeat(64)}` as Digest,
  predicate: { runId: "run-1", adapterId: "é" },
});

describe("DSSE", () => {
  test("the pre-authentication encoding is that of the specification's example", () => {
    const encoded = preAuthEncoding("http://example.com/HelloWorld", new TextEncoder().encode("hello world"));
    expect(new TextDecoder().decode(encoded)).toBe("DSSEv1 29 http://example.com/HelloWorld 11 hello world");
  });

  test("lengths count bytes, not characters", () => {
    const encoded = preAuthEncoding("é", new TextEncoder().encode("€"));
    expect(new TextDecoder().decode(encoded)).toBe("DSSEv1 2 é 3 €");
  });

  test("an envelope says by which key it was signed", () => {
    const envelope = signEnvelope(statement, alice.signer);
    expect(envelope.payloadType).toBe(PAYLOAD_TYPE);
    expect(new TextDecoder().decode(envelope.payload)).toBe(statement);
    expect(signerOf(envelope, [mallory.key, alice.key])).toBe(alice.key);
    expect(signerOf(envelope, [mallory.key])).toBeUndefined();
  });

  test("the key id in an envelope proves nothing and hides nothing", () => {
    const forged = signEnvelope(statement, { ...mallory.signer, keyId: alice.key.keyId });
    expect(signerOf(forged, [alice.key])).toBeUndefined();
    const unnamed = signEnvelope(statement, { ...alice.signer, keyId: "" as Digest });
    expect(signerOf(unnamed, [alice.key])).toBe(alice.key);
  });

  test("payload and payload type are both signed", () => {
    const envelope = signEnvelope(statement, alice.signer);
    expect(signerOf({ ...envelope, payloadType: "application/json" }, [alice.key])).toBeUndefined();
    const payload = new TextEncoder().encode(statement.replace("run-1", "run-2"));
    expect(signerOf({ ...envelope, payload }, [alice.key])).toBeUndefined();
    expect(signerOf({ ...envelope, signatures: [] }, [alice.key])).toBeUndefined();
  });

  test("a statement is canonical JSON with its subject's digest in in-toto's form", () => {
    expect(statement).toBe(
      `{"_type":"https://in-toto.io/Statement/v1","predicate":{"adapterId":"é","runId":"run-1"},"predicateType":"nexus-attest:run/v1",` +
        `"subject":[{"digest":{"sha256":"${"0".repeat(64)}"},"name":"${"d".repeat(32)}"}]}`,
    );
  });
});

function newKey(): { readonly key: PublicKey; readonly signer: Signer } {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const key = readPublicKey(publicKey.export({ format: "der", type: "spki" }).subarray(12));
  if ("problem" in key) throw new Error(key.problem);
  return { key, signer: { keyId: key.keyId, sign: (message) => sign(null, message, privateKey) } };
}
