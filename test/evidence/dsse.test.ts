import { describe, expect, test } from "vitest";
import type { Digest } from "../../src/domain/ids.ts";
import { misstatement, PAYLOAD_TYPE, preAuthEncoding, signEnvelope, signerOf } from "../../src/evidence/dsse.ts";
import { statementOf } from "../../src/evidence/statement.ts";
import { newSigningKey } from "../support/signing-key.ts";

const alice = newSigningKey();
const mallory = newSigningKey();
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

  test("keys that an envelope names are tried first", () => {
    const tried: string[] = [];
    const watched = ({ key }: typeof alice) => ({
      keyId: key.keyId,
      get bytes() {
        tried.push(key.keyId);
        return key.bytes;
      },
    });
    const envelope = signEnvelope(statement, alice.signer);
    expect(signerOf(envelope, [...Array(5).fill(watched(mallory)), watched(alice)])?.keyId).toBe(alice.key.keyId);
    expect(tried).toEqual([alice.key.keyId]);
  });

  test("of several signers the one whose key stands first is named, whichever the envelope names", () => {
    const bob = newSigningKey();
    const byBob = signEnvelope(statement, bob.signer);
    const unnamed = signEnvelope(statement, { ...alice.signer, keyId: "" as Digest });
    const both = { ...byBob, signatures: [...byBob.signatures, ...unnamed.signatures] };
    expect(signerOf(both, [mallory.key, alice.key, bob.key])).toBe(alice.key);
    expect(signerOf(both, [bob.key, alice.key])).toBe(bob.key);
  });

  test("an envelope says a statement if its payload is that, to the byte, and somebody may have signed it", () => {
    const envelope = signEnvelope(statement, alice.signer);
    expect(misstatement(envelope, statement)).toBeUndefined();
    expect(misstatement(envelope, `${statement} `)).toMatch(/payload is not/);
    expect(misstatement({ ...envelope, payloadType: "application/json" }, statement)).toMatch(/payload type/);
    expect(misstatement({ ...envelope, signatures: [] }, statement)).toMatch(/no signature/);
    const [signature] = envelope.signatures;
    const many = Array(9).fill(signature);
    expect(misstatement({ ...envelope, signatures: many }, statement)).toMatch(/9 signatures/);
    expect(misstatement({ ...envelope, signatures: many.slice(1) }, statement)).toBeUndefined();
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
