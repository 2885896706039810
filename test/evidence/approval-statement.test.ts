import { describe, expect, test } from "vitest";
import type { DecisionId, Digest } from "../../src/domain/ids.ts";
import { approvalMisstatement, approvalStatement, type SignedApproval } from "../../src/evidence/approval-statement.ts";
import { signEnvelope } from "../../src/evidence/dsse.ts";
import { newSigningKey } from "../support/signing-key.ts";

const digest = (digit: string) => `sha256:${digit.repeat(64)}` as Digest;

const approval: SignedApproval = {
  decisionId: "d".repeat(32) as DecisionId,
  requestDigest: digest("1"),
  policyDigest: digest("2"),
  headDigest: digest("3"),
  approver: { type: "HUMAN", id: "carol@example.com" },
  comment: "fine “so far”",
  expiresAt: Date.parse("2026-11-25T10:30:00Z"),
};
const heads = new Set([digest("3"), digest("4")]);
const carol = newSigningKey();
const envelope = signEnvelope(approvalStatement(approval), carol.signer);

describe("an approval's statement", () => {
  test("is canonical JSON of everything that is approved", () => {
    expect(approvalStatement(approval)).toBe(
      '{"_type":"https://in-toto.io/Statement/v1","predicate":{"approver":{"id":"carol@example.com","type":"ACTOR_TYPE_HUMAN"},' +
        `"comment":"fine “so far”","decisionId":"${"d".repeat(32)}","expiresAt":"2026-11-25T10:30:00Z","headDigest":"${digest("3")}",` +
        `"policyDigest":"${digest("2")}","requestDigest":"${digest("1")}"},"predicateType":"nexus-attest:approval/v1",` +
        `"subject":[{"digest":{"sha256":"${"1".repeat(64)}"},"name":"${"d".repeat(32)}"}]}`,
    );
    expect(approvalStatement({ ...approval, comment: "", expiresAt: undefined })).not.toMatch(/comment|expiresAt/);
  });

  test("is the one that its envelope holds, by the head that the approver saw", () => {
    expect(approvalMisstatement(envelope, approval, heads)).toBeUndefined();
    const later = signEnvelope(approvalStatement({ ...approval, headDigest: digest("4") }), carol.signer);
    expect(approvalMisstatement(later, approval, heads)).toBeUndefined();
  });

  test.each<[string, Partial<SignedApproval>]>([
    ["decision", { decisionId: "e".repeat(32) as DecisionId }],
    ["request", { requestDigest: digest("9") }],
    ["policy", { policyDigest: digest("9") }],
    ["approver's id", { approver: { type: "HUMAN", id: "dave@example.com" } }],
    ["approver's type", { approver: { type: "SYSTEM", id: "carol@example.com" } }],
    ["comment", { comment: "fine" }],
    ["expiry", { expiresAt: Date.parse("2026-11-25T10:30:00.001Z") }],
    ["expiry that is none", { expiresAt: undefined }],
  ])("does not stand for another %s", (_, change) => {
    expect(approvalMisstatement(envelope, { ...approval, ...change }, heads)).toMatch(/payload is not/);
  });

  test("does not stand for a log in which the head is no event", () => {
    expect(approvalMisstatement(envelope, approval, new Set([digest("4")]))).toMatch(/head digest/);
  });

  test.each<[string, string]>([
    ["nothing", ""],
    ["no JSON", "{"],
    ["null", "null"],
    ["no predicate", "{}"],
    ["a head digest that is none", '{"predicate":{"headDigest":"sha256:33"}}'],
    ["a head digest that is no text", '{"predicate":{"headDigest":3}}'],
    ["more than is parsed", `{"predicate":{"headDigest":"${digest("3")}"}}${" ".repeat(32 * 1024)}`],
  ])("is not %s", (_, payload) => {
    const signed = signEnvelope(payload, carol.signer);
    expect(approvalMisstatement(signed, approval, heads)).toMatch(/names no head digest/);
  });

  test("is the statement to the byte: the same said in another way is another", () => {
    const spaced = approvalStatement(approval).replace('"comment":', '"comment": ');
    expect(approvalMisstatement(signEnvelope(spaced, carol.signer), approval, heads)).toMatch(/payload is not/);
    const more = approvalStatement(approval).replace('"comment":', '"alsoApproves":"anything","comment":');
    expect(approvalMisstatement(signEnvelope(more, carol.signer), approval, heads)).toMatch(/payload is not/);
  });

  test("is signed once, as an in-toto statement", () => {
    const [signature] = envelope.signatures;
    const twice = { ...envelope, signatures: [signature, signature].flatMap((each) => each ?? []) };
    expect(approvalMisstatement(twice, approval, heads)).toMatch(/2 signatures, not one/);
    expect(approvalMisstatement({ ...envelope, signatures: [] }, approval, heads)).toMatch(/0 signatures/);
    expect(approvalMisstatement({ ...envelope, payloadType: "text/plain" }, approval, heads)).toMatch(/payload type/);
  });
});
