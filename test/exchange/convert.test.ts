import { describe, expect, test } from "vitest";
import type { Policy, TemplateUse } from "../../src/domain/policy.ts";
import { digestOf } from "../../src/evidence/digest.ts";
import { type Conversion, convertPackage, toPythonBundle } from "../../src/exchange/convert.ts";
import { LOSSES, lossesOfPackage } from "../../src/exchange/losses.ts";
import { ORIGIN_FIELD } from "../../src/exchange/python-format.ts";
import { readForeignBundle } from "../../src/exchange/read-foreign-bundle.ts";
import {
  alice,
  at,
  attached,
  bob,
  carol,
  completed,
  created,
  dave,
  type Fact,
  failed,
  gated,
  granted,
  minute,
  POLICY,
  planOf,
  revoked,
  robot,
  started,
  WAY_TO,
} from "../domain/facts.ts";
import type { Loose } from "./golden.ts";
import { DECISION_ID, ownLog, ownPackage, RUN_BUNDLE } from "./own-log.ts";

const LATER = minute(10_000);

function bundleOf(facts: readonly Fact[], acceptLosses = false, now = LATER): Conversion {
  return toPythonBundle(ownLog(facts), { at: now, acceptLosses });
}

/** The file of a conversion, parsed. */
function fileOf(conversion: Conversion): Loose {
  if (conversion.kind === "refused") throw new Error(conversion.problems.join("\n"));
  return JSON.parse(new TextDecoder().decode(conversion.file));
}

function payloadsOf(file: Loose): Loose[] {
  return file.events.map(({ payload: { [ORIGIN_FIELD]: _origin, ...payload } }: Loose) => payload);
}

const problemsOf = (conversion: Conversion) => (conversion.kind === "refused" ? conversion.problems : []);

describe("a log of ours as a bundle of the original", () => {
  test("says what happened in the original's words, event by event", () => {
    const facts = [
      created({ plan: planOf(1), labels: [{ key: "env", value: "production" }] }),
      attached({ requireAdapterCapabilities: ["timeout"], maxSteps: 5, labels: [{ key: "owner", value: "" }] }),
      granted(bob, { comment: "looks right", expiresAt: minute(60) + 250 }),
      granted(dave),
      revoked(dave),
      granted(carol),
      { ...gated(), body: { ...gated().body, adapterCapabilities: ["apply", "timeout"] } as Fact["body"] },
      started(),
      completed(),
    ];
    const file = fileOf(bundleOf(facts));
    expect(payloadsOf(file)).toEqual([
      {
        goal: "ship it",
        plan: '{"steps":[{"call":{"method":"write","tool":"files"},"step_id":"step-0"}]}',
        requested_mode: "apply",
        labels: ["env=production"],
      },
      {
        min_approvals: 2,
        allowed_modes: ["dry_run", "apply"],
        require_adapter_capabilities: ["timeout"],
        max_steps: 5,
        labels: ["owner="],
      },
      { expires_at: "2026-01-05T10:00:00.250000+00:00", comment: "looks right" },
      { expires_at: null },
      { reason: "second thoughts" },
      { expires_at: null },
      { adapter_id: "local", dry_run: false },
      { router_request_digest: expect.stringMatching(/^[0-9a-f]{64}$/) },
      { run_id: "run-1", response_digest: digestOf(RUN_BUNDLE).slice(7), steps_executed: 3 },
    ]);
    expect(file.events[2]).toMatchObject({
      event_id: `evt_${DECISION_ID}_2`,
      decision_id: DECISION_ID,
      seq: 2,
      type: "APPROVAL_GRANTED",
      ts: "2026-01-05T09:02:00+00:00",
      actor: { type: "human", id: "bob" },
    });
    expect(file.events[7].actor).toEqual({ type: "system", id: "nexus-attest" });
    expect(file.decision).toEqual({
      decision_id: DECISION_ID,
      goal: "ship it",
      mode: "apply",
      created_at: "2026-01-05T09:00:00+00:00",
      status: "COMPLETED",
    });
    expect(file.router_link).toMatchObject({
      run_id: "run-1",
      adapter_id: "local",
      router_request_digest: `sha256:${file.events[7].payload.router_request_digest}`,
      router_result_digest: digestOf(RUN_BUNDLE),
    });
    expect(file.template_snapshot).toEqual({ present: false });
  });

  test("keeps each of our events to the byte", () => {
    const texts = ownLog(WAY_TO.completed);
    const file = fileOf(bundleOf(WAY_TO.completed));
    expect(file.events.map(({ payload }: Loose) => payload[ORIGIN_FIELD])).toEqual(texts);
  });

  test("is the same file every time", () => {
    expect(bundleOf(WAY_TO.completed)).toEqual(bundleOf(WAY_TO.completed, true, LATER + 1));
  });

  test.each([
    ["started", WAY_TO.started, "EXECUTING"],
    ["completed", WAY_TO.completed, "COMPLETED"],
    ["failed", WAY_TO.failed, "FAILED"],
    ["never begun", [...WAY_TO.gated, failed({ runId: "", routerDigest: "", stepsExecuted: 0 })], "FAILED"],
  ] as const)("can be told of an execution that is %s, and is then read as our log", (_, facts, status) => {
    const conversion = bundleOf(facts);
    expect(fileOf(conversion).decision.status).toBe(status);
    const read = conversion.kind === "converted" ? readForeignBundle(conversion.file) : { problem: "refused" };
    expect(read).toMatchObject({ status, decisionId: DECISION_ID });
    expect("findings" in read && read.findings.find(({ name }) => name === "origin")).toMatchObject({ isProven: true });
  });

  test.each([
    ["DRAFT", WAY_TO.draft, LATER],
    ["PENDING_APPROVAL", [created(), attached(), granted(bob)], LATER],
    ["APPROVED", WAY_TO.approved, LATER],
    ["APPROVED", [created(), attached(), granted(bob), granted(carol, { expiresAt: minute(60) })], minute(60) - 1],
    ["PENDING_APPROVAL", [created(), attached(), granted(bob), granted(carol, { expiresAt: minute(60) })], minute(60)],
    ["APPROVED", [created(), attached(), granted(bob), granted(carol), revoked(carol), granted(carol)], LATER],
  ] as const)("of a decision that is open is %s by the original's rules and the clock", (status, facts, now) => {
    expect(fileOf(bundleOf(facts, true, now)).decision.status).toBe(status);
  });

  test("counts one approver once, whatever kind of actor they were", () => {
    const facts = [
      created(),
      attached(),
      granted(bob, { expiresAt: minute(3) }),
      at(minute(4), granted({ ...bob, type: "SYSTEM" })),
    ];
    expect(fileOf(bundleOf(facts, true)).decision.status).toBe("PENDING_APPROVAL");
  });

  test("gives a template's values in force as overrides, for there they replace and do not add", () => {
    const templatePolicy: Policy = { ...POLICY, requireAdapterCapabilities: ["timeout"], maxSteps: 9 };
    const overrides = {
      minApprovals: 3,
      allowedModes: [],
      requireAdapterCapabilities: ["external"],
      maxSteps: undefined,
      labels: [],
      allowedAdapters: [],
      allowSelfApproval: undefined,
      humansOnly: undefined,
      groups: [],
      requireComment: undefined,
      maxApprovalLifetimeSeconds: undefined,
      requireSignedApprovals: undefined,
    };
    const template: TemplateUse = { name: "release", digest: digestOf("template"), templatePolicy, overrides };
    const policy = { ...templatePolicy, minApprovals: 3, requireAdapterCapabilities: ["timeout", "external"] };
    const attachedFact: Fact = { actor: alice, body: { type: "POLICY_ATTACHED", policy, template } };
    const file = fileOf(bundleOf([created(), attachedFact], true));
    const overridden = { min_approvals: 3, require_adapter_capabilities: ["timeout", "external"] };
    expect(payloadsOf(file)[1]).toMatchObject({
      ...overridden,
      max_steps: 9,
      template_name: "release",
      template_digest: digestOf("template").slice(7),
      template_snapshot: { template_name: "release", min_approvals: 2, require_adapter_capabilities: ["timeout"] },
      overrides_applied: overridden,
    });
    expect(file.template_snapshot).toMatchObject({ present: true, name: "release", overrides: overridden });
  });
});

describe("what the original cannot say", () => {
  test.each([
    ["a veto", WAY_TO.rejected, "event 2 (DECISION_REJECTED): nexus-attest 0.6 has no such event."],
    ["a withdrawal", WAY_TO.cancelled, "event 2 (DECISION_CANCELLED): nexus-attest 0.6 has no such event."],
    ["an unknown outcome", WAY_TO.unknown, "event 6 (EXECUTION_OUTCOME_UNKNOWN): nexus-attest 0.6 has no such event."],
    [
      "an unknown outcome that was settled",
      [...WAY_TO.unknown, completed({ settlement: { basis: "ROUTER_ANSWER", reason: "" } })],
      "event 6 (EXECUTION_OUTCOME_UNKNOWN): nexus-attest 0.6 has no such event.",
    ],
    [
      "an operator's word",
      [
        ...WAY_TO.started,
        completed({ runId: "", routerDigest: "", settlement: { basis: "OPERATOR_STATEMENT", reason: "seen" } }),
      ],
      "event 6 (EXECUTION_COMPLETED): run_id, router_digest: an operator stated the outcome",
    ],
    ["a gate that waits for its start", WAY_TO.gated, "The execution is requested and not started."],
    [
      "an approval that another ended",
      [created(), attached({ allowSelfApproval: true }), granted(bob), revoked(robot, bob)],
      "event 3 (APPROVAL_REVOKED): approver: nexus-attest 0.6 lets everybody end their own approval only",
    ],
  ] as const)("is refused: %s", (_, facts, words) => {
    const problems = problemsOf(bundleOf(facts, true));
    expect(problems.filter((problem) => problem.startsWith(words))).toHaveLength(1);
  });

  const RULES: readonly [keyof typeof LOSSES, Partial<Policy>][] = [
    ["allowed_adapters", { allowedAdapters: ["local"] }],
    ["no_self_approval", { allowSelfApproval: false }],
    ["humans_only", { humansOnly: true }],
    ["approver_groups", { groups: [{ group: "security", minApprovals: 1 }] }],
    ["required_comment", { requireComment: true }],
    ["approval_lifetime", { maxApprovalLifetimeSeconds: 60 }],
    ["signed_approvals", { requireSignedApprovals: true }],
  ];

  test.each(RULES)("of an open decision is refused unless it is accepted: %s", (name, policy) => {
    const facts = [created({ adapterId: "" }), attached({ allowSelfApproval: true, ...policy })];
    expect(problemsOf(bundleOf(facts))).toEqual([
      `The decision is still open, and nexus-attest 0.6 would lose a rule: ${LOSSES[name]}.`,
    ]);
    expect(bundleOf(facts, true)).toMatchObject({ kind: "converted", losses: expect.arrayContaining([name]) });
  });

  test("is refused too for the adapter that an open request names", () => {
    const facts = [created(), attached({ allowSelfApproval: true })];
    expect(problemsOf(bundleOf(facts))).toEqual([
      `The decision is still open, and nexus-attest 0.6 would lose a rule: ${LOSSES.request_adapter}.`,
    ]);
  });

  test("is named where it can no longer do harm", () => {
    expect(bundleOf(WAY_TO.completed)).toMatchObject({
      losses: [
        "request_adapter",
        "no_self_approval",
        "approved_digest",
        "gate",
        "claim",
        "media_type",
        "event_identity",
      ],
    });
    const settlement = { basis: "ROUTER_ANSWER", reason: "" } as const;
    expect(bundleOf([...WAY_TO.started, failed({ settlement })])).toMatchObject({
      losses: expect.arrayContaining(["run_record", "settlement"]),
    });
  });

  test("is named too of what is signed, and of what stands in a package beside the log", () => {
    const signature = { payload: Uint8Array.of(1), payloadType: "t", signatures: [] };
    const facts = [
      created(),
      attached(),
      granted(bob, { signature }),
      granted(carol),
      gated(),
      started(),
      completed({ routerSignature: signature }),
    ];
    expect(bundleOf(facts)).toMatchObject({
      losses: expect.arrayContaining(["approval_signature", "router_signature"]),
    });
    expect(bundleOf([...WAY_TO.started, failed({ routerSignature: signature })])).toMatchObject({
      losses: expect.arrayContaining(["router_signature"]),
    });
    expect(lossesOfPackage({ signature: {}, template: {} })).toEqual(["package_signature", "template_event"]);
    expect(lossesOfPackage({})).toEqual([]);
  });

  test("is nothing where a decision uses only what both have, but for what every event loses", () => {
    const facts = [created({ adapterId: "" }), attached({ allowSelfApproval: true })];
    expect(bundleOf(facts)).toMatchObject({ kind: "converted", losses: ["event_identity"] });
  });
});

describe("an audit package of ours as one of the original", () => {
  test.each(["embedded", "reference"] as const)("is %s as ours is", (mode) => {
    const conversion = convertPackage(ownPackage(WAY_TO.completed, mode), "nexus-attest-0.6");
    const file = fileOf(conversion);
    const routerDigest = digestOf(RUN_BUNDLE);
    const integrity = { alg: "sha256", canonical_digest: routerDigest };
    expect(file.router).toEqual(
      mode === "reference"
        ? { mode, ref: { run_id: "run-1", digest: routerDigest } }
        : {
            mode,
            bundle: {
              run_id: "run-1",
              media_type: "application/json",
              content_base64: Buffer.from(RUN_BUNDLE).toString("base64"),
              integrity,
            },
          },
    );
    expect(file.binding).toEqual({
      control_digest: file.control_bundle.integrity.canonical_digest,
      router_digest: routerDigest,
      control_router_link_digest: file.control_bundle.router_link.control_router_link_digest,
    });
    expect(file.control_bundle).toEqual(fileOf(bundleOf(WAY_TO.completed)));
    expect(conversion).toMatchObject({ digest: file.integrity.binding_digest });
  });

  test("can be told of a failed run, whose record only our own log names", () => {
    const file = fileOf(convertPackage(ownPackage(WAY_TO.failed), "nexus-attest-0.6"));
    expect(file.control_bundle.router_link.router_result_digest).toBeUndefined();
    expect(file.binding.router_digest).toBe(digestOf(RUN_BUNDLE));
  });

  test("is refused if ours is broken", () => {
    const broken = new TextEncoder().encode(
      new TextDecoder().decode(ownPackage(WAY_TO.completed)).replace("bob", "bop"),
    );
    expect(problemsOf(convertPackage(broken, "nexus-attest-0.6")).join("\n")).toContain(
      "The package is broken: event_chain:",
    );
    expect(problemsOf(convertPackage(new Uint8Array(), "nexus-attest-0.6"))).toHaveLength(1);
  });

  test("is refused where the original has no words, by the same words as a bundle", () => {
    const facts = [...WAY_TO.unknown, completed({ settlement: { basis: "ROUTER_ANSWER", reason: "" } })];
    expect(problemsOf(convertPackage(ownPackage(facts), "nexus-attest-0.6"))).toEqual(problemsOf(bundleOf(facts)));
  });
});

test("a log that does not replay is refused", () => {
  const texts = ownLog(WAY_TO.completed);
  const convert = (log: readonly string[]) => problemsOf(toPythonBundle(log, { at: LATER, acceptLosses: true }));
  expect(convert([])).toEqual(["The log has no events."]);
  expect(convert(texts.slice(1))[0]).toContain("The log does not replay:");
  expect(convert(texts.with(2, (texts[2] ?? "").replace("bob", "bop")))[0]).toContain("event 3");
});
