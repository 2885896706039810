import * as fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalJson, parseJson } from "../../src/codec/canonical-json.ts";
import { CodecError } from "../../src/codec/codec-error.ts";
import { decodeRunRequest, encodeRunRequest } from "../../src/codec/run-request.ts";
import type { DecisionId, Digest } from "../../src/domain/ids.ts";
import type { RunRequest } from "../../src/domain/run-request.ts";
import { digest, labels, maybe, mode, plan, text, uint32 } from "./arbitrary-event.ts";

const anyRequest: fc.Arbitrary<RunRequest> = fc.record({
  decisionId: text.map((id) => id as DecisionId),
  adapterId: text,
  mode,
  goal: text,
  plan: maybe(plan),
  maxSteps: uint32,
  labels,
  requestDigest: digest,
  policyDigest: digest,
  approvalDigests: fc.array(digest, { maxLength: 3 }),
});

test("a run request comes back from its text as it went, and the text is canonical", () => {
  fc.assert(
    fc.property(anyRequest, (request) => {
      const encoded = encodeRunRequest(request);
      expect(decodeRunRequest(encoded)).toEqual(request);
      expect(canonicalJson(parseJson(encoded))).toBe(encoded);
    }),
  );
});

test("arguments are handed on exactly as they were approved", () => {
  const argumentsJson = '{ "b": 1.0, "a": 1e2, "a": "\\u0041" }';
  const [request] = fc.sample(anyRequest, 1);
  if (request === undefined) throw new Error("no sample");
  const step = { stepId: "one", intent: "", call: { tool: "files", method: "write", argumentsJson } };
  const read = decodeRunRequest(encodeRunRequest({ ...request, plan: { steps: [step] } }));
  expect(read.plan?.steps[0]?.call.argumentsJson).toBe(argumentsJson);
});

test.each(["", "[]", '{"a":1}', "{}", '{"mode":"MODE_BOTH"}', '{"mode":"MODE_APPLY","plan":{"steps":[{}]}}'])(
  "%j is no run request",
  (encoded) => {
    expect(() => decodeRunRequest(encoded)).toThrow(CodecError);
  },
);

test("half a surrogate pair in it is refused", () => {
  const request: RunRequest = {
    decisionId: "0".repeat(32) as DecisionId,
    adapterId: "files",
    mode: "APPLY",
    goal: "\ud800",
    plan: undefined,
    maxSteps: 0,
    labels: [],
    requestDigest: "" as Digest,
    policyDigest: "" as Digest,
    approvalDigests: [],
  };
  expect(() => encodeRunRequest(request)).toThrow(CodecError);
});
