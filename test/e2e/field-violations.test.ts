import type { MessageInitShape } from "@bufbuild/protobuf";
import { beforeEach, describe, expect, test } from "vitest";
import type { ListDecisionsRequestSchema } from "../../gen/ts/nexus/attest/v1/decision_service_pb.ts";
import { Mode } from "../../gen/ts/nexus/attest/v1/plan_pb.ts";
import { type Clients, type Protocol, serverUnderTest } from "../support/server-under-test.ts";
import { refusalOf } from "./refusal.ts";
import { POLICY, RELEASE, type RequestInit, STEP } from "./release.ts";

const ID = "0".repeat(32);
const NOT_A_MODE = 7 as Mode;

let alice: Clients;
beforeEach(async () => {
  alice = (await serverUnderTest()).as("human:alice");
});

const steps = (count: number, change: object = {}) =>
  Array.from({ length: count }, (_, index) => ({ ...STEP, stepId: `s${index}`, ...change }));
const policy = (change: object): RequestInit => ({ policySource: { case: "policy", value: { ...POLICY, ...change } } });
const overriding = (overrides: object): RequestInit => ({
  policySource: { case: "template", value: { name: "t", overrides } },
});
const labels = (count: number) => Array.from({ length: count }, (_, index) => ({ key: `k${index}`, value: "v" }));

describe("CreateDecision names the field that breaks a constraint", () => {
  const violations: readonly (readonly [string, string, RequestInit])[] = [
    ["request_id", "string.pattern", { requestId: "with space" }],
    ["request_id", "string.pattern", { requestId: "x".repeat(129) }],
    ["goal", "string.min_bytes", { goal: "" }],
    ["goal", "string.max_bytes", { goal: "ü".repeat(2_049) }],
    ["mode", "enum.not_in", { mode: Mode.UNSPECIFIED }],
    ["mode", "enum.defined_only", { mode: NOT_A_MODE }],
    ["adapter_id", "string.pattern", { adapterId: "../escape" }],
    ["labels", "repeated.max_items", { labels: labels(33) }],
    ["labels[1].key", "string.pattern", { labels: [{ key: "team" }, { key: "-" }] }],
    ["labels[0].value", "string.pattern", { labels: [{ key: "team", value: "x".repeat(64) }] }],
    ["plan.steps", "repeated.min_items", { plan: { steps: [] } }],
    ["plan.steps", "repeated.max_items", { plan: { steps: steps(1001) } }],
    ["plan.steps[0].step_id", "string.pattern", { plan: { steps: steps(1, { stepId: "" }) } }],
    ["plan.steps[0].intent", "string.max_bytes", { plan: { steps: steps(1, { intent: "x".repeat(1025) }) } }],
    ["plan.steps[0].call", "required", { plan: { steps: [{ stepId: "a" }] } }],
    [
      "plan.steps[1].call.tool",
      "string.pattern",
      { plan: { steps: [...steps(1), { ...STEP, stepId: "b", call: { tool: "a;b", method: "m" } }] } },
    ],
    ["plan.steps[0].call.method", "string.pattern", { plan: { steps: steps(1, { call: { tool: "t", method: "" } }) } }],
    [
      "plan.steps[0].call.arguments_json",
      "string.max_bytes",
      { plan: { steps: steps(1, { call: { tool: "t", method: "m", argumentsJson: " ".repeat(65_537) } }) } },
    ],
    ["policy.min_approvals", "uint32.gte_lte", policy({ minApprovals: 0 })],
    ["policy.min_approvals", "uint32.gte_lte", policy({ minApprovals: 101 })],
    ["policy.allowed_modes", "repeated.min_items", policy({ allowedModes: [] })],
    ["policy.allowed_modes", "repeated.unique", policy({ allowedModes: [Mode.APPLY, Mode.APPLY] })],
    ["policy.allowed_modes[0]", "enum.not_in", policy({ allowedModes: [Mode.UNSPECIFIED] })],
    ["policy.allowed_modes[0]", "enum.defined_only", policy({ allowedModes: [NOT_A_MODE] })],
    ["policy.require_adapter_capabilities[0]", "string.pattern", policy({ requireAdapterCapabilities: ["Apply!"] })],
    ["policy.require_adapter_capabilities", "repeated.unique", policy({ requireAdapterCapabilities: ["a", "a"] })],
    ["policy.max_steps", "uint32.lte", policy({ maxSteps: 1001 })],
    ["policy.allowed_adapters[0]", "string.pattern", policy({ allowedAdapters: ["a b"] })],
    ["policy.groups[0].group", "string.pattern", policy({ groups: [{ group: "", minApprovals: 1 }] })],
    ["policy.groups[0].min_approvals", "uint32.gte_lte", policy({ groups: [{ group: "sre", minApprovals: 0 }] })],
    [
      "policy.groups",
      "repeated.max_items",
      policy({ groups: steps(17).map((_, i) => ({ group: `g${i}`, minApprovals: 1 })) }),
    ],
    ["policy.max_approval_lifetime_seconds", "uint32.lte", policy({ maxApprovalLifetimeSeconds: 31_622_401 })],
    ["template.overrides.allowed_modes[0]", "enum.not_in", overriding({ allowedModes: [Mode.UNSPECIFIED] })],
    ["template.overrides.allowed_modes", "repeated.max_items", overriding({ allowedModes: [1, 2, 1] })],
    [
      "template.overrides.require_adapter_capabilities[0]",
      "string.pattern",
      overriding({ requireAdapterCapabilities: ["Apply!"] }),
    ],
    ["template.overrides.allowed_adapters[0]", "string.pattern", overriding({ allowedAdapters: ["a b"] })],
    ["template.overrides.labels[0].key", "string.pattern", overriding({ labels: [{ key: "ｅnv", value: "" }] })],
    ["template.overrides.max_steps", "uint32.lte", overriding({ maxSteps: 1001 })],
    ["template.name", "string.pattern", { policySource: { case: "template", value: { name: "Not A Name" } } }],
  ];

  test.each(violations)("%s: %s", async (field, rule, change) => {
    const refusal = await refusalOf(alice.decisions.createDecision({ ...RELEASE, ...change }));
    expect(refusal).toMatchObject({ code: "InvalidArgument", reason: "INVALID_REQUEST", domain: "nexus-attest" });
    expect(refusal.fields).toContain(field);
    expect(refusal.rules).toContain(rule);
    expect(refusal.message).toContain(field);
    expect((await alice.decisions.listDecisions({})).decisions).toEqual([]);
  });

  test("all fields at once, over each protocol", async () => {
    const server = await serverUnderTest();
    for (const protocol of ["grpc", "connect", "grpc-web"] satisfies Protocol[]) {
      const { decisions } = server.as("human:alice", { protocol });
      const refusal = await refusalOf(decisions.createDecision({ requestId: "?", adapterId: "?" }));
      expect(refusal.fields).toEqual(["request_id", "goal", "mode", "adapter_id"]);
    }
  });

  test.each<readonly [string, RequestInit]>([
    [
      "labels: the key team",
      {
        labels: [
          { key: "team", value: "a" },
          { key: "team", value: "b" },
        ],
      },
    ],
    ["plan.steps[1].step_id", { plan: { steps: [...steps(1), ...steps(1)] } }],
  ])("what only the rules of a decision can tell: %s", async (words, change) => {
    const refusal = await refusalOf(alice.decisions.createDecision({ ...RELEASE, ...change }));
    expect(refusal).toMatchObject({ code: "InvalidArgument", reason: "INVALID_REQUEST" });
    expect(refusal.message).toContain(words);
  });
});

describe("every other request is held against the schema, too", () => {
  const calls: readonly (readonly [
    string,
    string,
    string,
    (clients: Clients) => Promise<unknown> | AsyncIterable<unknown>,
  ])[] = [
    ["AttachPolicy", "policy_source", "required", ({ decisions }) => decisions.attachPolicy({ decisionId: ID })],
    [
      "GrantApproval",
      "decision_id",
      "string.pattern",
      ({ decisions }) => decisions.grantApproval({ decisionId: ID.toUpperCase() + "A" }),
    ],
    [
      "GrantApproval",
      "request_digest",
      "string.pattern",
      ({ decisions }) => decisions.grantApproval({ decisionId: ID, requestDigest: "md5:1" }),
    ],
    [
      "GrantApproval",
      "comment",
      "string.max_bytes",
      ({ decisions }) => decisions.grantApproval({ decisionId: ID, comment: "x".repeat(4097) }),
    ],
    [
      "RevokeApproval",
      "approver_id",
      "string.pattern",
      ({ decisions }) => decisions.revokeApproval({ decisionId: ID, approverId: "a b" }),
    ],
    [
      "RevokeApproval",
      "approver_id",
      "string.max_len",
      ({ decisions }) => decisions.revokeApproval({ decisionId: ID, approverId: "a".repeat(257) }),
    ],
    [
      "RejectDecision",
      "reason",
      "string.max_bytes",
      ({ decisions }) => decisions.rejectDecision({ decisionId: ID, reason: "x".repeat(4097) }),
    ],
    ["CancelDecision", "decision_id", "string.pattern", ({ decisions }) => decisions.cancelDecision({})],
    [
      "ExecuteDecision",
      "wait",
      "duration.gte_lte",
      ({ decisions }) => decisions.executeDecision({ decisionId: ID, wait: { seconds: -1n } }),
    ],
    [
      "ExecuteDecision",
      "wait",
      "duration.gte_lte",
      ({ decisions }) => decisions.executeDecision({ decisionId: ID, wait: { seconds: 3601n } }),
    ],
    ["SettleExecution", "resolution", "required", ({ decisions }) => decisions.settleExecution({ decisionId: ID })],
    [
      "SettleExecution",
      "operator_statement.reason",
      "string.min_bytes",
      ({ decisions }) =>
        decisions.settleExecution({ decisionId: ID, resolution: { case: "operatorStatement", value: { outcome: 1 } } }),
    ],
    [
      "GetDecision",
      "timeline_limit",
      "uint32.lte",
      ({ decisions }) => decisions.getDecision({ decisionId: ID, timelineLimit: 1001 }),
    ],
    ["ListDecisions", "page_size", "int32.gte_lte", ({ decisions }) => decisions.listDecisions({ pageSize: -1 })],
    [
      "ListDecisions",
      "page_token",
      "string.max_len",
      ({ decisions }) => decisions.listDecisions({ pageToken: "x".repeat(1025) }),
    ],
    ["ListDecisions", "filter.states[0]", "enum.not_in", ({ decisions }) => decisions.listDecisions(states([0]))],
    [
      "ListDecisions",
      "filter.states[0]",
      "enum.defined_only",
      ({ decisions }) => decisions.listDecisions(states([99])),
    ],
    [
      "ListDecisionEvents",
      "page_size",
      "int32.gte_lte",
      ({ decisions }) => decisions.listDecisionEvents({ decisionId: ID, pageSize: 1001 }),
    ],
    ["WatchDecision", "decision_id", "string.pattern", ({ decisions }) => decisions.watchDecision({ decisionId: "x" })],
    [
      "WatchDecisions",
      "cursor",
      "string.max_len",
      ({ decisions }) => decisions.watchDecisions({ cursor: "x".repeat(257) }),
    ],
    ["ExportAuditPackage", "mode", "enum.not_in", ({ audit }) => audit.exportAuditPackage({ decisionId: ID })],
  ];

  test.each(calls)("%s, %s: %s", async (_, field, rule, call) => {
    const refusal = await refusalOf(call(alice));
    expect(refusal).toMatchObject({
      code: "InvalidArgument",
      reason: "INVALID_REQUEST",
      fields: [field],
      rules: [rule],
    });
  });

  function states(given: readonly number[]): MessageInitShape<typeof ListDecisionsRequestSchema> {
    return { filter: { states: given as never } };
  }

  test("times are in whole milliseconds and of this calendar", async () => {
    const { decisions } = alice;
    for (const expiresAt of [
      { seconds: 4_000_000_000n, nanos: 1 },
      { seconds: 2n ** 62n },
      { seconds: 1n, nanos: -5 },
    ]) {
      const refusal = await refusalOf(decisions.grantApproval({ decisionId: ID, expiresAt }));
      expect(refusal).toMatchObject({ code: "InvalidArgument", reason: "INVALID_REQUEST" });
      expect(refusal.message).toContain("expires_at");
    }
  });
});
