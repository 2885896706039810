import { readFileSync } from "node:fs";
import { create, toBinary } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { describe, expect, test } from "vitest";
import { BadRequestSchema, ErrorInfoSchema, RetryInfoSchema } from "../../gen/ts/google/rpc/error_details_pb.ts";
import { ErrorReason, ErrorReasonSchema, GateClosedSchema } from "../../gen/ts/nexus/attest/v1/error_reason_pb.ts";
import { BlockingCode } from "../../gen/ts/nexus/attest/v1/lifecycle_pb.ts";
import {
  AppendOutcomeUnknown,
  StoreUnavailable,
  StreamCorrupt,
  WrongExpectedRevision,
} from "../../src/app/event-store.ts";
import { Refused } from "../../src/app/refused.ts";
import { CodecError } from "../../src/codec/codec-error.ts";
import { CODES, ERROR_DOMAIN, type Reason, rpcError, toRpcError } from "../../src/rpc/errors.ts";

const LIVE = new AbortController().signal;
const SECRET = "hunter2-from-deep-inside";

function reasonOf(error: ConnectError): string | undefined {
  const [info, ...more] = error.findDetails(ErrorInfoSchema);
  expect(more).toEqual([]);
  expect(info?.domain).toBe("nexus-attest");
  return info?.reason;
}

describe("the table", () => {
  const reasons = Object.keys(ErrorReason).filter((name) => name !== "UNSPECIFIED") as Reason[];

  test("has every reason of the schema and no other", () => {
    expect(Object.keys(CODES).toSorted()).toEqual(reasons.toSorted());
  });

  test.each(ErrorReasonSchema.values.filter(({ number }) => number !== 0))(
    "$localName has the code that the schema's comment promises",
    (value) => {
      const schema = readFileSync(new URL("../../proto/nexus/attest/v1/error_reason.proto", import.meta.url), "utf8");
      const [, promised = ""] = new RegExp(`// ([A-Z_]+): [^=]*?\\n  ${value.name} =`).exec(schema) ?? [];
      const screaming = Code[CODES[value.localName as Reason]]
        .replace(/(?<=[a-z])[A-Z]/g, (letter) => `_${letter}`)
        .toUpperCase();
      expect(screaming).toBe(promised);
    },
  );

  test.each(reasons)("%s travels with its domain", (reason) => {
    const error = rpcError(reason, "words");
    expect(error.code).toBe(CODES[reason]);
    expect(error.rawMessage).toBe("words");
    expect(reasonOf(error)).toBe(reason);
  });

  test("what is wrong with overrides is named by field, of many and of long words as much as fits in the headers of an error", () => {
    const violations = Array.from({ length: 12 }, (_, index) => ({
      field: `template.overrides.field_${index}`,
      description: "x".repeat(2_000),
    }));
    const error = toRpcError(new Refused("OVERRIDE_NOT_TIGHTER", "x".repeat(30_000), { violations }), LIVE);
    const [{ fieldViolations } = { fieldViolations: [] }] = error.findDetails(BadRequestSchema);
    expect(fieldViolations.map(({ field }) => field)).toEqual(violations.slice(0, 8).map(({ field }) => field));
    expect(fieldViolations.map(({ reason }) => reason)).toEqual(Array(8).fill("OVERRIDE_NOT_TIGHTER"));
    const bytes = error.details.map((each) =>
      "desc" in each ? toBinary(each.desc, create(each.desc, each.value)) : each.value,
    );
    const size = bytes.reduce((sum, { length }) => sum + length * 1.4, encodeURI(error.rawMessage).length);
    expect(size).toBeLessThan(7 * 1024);
  });

  test("what invites to try again says when, and nothing else does", () => {
    for (const reason of reasons) {
      const invites = CODES[reason] === Code.Unavailable || CODES[reason] === Code.Aborted;
      expect(rpcError(reason, "").findDetails(RetryInfoSchema), reason).toHaveLength(invites ? 1 : 0);
    }
  });
});

describe("what a handler threw", () => {
  test("a refusal keeps its reason, its words and its blocking reasons", () => {
    const blockingReasons = [
      { code: "MISSING_APPROVALS", message: "one more", required: 2, have: 1, missing: 1, groups: [] },
    ] as const;
    const error = toRpcError(new Refused("GATE_CLOSED", "closed", { blockingReasons }), LIVE);
    expect([error.code, error.rawMessage, reasonOf(error)]).toEqual([Code.FailedPrecondition, "closed", "GATE_CLOSED"]);
    const [detail] = error.findDetails(GateClosedSchema);
    expect(detail?.blockingReasons).toMatchObject([{ message: "one more", details: { case: "missingApprovals" } }]);
  });

  test("a gate closed by more than an error can carry names every reason, in an error that arrives", () => {
    const approver = (index: number) => ({ type: "HUMAN", id: `somebody-${index}@${"x".repeat(200)}` }) as const;
    const approvals = Array.from({ length: 500 }, (_, index) => ({ approver: approver(index), expiredAt: 0 }));
    const message = `There would be enough had those of ${approvals.map((a) => a.approver.id).join(", ")} not expired.`;
    const blockingReasons = [
      { code: "APPROVAL_EXPIRED", message, approvals },
      { code: "MISSING_APPROVALS", message: "one more", required: 2, have: 1, missing: 1, groups: [] },
    ] as const;
    const error = toRpcError(new Refused("GATE_CLOSED", message, { blockingReasons }), LIVE);
    const [detail] = error.findDetails(GateClosedSchema);
    expect(detail?.blockingReasons.map(({ code }) => code)).toEqual([
      BlockingCode.APPROVAL_EXPIRED,
      BlockingCode.MISSING_APPROVALS,
    ]);
    expect(error.rawMessage).toMatch(/^There would be enough .*…$/);
    const bytes = error.details.map((each) =>
      "desc" in each ? toBinary(each.desc, create(each.desc, each.value)) : each.value,
    );
    const size = bytes.reduce((sum, { length }) => sum + length * 1.4, encodeURI(error.rawMessage).length);
    expect(size).toBeLessThan(7 * 1024);
  });

  test.each<readonly [string, unknown, Code, Reason]>([
    ["a codec's complaint", new CodecError("expires_at: odd"), Code.InvalidArgument, "INVALID_REQUEST"],
    ["a corrupt stream", new StreamCorrupt("decision-1", "a gap"), Code.DataLoss, "STORED_LOG_CORRUPT"],
    ["a store that is not there", new StoreUnavailable("disk full"), Code.Unavailable, "STORE_UNAVAILABLE"],
    ["an append without an answer", new AppendOutcomeUnknown("?"), Code.Unknown, "WRITE_OUTCOME_UNKNOWN"],
    ["an append that collided", new WrongExpectedRevision("s", 1, 2), Code.Internal, "INTERNAL"],
    ["a fault", new TypeError(SECRET), Code.Internal, "INTERNAL"],
    ["no error at all", SECRET, Code.Internal, "INTERNAL"],
    ["nothing", undefined, Code.Internal, "INTERNAL"],
  ])("%s", (_, thrown, code, reason) => {
    const error = toRpcError(thrown, LIVE);
    expect([error.code, reasonOf(error)]).toEqual([code, reason]);
    expect(error.message).not.toContain(SECRET);
  });

  test("what is an error of the wire already stays as it is", () => {
    const error = rpcError("NOT_IMPLEMENTED", "later");
    expect(toRpcError(error, LIVE)).toBe(error);
  });

  test.each<readonly [string, unknown, Code, Reason]>([
    [
      "the deadline passed",
      new ConnectError("the operation timed out", Code.DeadlineExceeded),
      Code.DeadlineExceeded,
      "DEADLINE_EXCEEDED",
    ],
    ["the caller cancelled", new ConnectError("http/2 stream closed", Code.Canceled), Code.Canceled, "CANCELLED"],
    ["the connection broke", new ConnectError("aborted", Code.Aborted), Code.Canceled, "CANCELLED"],
    ["nobody says why", undefined, Code.Canceled, "CANCELLED"],
  ])("after the call ended because %s: that, whatever it looks like", (_, why, code, reason) => {
    const ended = AbortSignal.abort(why);
    for (const thrown of [
      ended.reason,
      new DOMException("This operation was aborted", "AbortError"),
      new AppendOutcomeUnknown("?"),
    ]) {
      const error = toRpcError(thrown, ended);
      expect([error.code, reasonOf(error)]).toEqual([code, reason]);
    }
  });

  test("a refusal is a refusal, even if the caller is gone", () => {
    const error = toRpcError(new Refused("SELF_APPROVAL", "no"), AbortSignal.abort());
    expect(reasonOf(error)).toBe("SELF_APPROVAL");
  });
});

test("the domain is the product's", () => {
  expect(ERROR_DOMAIN).toBe("nexus-attest");
});
