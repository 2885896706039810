import { create, toBinary } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { CreateDecisionRequestSchema } from "../../gen/ts/nexus/attest/v1/decision_service_pb.ts";
import type { Mode } from "../../gen/ts/nexus/attest/v1/plan_pb.ts";
import { type Protocol, serverUnderTest } from "../support/server-under-test.ts";
import { DECISIONS, enveloped, postHttp2 } from "./raw-call.ts";
import { refusalOf } from "./refusal.ts";
import { RELEASE } from "./release.ts";

/** What a client of grpc-java takes of headers, unless somebody tells it otherwise. */
const HEADERS_OF_A_CLIENT = 8 * 1024;

const brokenSteps = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    stepId: `no good ${index}`,
    intent: "",
    call: { tool: "?", method: "?" },
  }));

test.each<Protocol>(["grpc", "connect", "grpc-web"])(
  "over %s, a request that breaks more constraints than an error can name still hears which",
  async (protocol) => {
    const { decisions } = (await serverUnderTest()).as("human:alice", { protocol });
    const refusal = await refusalOf(decisions.createDecision({ ...RELEASE, plan: { steps: brokenSteps(1_000) } }));
    expect(refusal).toMatchObject({ code: "InvalidArgument", reason: "INVALID_REQUEST" });
    expect(refusal.fields.slice(0, 2)).toEqual(["plan.steps[0].step_id", "plan.steps[0].call.tool"]);
    expect(refusal.message).toMatch(/; and 2992 more\.$/);
  },
);

test("the error fits into the headers that a client takes", async () => {
  const server = await serverUnderTest();
  const message = toBinary(
    CreateDecisionRequestSchema,
    create(CreateDecisionRequestSchema, { ...RELEASE, plan: { steps: brokenSteps(100) } }),
  );
  const headers = { "content-type": "application/grpc", te: "trailers", "nexus-actor": "human:alice" };
  const { trailers } = await postHttp2(server.url, `${DECISIONS}/CreateDecision`, headers, enveloped(message));
  expect(trailers["grpc-status"]).toBe("3");
  const size = Object.entries(trailers).reduce(
    (sum, [name, value]) => sum + name.length + String(value).length + 32,
    0,
  );
  expect(size).toBeLessThan(HEADERS_OF_A_CLIENT);
});

test.each([
  ["labels", [0x32, 0x00]],
  ["policy.allowed_modes", undefined],
] as const)("a list that is far too long is refused as a whole, not item by item: %s", async (field, unit) => {
  const server = await serverUnderTest();
  const count = 100_000;
  const message =
    unit === undefined
      ? toBinary(
          CreateDecisionRequestSchema,
          create(CreateDecisionRequestSchema, {
            policySource: { case: "policy", value: { allowedModes: Array.from({ length: count }, () => 9 as Mode) } },
          }),
        )
      : Uint8Array.from({ length: count * unit.length }, (_, index) => unit[index % unit.length] ?? 0);
  const headers = { "content-type": "application/grpc", te: "trailers", "nexus-actor": "human:alice" };
  const { trailers } = await postHttp2(server.url, `${DECISIONS}/CreateDecision`, headers, enveloped(message));
  expect(trailers["grpc-status"]).toBe("3");
  expect(decodeURIComponent(String(trailers["grpc-message"]))).toBe(`${field}: holds ${count} items, far too many`);
});
