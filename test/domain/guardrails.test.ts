import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Command } from "../../src/domain/command.ts";
import { type Guardrail, type GuardrailUse, matching, raise, united } from "../../src/domain/guardrail.ts";
import type { Digest } from "../../src/domain/ids.ts";
import { KEYS_SET_ASIDE } from "../../src/domain/key-view.ts";
import { progressOf, stateOf } from "../../src/domain/lifecycle.ts";
import { isFrom } from "../../src/domain/policy-source.ts";
import { quorum } from "../../src/domain/quorum.ts";
import { blockingReasons } from "../../src/domain/triage-ladder.ts";
import {
  alice,
  attached,
  bob,
  carol,
  created,
  dave,
  type Fact,
  granted,
  minute,
  POLICY,
  REQUEST,
  robot,
} from "./facts.ts";
import { decisionOf, given, LOCAL } from "./given.ts";

const ANY = { adapters: [], labels: [], modes: [] } as const;

function use(name: string, floor: Partial<Guardrail> = {}): GuardrailUse {
  const guardrail: Guardrail = {
    name,
    match: ANY,
    minApprovals: 0,
    groups: [],
    humansOnly: false,
    requireSignedApprovals: false,
    allowedModes: [],
    maxApprovalLifetimeSeconds: 0,
    requiredLabels: [],
    allowSelfApproval: false,
    ...floor,
  };
  return { digest: `sha256:${name}` as Digest, guardrail };
}

const under = (...guardrails: readonly GuardrailUse[]): Fact => {
  const fact = attached();
  if (fact.body.type !== "POLICY_ATTACHED") throw new TypeError("a policy");
  return { ...fact, body: { ...fact.body, guardrails } };
};

const ATTACH: Command = {
  type: "ATTACH_POLICY",
  policy: { type: "POLICY_ATTACHED", policy: POLICY, template: undefined },
};
const EXECUTE: Command = { type: "REQUEST_EXECUTION", adapterId: undefined };
const APPROVE: Command = { type: "GRANT_APPROVAL", comment: "", expiresAt: undefined, shownDigest: undefined };

/** What blocks under guardrails that are configured now. */
function blocking(facts: readonly Fact[], ...guardrails: readonly GuardrailUse[]) {
  const decision = decisionOf(...facts);
  return blockingReasons(decision, decision.head.occurredAt, { adapter: LOCAL, keys: KEYS_SET_ASIDE, guardrails });
}

describe("guardrails of two lists", () => {
  test("are one where digest and guardrail are the same, and two where only the digest is", () => {
    const one = use("g");
    expect(united([one], [use("g")])).toEqual([one]);
    const forged = { ...use("g", { minApprovals: 3 }), digest: one.digest };
    expect(united([one], [forged])).toEqual([one, forged]);
  });
});

describe("a guardrail that matches", () => {
  const guarded = { mode: "APPLY", labels: [{ key: "env", value: "prod" }], adapters: ["prod-db"] } as const;
  const matched = (match: Partial<Guardrail["match"]>, what = {}) =>
    matching([use("g", { match: { ...ANY, ...match } })], { ...guarded, ...what }).length === 1;

  test("is for adapters, labels and modes, as far as it names them", () => {
    expect(matched({})).toBe(true);
    expect(matched({ adapters: ["prod-db"] })).toBe(true);
    expect(matched({ adapters: ["prod-*"] })).toBe(true);
    expect(matched({ adapters: ["*"] })).toBe(true);
    expect(matched({ adapters: ["prod"] })).toBe(false);
    expect(matched({ adapters: ["prod-db-*"] })).toBe(false);
    expect(matched({ labels: [{ key: "env", value: "prod" }] })).toBe(true);
    expect(matched({ labels: [{ key: "env", value: "PROD" }] })).toBe(false);
    expect(matched({ modes: ["DRY_RUN"] })).toBe(false);
    expect(matched({ modes: ["APPLY"], adapters: ["prod-*"], labels: [{ key: "team", value: "x" }] })).toBe(false);
  });

  test("is for all adapters that may still be chosen, or for none", () => {
    expect(matched({ adapters: ["prod-*"] }, { adapters: ["prod-a", "prod-b"] })).toBe(true);
    expect(matched({ adapters: ["prod-*"] }, { adapters: ["prod-a", "test"] })).toBe(false);
    expect(matched({ adapters: ["*"] }, { adapters: [] })).toBe(false);
  });
});

describe("a policy that guardrails raise", () => {
  test("asks for all that either asks for", () => {
    const strict = use("strict", {
      minApprovals: 3,
      groups: [
        { group: "sre", minApprovals: 2 },
        { group: "legal", minApprovals: 1 },
      ],
      humansOnly: true,
      requireSignedApprovals: true,
      allowedModes: ["DRY_RUN"],
      maxApprovalLifetimeSeconds: 60,
    });
    const policy = { ...POLICY, allowSelfApproval: true, groups: [{ group: "sre", minApprovals: 1 }] };
    expect(raise(policy, [strict])).toEqual({
      ...policy,
      minApprovals: 3,
      groups: [
        { group: "sre", minApprovals: 2 },
        { group: "legal", minApprovals: 1 },
      ],
      allowedModes: ["DRY_RUN"],
      allowSelfApproval: false,
      humansOnly: true,
      requireSignedApprovals: true,
      maxApprovalLifetimeSeconds: 60,
    });
    expect(raise({ ...policy, minApprovals: 5, maxApprovalLifetimeSeconds: 30 }, [strict])).toMatchObject({
      minApprovals: 5,
      maxApprovalLifetimeSeconds: 30,
    });
  });

  test("lets nothing through that the policy itself would not", () => {
    const group = fc.record({ group: fc.constantFrom("a", "b"), minApprovals: fc.integer({ min: 1, max: 3 }) });
    const groups = fc.uniqueArray(group, { selector: (g) => g.group });
    const counts = fc.integer({ min: 1, max: 4 });
    const approvals = fc.array(fc.record({ groups: fc.subarray(["a", "b", "c"]) }), { maxLength: 6 });
    fc.assert(
      fc.property(groups, counts, groups, counts, approvals, (own, few, demanded, more, seated) => {
        const policy = { ...POLICY, minApprovals: few, groups: own };
        const raised = raise(policy, [use("g", { minApprovals: more, groups: demanded })]);
        if (quorum(raised, seated).missing === 0) expect(quorum(policy, seated).missing).toBe(0);
      }),
    );
  });
});

describe("when a policy is attached", () => {
  const PROD = use("prod", { match: { ...ANY, adapters: ["local"] }, minApprovals: 3 });
  const OTHER = use("other", { match: { ...ANY, adapters: ["elsewhere"] }, minApprovals: 4 });

  test("the guardrails that are for the decision are recorded with it, and no other", () => {
    given(created())
      .when(alice, ATTACH, { guardrails: [OTHER, PROD] })
      .thenEvents({
        type: "POLICY_ATTACHED",
        policy: POLICY,
        template: undefined,
        guardrails: [PROD],
      });
    given()
      .when(alice, { type: "CREATE_DECISION", created: REQUEST, policy: undefined }, { guardrails: [PROD] })
      .thenEvents(REQUEST);
  });

  test("the same command again is the same, whatever guardrails there were", () => {
    const body = under(PROD).body;
    if (body.type !== "POLICY_ATTACHED" || ATTACH.type !== "ATTACH_POLICY") throw new TypeError("a policy");
    expect(isFrom(ATTACH.policy, body)).toBe(true);
    expect(isFrom(undefined, body)).toBe(false);
  });

  test("a request that can never meet one is refused, with all that is wrong", () => {
    const strict = use("strict", { allowedModes: ["DRY_RUN"], requiredLabels: [{ key: "ticket", values: [] }] });
    const { verdict } = given(created()).when(alice, ATTACH, { guardrails: [strict] });
    expect(verdict).toMatchObject({
      accepted: false,
      rejection: { reason: "GUARDRAIL_NOT_MET", violations: [{ field: "mode" }, { field: "labels" }] },
    });
    const labelled = given(created({ labels: [{ key: "ticket", value: "T-1" }] }));
    expect(
      labelled.when(alice, ATTACH, { guardrails: [use("l", { requiredLabels: [{ key: "ticket", values: ["T-1"] }] })] })
        .verdict,
    ).toMatchObject({ accepted: true });
    expect(
      labelled.when(alice, ATTACH, { guardrails: [use("l", { requiredLabels: [{ key: "ticket", values: ["T-2"] }] })] })
        .verdict,
    ).toMatchObject({ accepted: false });
  });

  test("more groups than can be judged are refused", () => {
    const groups = (from: string) => Array.from({ length: 9 }, (_, i) => ({ group: `${from}${i}`, minApprovals: 1 }));
    const both = [use("a", { groups: groups("a") }), use("b", { groups: groups("b") })];
    given(created())
      .when(alice, ATTACH, { guardrails: both })
      .thenRefused(
        "GUARDRAIL_NOT_MET",
        "This server would never execute it: With the guardrails they are 18, 16 at most.",
      );
  });
});

describe("what was recorded with the policy", () => {
  const three = use("three", { minApprovals: 3, humansOnly: true });
  const facts = [created(), under(three), granted(bob), granted(carol)];

  test("counts as if the policy said so", () => {
    const decision = decisionOf(...facts);
    expect(stateOf(decision, minute(9), KEYS_SET_ASIDE)).toBe("PENDING_APPROVAL");
    expect(progressOf(decision, minute(9), KEYS_SET_ASIDE)).toMatchObject({
      approvalsRequired: 3,
      approvalsMissing: 1,
    });
    expect(blocking(facts)).toMatchObject([
      {
        code: "GUARDRAIL_NOT_MET",
        name: "three",
        digest: three.digest,
        unmet: [{ code: "MISSING_APPROVALS", required: 3, have: 2, missing: 1 }],
      },
    ]);
    expect(blocking([...facts, granted(dave)])).toEqual([]);
    given(created(), under(three))
      .when(robot, APPROVE)
      .thenRefused("HUMAN_REQUIRED", "The policy wants people as approvers; robot is a system.");
  });

  test("still holds when the configuration has dropped it", () => {
    expect(given(...facts).when(bob, EXECUTE, { guardrails: [] }).verdict).toMatchObject({ accepted: false });
    expect(given(...facts, granted(dave)).when(bob, EXECUTE, { guardrails: [] }).verdict).toMatchObject({
      accepted: true,
    });
  });
});

describe("the gate", () => {
  const approved = [created(), attached(), granted(bob), granted(carol)];

  test("is judged by the guardrails that are configured then, and records them", () => {
    const two = use("two", { minApprovals: 2 });
    const { verdict } = given(...approved).when(alice, EXECUTE, { guardrails: [two] });
    expect(verdict).toMatchObject({ accepted: true, events: [{ type: "EXECUTION_REQUESTED", guardrails: [two] }] });
  });

  test("is closed to what was approved before they were tightened", () => {
    const tightened = use("tightened", { groups: [{ group: "sre", minApprovals: 1 }] });
    const { verdict } = given(...approved).when(alice, EXECUTE, { guardrails: [tightened] });
    expect(verdict).toMatchObject({
      accepted: false,
      rejection: {
        reason: "GATE_CLOSED",
        blockingReasons: [{ code: "GUARDRAIL_NOT_MET", name: "tightened", unmet: [{ code: "MISSING_APPROVALS" }] }],
      },
    });
    expect(
      given(...approved, granted(dave, { groups: ["sre"] })).when(alice, EXECUTE, { guardrails: [tightened] }).verdict,
    ).toMatchObject({ accepted: true });
  });

  test("does not rely on approvals that a guardrail does not count", () => {
    const humans = use("humans", { humansOnly: true });
    const facts = [created(), attached(), granted(robot), granted(bob), granted(carol)];
    const { verdict } = given(...facts).when(alice, EXECUTE, { guardrails: [humans] });
    expect(verdict).toMatchObject({ accepted: true, events: [{ approvalDigests: ["event 3", "event 4"] }] });
  });

  test("is judged by the guardrails of the adapter that is chosen there", () => {
    const adapters = ["local", "prod"];
    const facts = [created({ adapterId: "" }), attached({ allowedAdapters: adapters }), granted(bob), granted(carol)];
    const prod = use("prod", { match: { ...ANY, adapters: ["prod"] }, minApprovals: 3 });
    const on = (adapterId: string) =>
      given(...facts).when(
        alice,
        { type: "REQUEST_EXECUTION", adapterId },
        {
          guardrails: [prod],
          adapter: { kind: "known", adapterId, capabilities: ["apply"] },
        },
      ).verdict;
    expect(on("local")).toMatchObject({ accepted: true });
    const enough = given(...facts, granted(dave)).when(
      alice,
      { type: "REQUEST_EXECUTION", adapterId: "prod" },
      { guardrails: [prod], adapter: { kind: "known", adapterId: "prod", capabilities: ["apply"] } },
    );
    expect(enough.verdict).toMatchObject({ accepted: true, events: [{ guardrails: [prod] }] });
    expect(on("prod")).toMatchObject({
      accepted: false,
      rejection: { blockingReasons: [{ code: "GUARDRAIL_NOT_MET" }] },
    });
  });

  test("counts the requester's own approval only if the policy and all guardrails allow it", () => {
    const own = [created(), attached({ allowSelfApproval: true, minApprovals: 1 }), granted(alice)];
    const lenient = use("lenient", { allowSelfApproval: true });
    expect(given(...own).when(bob, EXECUTE, { guardrails: [lenient] }).verdict).toMatchObject({ accepted: true });
    expect(given(...own).when(bob, EXECUTE, { guardrails: [lenient, use("strict")] }).verdict).toMatchObject({
      accepted: false,
    });
    given(created(), attached({ allowSelfApproval: true }))
      .when(alice, APPROVE, { guardrails: [use("strict")] })
      .thenRefused("SELF_APPROVAL", "alice requested this decision; the policy does not allow self-approval.");
  });

  test("says of each guardrail what is missing, once, and nothing that the policy misses by itself", () => {
    const facts = [created(), attached(), granted(bob)];
    const two = use("two", { minApprovals: 2 });
    const three = use("three", { minApprovals: 3 });
    expect(blocking(facts, two, three)).toMatchObject([
      { code: "MISSING_APPROVALS", required: 2 },
      { code: "GUARDRAIL_NOT_MET", name: "three" },
    ]);
  });

  test("is closed where one approver would have to sit for two guardrails", () => {
    const sre = use("sre", { groups: [{ group: "sre", minApprovals: 1 }] });
    const legal = use("legal", { groups: [{ group: "legal", minApprovals: 1 }] });
    const facts = [created(), attached(), granted(bob, { groups: ["legal", "sre"] }), granted(carol)];
    expect(blocking(facts, sre)).toEqual([]);
    expect(blocking(facts, legal)).toEqual([]);
    expect(blocking(facts, sre, legal)).toMatchObject([{ code: "GUARDRAIL_NOT_MET", name: "sre, legal", digest: "" }]);
  });

  test("records the duties that were kept apart", () => {
    const duties = { executorIsNotRequester: true, approverIsNotExecutor: false, aliases: [] };
    expect(given(...approved).when(dave, EXECUTE, { duties }).verdict).toMatchObject({
      accepted: true,
      events: [{ separation: { executorIsNotRequester: true, approverIsNotExecutor: false } }],
    });
    const { verdict } = given(...approved).when(dave, EXECUTE);
    const [gate = {}] = verdict.accepted ? verdict.events : [];
    expect(Object.keys(gate)).toContain("policyDigest");
    for (const name of ["guardrails", "separation", "breakGlass"]) expect(Object.keys(gate)).not.toContain(name);
  });
});
