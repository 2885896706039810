import { create, toBinary } from "@bufbuild/protobuf";
import { beforeEach, describe, expect, test } from "vitest";
import {
  CreateDecisionRequestSchema,
  GetDecisionRequestSchema,
} from "../../gen/ts/nexus/attest/v1/decision_service_pb.ts";
import { LabelSchema } from "../../gen/ts/nexus/attest/v1/label_pb.ts";
import { Mode } from "../../gen/ts/nexus/attest/v1/plan_pb.ts";
import { PolicySchema } from "../../gen/ts/nexus/attest/v1/policy_pb.ts";
import { type ServerUnderTest, serverUnderTest } from "../support/server-under-test.ts";
import { DECISIONS, enveloped, postHttp2 } from "./raw-call.ts";
import { refusalOf } from "./refusal.ts";

const WHO = { "nexus-actor": "human:mallory" };
const GET = `${DECISIONS}/GetDecision`;
const CREATE = `${DECISIONS}/CreateDecision`;

let server: ServerUnderTest;
beforeEach(async () => {
  server = await serverUnderTest();
});

/** Whatever came before: the server is there and holds nothing. */
async function expectUnharmed() {
  const { decisions } = await server.as("human:alice").decisions.listDecisions({});
  expect(decisions).toEqual([]);
}

async function postJson(path: string, body: Uint8Array | string, headers: Readonly<Record<string, string>> = {}) {
  const all = { "content-type": "application/json", ...WHO, ...headers };
  const response = await fetch(server.url + path, { method: "POST", headers: all, body });
  const text = await response.text();
  return {
    status: response.status,
    error: (text === "" ? {} : JSON.parse(text)) as { code?: string; message?: string },
  };
}

describe("Connect with JSON refuses", () => {
  test.each([
    ["what is no JSON", GET, "{"],
    ["nothing", GET, ""],
    ["a list", GET, "[]"],
    ["a value of another type", GET, '{"decisionId": 5}'],
    ["a field that the schema does not have", GET, '{"decisionId": "00000000000000000000000000000000", "sudo": true}'],
    [
      "a field that a nested message does not have",
      CREATE,
      '{"goal":"g","mode":"MODE_APPLY","policy":{"minApprovals":1,"quorum":0}}',
    ],
    ["an enum value that the schema does not have", CREATE, '{"goal":"g","mode":"MODE_SUDO"}'],
    ["the same field twice", CREATE, '{"goal":"g","mode":"MODE_APPLY","goal":"h"}'],
    ["two policies at once", CREATE, '{"goal":"g","mode":"MODE_APPLY","policy":{},"template":{"name":"t"}}'],
    ["a lone surrogate", CREATE, '{"goal":"a\\ud800b","mode":"MODE_APPLY"}'],
    ["bytes that are no UTF-8", CREATE, Buffer.from('{"goal":"a\xffb","mode":"MODE_APPLY"}', "latin1")],
  ])("%s", async (_, path, body) => {
    const { status, error } = await postJson(path, body);
    expect(status).toBe(400);
    expect(error.code).toBe("invalid_argument");
    expect(error.message).not.toBe("");
    await expectUnharmed();
  });

  test("another content type, without reading the body", async () => {
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
      expect(await postJson(CREATE, '{"goal":"g","mode":"MODE_APPLY"}', { "content-type": type })).toMatchObject({
        status: 415,
      });
    await expectUnharmed();
  });

  test("a compression that it does not know, and what is not compressed as it says", async () => {
    expect(await postJson(GET, "{}", { "content-encoding": "zstd" })).toMatchObject({ status: 501 });
    expect(await postJson(GET, "{}", { "content-encoding": "gzip" })).toMatchObject({ status: 400 });
  });

  test("a message of more than 4 MiB, also one that is small until it is decompressed", async () => {
    const { gzipSync } = await import("node:zlib");
    const large = JSON.stringify({ goal: "x".repeat(5 * 1024 * 1024) });
    expect(await postJson(CREATE, large)).toMatchObject({ status: 429, error: { code: "resource_exhausted" } });
    expect(await postJson(CREATE, gzipSync(large), { "content-encoding": "gzip" })).toMatchObject({
      status: 429,
      error: { code: "resource_exhausted" },
    });
    await expectUnharmed();
  });
});

describe("gRPC refuses", () => {
  const grpc = { "content-type": "application/grpc+proto", te: "trailers", ...WHO };
  const invalidUtf8 = Uint8Array.from([0x12, 2, 0xc3, 0x28, 0x18, 2]);
  const encodedSurrogate = Uint8Array.from([0x12, 3, 0xed, 0xa0, 0x80, 0x18, 2]);

  // The codes are gRPC's own for each (statuscodes.md of grpc/grpc): 3 INVALID_ARGUMENT, 8 RESOURCE_EXHAUSTED, 12 UNIMPLEMENTED, 13 INTERNAL.
  test.each([
    ["garbage", enveloped(Uint8Array.from([255, 255, 255])), "13"],
    ["text that is no UTF-8", enveloped(invalidUtf8), "13"],
    ["a lone surrogate", enveloped(encodedSurrogate), "13"],
    ["a message shorter than announced", enveloped(Uint8Array.from([1]), 0, 9), "3"],
    ["an envelope of 4 GiB", enveloped(new Uint8Array(2), 0, 0xffff_ffff), "8"],
    ["a message that is compressed by nobody knows what", enveloped(new Uint8Array(2), 1), "13"],
    ["two messages", Buffer.concat([enveloped(new Uint8Array(0)), enveloped(new Uint8Array(0))]), "12"],
    ["no message", new Uint8Array(0), "12"],
  ])("%s", async (_, body, status) => {
    const answer = await postHttp2(server.url, CREATE, grpc, body);
    expect(answer.status, "HTTP").toBe(200);
    expect(answer.trailers["grpc-status"]).toBe(status);
    await expectUnharmed();
  });

  test("a message of more than 4 MiB", async () => {
    const goal = "x".repeat(5 * 1024 * 1024);
    expect(
      await refusalOf(server.as("human:mallory").decisions.createDecision({ goal, mode: Mode.APPLY })),
    ).toMatchObject({ code: "ResourceExhausted" });
    await expectUnharmed();
  });

  test("a method and a service that do not exist: 404, which gRPC clients read as UNIMPLEMENTED", async () => {
    for (const path of [`${DECISIONS}/Nope`, "/nexus.attest.v9.DecisionService/GetDecision"]) {
      const answer = await postHttp2(server.url, path, grpc, enveloped(new Uint8Array(0)));
      expect(answer.status).toBe(404);
    }
  });
});

describe("a field number that this server does not know is refused, wherever it stands", () => {
  const known = create(CreateDecisionRequestSchema, {
    goal: "g",
    mode: Mode.APPLY,
    labels: [{ key: "team", value: "a" }],
    policySource: { case: "policy", value: { minApprovals: 1, allowedModes: [Mode.APPLY] } },
  });
  const policy = known.policySource.case === "policy" ? known.policySource.value : create(PolicySchema);
  const label = known.labels[0] ?? create(LabelSchema);
  const stranger = [{ no: 999, wireType: 0, data: Uint8Array.from([1]) }];

  test.each([
    ["field 999", known],
    ["policy.field 999", policy],
    ["labels[0].field 999", label],
  ])("%s", async (place, holder) => {
    holder.$unknown = stranger;
    const body = enveloped(toBinary(CreateDecisionRequestSchema, known));
    delete holder.$unknown;
    const { trailers } = await postHttp2(server.url, CREATE, { "content-type": "application/grpc", ...WHO }, body);
    expect(trailers["grpc-status"]).toBe("3");
    expect(decodeURIComponent(String(trailers["grpc-message"]))).toContain(place);
    expect(Buffer.from(String(trailers["grpc-status-details-bin"]), "base64").toString("latin1")).toContain(
      "UNKNOWN_FIELD",
    );
    await expectUnharmed();
  });

  test("also in a request of a stream", async () => {
    const request = create(GetDecisionRequestSchema, { decisionId: "0".repeat(32) });
    request.$unknown = stranger;
    const body = enveloped(toBinary(GetDecisionRequestSchema, request));
    const { trailers } = await postHttp2(
      server.url,
      `${DECISIONS}/WatchDecision`,
      { "content-type": "application/grpc", ...WHO },
      body,
    );
    expect(trailers["grpc-status"]).toBe("3");
  });
});
