import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { countingApprovals, ineligibility } from "../../src/domain/approvals.ts";
import type { AdapterView } from "../../src/domain/blocking.ts";
import type { DsseEnvelope } from "../../src/domain/dsse-envelope.ts";
import { KEYS_SET_ASIDE } from "../../src/domain/key-view.ts";
import type { Policy, PolicyOverrides } from "../../src/domain/policy.ts";
import { quorum } from "../../src/domain/quorum.ts";
import { sortLabels } from "../../src/domain/request.ts";
import type { Decision } from "../../src/domain/state.ts";
import { isNothing, tighten } from "../../src/domain/tighten.ts";
import { blockingReasons } from "../../src/domain/triage-ladder.ts";
import { attached, created, granted, minute, POLICY, planOf } from "./facts.ts";
import { decisionOf } from "./given.ts";

const NOTHING: PolicyOverrides = {
  minApprovals: undefined,
  allowedModes: [],
  requireAdapterCapabilities: [],
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

const TEMPLATE: Policy = {
  minApprovals: 2,
  allowedModes: ["DRY_RUN", "APPLY"],
  requireAdapterCapabilities: ["timeout"],
  maxSteps: 5,
  labels: [{ key: "owner", value: "platform" }],
  allowedAdapters: ["files", "files-standby"],
  allowSelfApproval: false,
  humansOnly: true,
  groups: [{ group: "security", minApprovals: 2 }],
  requireComment: true,
  maxApprovalLifetimeSeconds: 3600,
  requireSignedApprovals: true,
};

/** A template that leaves everything open that a policy can leave open. */
const OPEN: Policy = { ...POLICY, minApprovals: 1, allowSelfApproval: true };

function tightened(overrides: Partial<PolicyOverrides>, template: Policy = TEMPLATE): Policy {
  const tightening = tighten(template, { ...NOTHING, ...overrides });
  if (tightening.kind === "refused") throw new Error(JSON.stringify(tightening.violations));
  return tightening.policy;
}

describe("what tightens is applied", () => {
  test("no overrides, and overrides that say nothing, leave the policy as it is", () => {
    expect(tighten(TEMPLATE, undefined)).toEqual({ kind: "tightened", policy: TEMPLATE });
    expect(tightened({})).toEqual(TEMPLATE);
    expect(isNothing(NOTHING)).toBe(true);
    expect(isNothing({ ...NOTHING, humansOnly: false })).toBe(false);
    expect(isNothing({ ...NOTHING, groups: [{ group: "ops", minApprovals: 1 }] })).toBe(false);
  });

  test.each<[string, Partial<PolicyOverrides>, Partial<Policy>]>([
    ["more approvals", { minApprovals: 3 }, { minApprovals: 3 }],
    ["fewer modes", { allowedModes: ["DRY_RUN"] }, { allowedModes: ["DRY_RUN"] }],
    ["all modes, in the template's order", { allowedModes: ["APPLY", "DRY_RUN"] }, {}],
    [
      "more capabilities, behind the template's",
      { requireAdapterCapabilities: ["external", "timeout", "audit"] },
      { requireAdapterCapabilities: ["timeout", "external", "audit"] },
    ],
    ["fewer steps", { maxSteps: 4 }, { maxSteps: 4 }],
    [
      "more labels, in order",
      {
        labels: [
          { key: "env", value: "production" },
          { key: "owner", value: "platform" },
        ],
      },
      {
        labels: [
          { key: "env", value: "production" },
          { key: "owner", value: "platform" },
        ],
      },
    ],
    ["fewer adapters", { allowedAdapters: ["files-standby"] }, { allowedAdapters: ["files-standby"] }],
    ["no self-approval, where there was none", { allowSelfApproval: false }, {}],
    [
      "more members of a group, and another group",
      {
        groups: [
          { group: "ops", minApprovals: 1 },
          { group: "security", minApprovals: 3 },
        ],
      },
      {
        groups: [
          { group: "security", minApprovals: 3 },
          { group: "ops", minApprovals: 1 },
        ],
      },
    ],
    ["a shorter life", { maxApprovalLifetimeSeconds: 60 }, { maxApprovalLifetimeSeconds: 60 }],
    ["the template's own values", { ...TEMPLATE }, {}],
  ])("%s", (_, overrides, changes) => {
    expect(tightened(overrides)).toEqual({ ...TEMPLATE, ...changes });
  });

  test.each<[string, Partial<PolicyOverrides>, Partial<Policy>]>([
    ["a limit of steps where there was none", { maxSteps: 1000 }, { maxSteps: 1000 }],
    ["a longest life where there was none", { maxApprovalLifetimeSeconds: 1 }, { maxApprovalLifetimeSeconds: 1 }],
    ["0 where there is no limit anyway", { maxSteps: 0, maxApprovalLifetimeSeconds: 0 }, {}],
    ["no self-approval", { allowSelfApproval: false }, { allowSelfApproval: false }],
    ["people only", { humansOnly: true }, { humansOnly: true }],
    ["comments", { requireComment: true }, { requireComment: true }],
    ["signatures", { requireSignedApprovals: true }, { requireSignedApprovals: true }],
    ["no adapters, where there were none", { allowedAdapters: [] }, {}],
  ])("on an open template: %s", (_, overrides, changes) => {
    expect(tightened(overrides, OPEN)).toEqual({ ...OPEN, ...changes });
  });
});

describe("what loosens, or could be read in two ways, is refused by field, in words", () => {
  const many = (count: number) => Array.from({ length: count }, (_, index) => `n${index}`);
  test.each<[Partial<PolicyOverrides>, string, string]>([
    [{ minApprovals: 1 }, "min_approvals", "1 is fewer than the template's 2."],
    [{ minApprovals: 0 }, "min_approvals", "0 is fewer than the template's 2."],
    [{ allowedModes: ["APPLY", "APPLY"] }, "allowed_modes", "APPLY stands more than once."],
    [{ requireAdapterCapabilities: ["a", "a"] }, "require_adapter_capabilities", "a stands more than once."],
    [
      { requireAdapterCapabilities: many(32) },
      "require_adapter_capabilities",
      "together with the template's they are 33, 32 at most.",
    ],
    [{ maxSteps: 6 }, "max_steps", "6 is more than the template's 5."],
    [{ maxSteps: 0 }, "max_steps", "0, no limit, is looser than the template's 5."],
    [{ labels: [{ key: "owner", value: "me" }] }, "labels", "the template gives owner another value."],
    [{ labels: many(2).map((value) => ({ key: "env", value })) }, "labels", "env stands more than once."],
    [
      { labels: many(32).map((key) => ({ key, value: "" })) },
      "labels",
      "together with the template's they are 33, 32 at most.",
    ],
    [
      { allowedAdapters: ["files", "nas", "Files"] },
      "allowed_adapters",
      "nas, Files is not among the template's files, files-standby.",
    ],
    [{ allowedAdapters: ["files", "files"] }, "allowed_adapters", "files stands more than once."],
    [{ allowSelfApproval: true }, "allow_self_approval", "true is looser than the template's false."],
    [{ humansOnly: false }, "humans_only", "false is looser than the template's true."],
    [
      { groups: [{ group: "security", minApprovals: 1 }] },
      "groups",
      "1 of security is fewer than the template asks for.",
    ],
    [
      {
        groups: [
          { group: "security", minApprovals: 3 },
          { group: "security", minApprovals: 1 },
        ],
      },
      "groups",
      "security stands more than once.",
    ],
    [
      { groups: many(16).map((group) => ({ group, minApprovals: 1 })) },
      "groups",
      "together with the template's they are 17, 16 at most.",
    ],
    [{ requireComment: false }, "require_comment", "false is looser than the template's true."],
    [{ maxApprovalLifetimeSeconds: 3601 }, "max_approval_lifetime_seconds", "3601 is more than the template's 3600."],
    [
      { maxApprovalLifetimeSeconds: 0 },
      "max_approval_lifetime_seconds",
      "0, no limit, is looser than the template's 3600.",
    ],
    [{ requireSignedApprovals: false }, "require_signed_approvals", "false is looser than the template's true."],
  ])("%# %o", (overrides, field, description) => {
    expect(tighten(TEMPLATE, { ...NOTHING, ...overrides })).toEqual({
      kind: "refused",
      violations: [{ field, description }],
    });
  });

  test("a mode that the template does not allow", () => {
    const template: Policy = { ...TEMPLATE, allowedModes: ["DRY_RUN"] };
    expect(tighten(template, { ...NOTHING, allowedModes: ["DRY_RUN", "APPLY"] })).toEqual({
      kind: "refused",
      violations: [{ field: "allowed_modes", description: "APPLY is not among the template's DRY_RUN." }],
    });
  });

  test("a list of adapters where the template has none: whoever executes could choose where the request names none", () => {
    expect(tighten(OPEN, { ...NOTHING, allowedAdapters: ["files"] })).toEqual({
      kind: "refused",
      violations: [
        {
          field: "allowed_adapters",
          description: "the template lists none, which leaves only the adapter that the request names.",
        },
      ],
    });
  });

  test("every field that loosens is named, in the order of the schema", () => {
    const tightening = tighten(TEMPLATE, { ...NOTHING, minApprovals: 1, maxSteps: 0, humansOnly: false });
    expect(tightening.kind === "refused" && tightening.violations.map(({ field }) => field)).toEqual([
      "min_approvals",
      "max_steps",
      "humans_only",
    ]);
  });
});

// Few values, so that templates and overrides, approvals and policies often meet.
const NAMES = ["a", "b", "c"];
const KEYS = ["k", "l", "m"];
const label = fc.record({ key: fc.constantFrom(...KEYS), value: fc.constantFrom("x", "y") });
const group = fc.record({ group: fc.constantFrom(...NAMES), minApprovals: fc.integer({ min: 1, max: 2 }) });
const groups = fc.oneof(
  { weight: 2, arbitrary: fc.constant([]) },
  fc.uniqueArray(group, { selector: (each) => each.group, maxLength: 2 }),
);
const rarely = fc.oneof({ weight: 3, arbitrary: fc.constant(false) }, fc.constant(true));
const mode = fc.constantFrom("DRY_RUN" as const, "APPLY" as const);
const templates: fc.Arbitrary<Policy> = fc.record({
  minApprovals: fc.integer({ min: 1, max: 3 }),
  allowedModes: fc.uniqueArray(mode, { minLength: 1 }),
  requireAdapterCapabilities: fc.subarray(NAMES, { maxLength: 1 }),
  maxSteps: fc.constantFrom(0, 0, 2, 3),
  labels: fc.uniqueArray(label, { selector: ({ key }) => key }).map(sortLabels),
  allowedAdapters: fc.subarray(NAMES),
  allowSelfApproval: fc.boolean(),
  humansOnly: rarely,
  groups,
  requireComment: rarely,
  maxApprovalLifetimeSeconds: fc.constantFrom(0, 0, 600, 1200),
  requireSignedApprovals: rarely,
});
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 });
const seldom = <T>(items: fc.Arbitrary<readonly T[]>) => fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, items);
const anyOverrides: fc.Arbitrary<PolicyOverrides> = fc.record({
  minApprovals: maybe(fc.nat({ max: 4 })),
  allowedModes: seldom(fc.array(mode, { maxLength: 2 })),
  requireAdapterCapabilities: seldom(fc.array(fc.constantFrom(...NAMES), { maxLength: 2 })),
  maxSteps: maybe(fc.nat({ max: 4 })),
  labels: seldom(fc.array(label, { maxLength: 2 }).map(sortLabels)),
  allowedAdapters: seldom(fc.array(fc.constantFrom(...NAMES), { maxLength: 2 })),
  allowSelfApproval: maybe(fc.boolean()),
  humansOnly: maybe(fc.boolean()),
  groups: seldom(fc.array(group, { maxLength: 3 })),
  requireComment: maybe(fc.boolean()),
  maxApprovalLifetimeSeconds: maybe(fc.constantFrom(0, 300, 600, 1200, 1800)),
  requireSignedApprovals: maybe(fc.boolean()),
});

const SIGNATURE: DsseEnvelope = { payload: "", payloadType: "", signatures: [] } as unknown as DsseEnvelope;

/** Approvals of distinct people and systems, the requester among them. */
const approvals = fc.uniqueArray(
  fc.record({
    id: fc.constantFrom("alice", "bob", "carol", "dave", "erin", "frank"),
    type: fc.constantFrom("HUMAN" as const, "HUMAN" as const, "SYSTEM" as const),
    comment: fc.constantFrom("", "fine", "fine"),
    lives: fc.constantFrom(undefined, 30, 600, 1200, 1800),
    groups: fc.subarray(NAMES),
    signature: fc.constantFrom(undefined, SIGNATURE, SIGNATURE),
  }),
  { selector: ({ id }) => id, minLength: 2 },
);
type Yes = typeof approvals extends fc.Arbitrary<(infer Each)[]> ? Each : never;
const requests = fc.record({ mode, steps: fc.constantFrom(0, 1, 2, 3, 4), adapterId: fc.constantFrom("", ...NAMES) });
const adapters: fc.Arbitrary<AdapterView> = fc.record({
  kind: fc.constant("known" as const),
  adapterId: fc.constantFrom(...NAMES),
  capabilities: fc.subarray([...NAMES, "apply"], { minLength: 3 }),
});

/** The same decision under a policy. */
function under(
  policy: Policy,
  request: { mode: Policy["allowedModes"][number]; steps: number; adapterId: string },
  yes: readonly Yes[],
): Decision {
  const { mode, steps, adapterId } = request;
  const facts = yes.map(({ id, type, comment, lives, groups, signature }, index) =>
    granted(
      { type, id },
      { comment, groups, signature, expiresAt: lives === undefined ? undefined : minute(1 + index) + lives * 1000 },
    ),
  );
  return decisionOf(created({ mode, plan: planOf(steps), adapterId }), attached(policy), ...facts);
}

describe("over random policies, overrides, requests and approvals", () => {
  test("whatever passes the tightened policy passes the template's: eligibility, quorum and everything that blocks", () => {
    const seen = { refused: 0, open: 0, blocked: 0, differed: 0 };
    fc.assert(
      fc.property(
        templates,
        anyOverrides,
        requests,
        approvals,
        adapters,
        (template, overrides, request, yes, adapter) => {
          const tightening = tighten(template, overrides);
          if (tightening.kind === "refused") return void (seen.refused += 1);
          const strict = under(tightening.policy, request, yes);
          const lax = under(template, request, yes);
          for (const approval of strict.approvals)
            if (ineligibility(tightening.policy, strict.requester, approval) === undefined)
              expect(ineligibility(template, lax.requester, approval)).toBeUndefined();
          const now = minute(yes.length);
          const counting = countingApprovals(strict, now, KEYS_SET_ASIDE);
          if (quorum(tightening.policy, counting).missing === 0)
            expect(quorum(template, countingApprovals(lax, now, KEYS_SET_ASIDE)).missing).toBe(0);
          const view = request.adapterId === "" ? adapter : { ...adapter, adapterId: request.adapterId };
          const passes = blockingReasons(strict, now, { adapter: view, keys: KEYS_SET_ASIDE }).length === 0;
          const passesTemplate = blockingReasons(lax, now, { adapter: view, keys: KEYS_SET_ASIDE }).length === 0;
          seen[passes ? "open" : "blocked"] += 1;
          if (passes !== passesTemplate) seen.differed += 1;
          if (passes) expect(blockingReasons(lax, now, { adapter: view, keys: KEYS_SET_ASIDE })).toEqual([]);
        },
      ),
      { numRuns: 20_000 },
    );
    // It would prove nothing if hardly anything got through, or if overrides changed nothing.
    expect(seen.refused).toBeGreaterThan(1_000);
    expect(seen.open).toBeGreaterThan(300);
    expect(seen.blocked).toBeGreaterThan(1_000);
    expect(seen.differed).toBeGreaterThan(300);
  });

  test("overrides applied again change nothing", () => {
    let applied = 0;
    fc.assert(
      fc.property(templates, anyOverrides, (template, overrides) => {
        const once = tighten(template, overrides);
        if (once.kind === "refused") return;
        applied += 1;
        expect(tighten(once.policy, overrides)).toEqual(once);
      }),
      { numRuns: 5_000 },
    );
    expect(applied).toBeGreaterThan(300);
  });

  test("it never throws, whatever a log of somebody else's holds", () => {
    const lists = fc.array(
      fc.record({ key: fc.string(), value: fc.string(), group: fc.string(), minApprovals: fc.double() }),
    );
    const anyPolicy = (optional: boolean) =>
      fc.record({
        minApprovals: optional ? maybe(fc.double()) : fc.double(),
        allowedModes: fc.array(fc.string()),
        requireAdapterCapabilities: fc.array(fc.constantFrom("__proto__", "constructor", "a")),
        maxSteps: optional ? maybe(fc.double()) : fc.double(),
        labels: lists,
        allowedAdapters: fc.array(fc.string()),
        allowSelfApproval: optional ? maybe(fc.boolean()) : fc.boolean(),
        humansOnly: optional ? maybe(fc.boolean()) : fc.boolean(),
        groups: lists,
        requireComment: optional ? maybe(fc.boolean()) : fc.boolean(),
        maxApprovalLifetimeSeconds: optional ? maybe(fc.double()) : fc.double(),
        requireSignedApprovals: optional ? maybe(fc.boolean()) : fc.boolean(),
      });
    fc.assert(
      fc.property(anyPolicy(false), anyPolicy(true), (template, overrides) => {
        expect(() => tighten(template as Policy, overrides as PolicyOverrides)).not.toThrow();
      }),
    );
  });
});
