import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Actor } from "../../src/domain/actor.ts";
import { isSamePerson, NO_DUTIES } from "../../src/domain/duties.ts";
import { execute, grant } from "./commands.ts";
import { alice, attached, bob, carol, created, dave, granted, robot, WAY_TO } from "./facts.ts";
import { given } from "./given.ts";

const aliceAdmin: Actor = { type: "HUMAN", id: "alice-admin" };
const bobAdmin: Actor = { type: "HUMAN", id: "bob-admin" };
const ALIASES = {
  ...NO_DUTIES,
  aliases: [
    ["alice", "alice-admin"],
    ["bob", "bob-admin"],
  ],
};
const portal: Actor = { type: "SYSTEM", id: "portal" };

describe("one person under two ids", () => {
  test("approves once", () => {
    given(...WAY_TO.open, granted(bob))
      .when(bobAdmin, grant(), { duties: ALIASES })
      .thenRefused("ALREADY_APPROVED", "bob-admin has approved already as bob (seq 2); revoke that approval first.");
  });

  test("does not approve what they requested, unless the policy says so", () => {
    given(...WAY_TO.open)
      .when(aliceAdmin, grant(), { duties: ALIASES })
      .thenRefused(
        "SELF_APPROVAL",
        "alice-admin requested this decision, as alice or for them; the policy does not allow self-approval.",
      );
    const { verdict } = given(created(), attached({ allowSelfApproval: true })).when(aliceAdmin, grant(), {
      duties: ALIASES,
    });
    expect(verdict.accepted).toBe(true);
  });

  test("counts once at the gate, also where that was not known when they approved", () => {
    const twice = given(...WAY_TO.open, granted(bob), granted(bobAdmin));
    expect(twice.when(dave, execute()).verdict.accepted).toBe(true);
    twice
      .when(dave, execute(), { duties: ALIASES })
      .thenRefused("GATE_CLOSED", "It cannot be executed now: 2 approvals needed, 1 standing, 1 missing.");
    given(...WAY_TO.open, granted(bob), granted(aliceAdmin))
      .when(dave, execute(), { duties: ALIASES })
      .thenRefused("GATE_CLOSED", "It cannot be executed now: 2 approvals needed, 1 standing, 1 missing.");
    const third = given(...WAY_TO.open, granted(bob), granted(bobAdmin), granted(carol));
    expect(third.when(dave, execute(), { duties: ALIASES }).verdict.accepted).toBe(true);
  });
});

describe("a service that acts for people", () => {
  test("is one with them where it acts in its own name as well", () => {
    given(...WAY_TO.open, { ...granted(bob), delegate: portal })
      .when(portal, grant())
      .thenRefused("ALREADY_APPROVED", "portal has approved already as bob (seq 2); revoke that approval first.");
    given(...WAY_TO.open, granted(portal))
      .when(bob, grant(), { delegate: portal })
      .thenRefused("ALREADY_APPROVED", "bob has approved already as portal (seq 2); revoke that approval first.");
    given({ ...created(), delegate: portal }, attached())
      .when(portal, grant())
      .thenRefused(
        "SELF_APPROVAL",
        "portal requested this decision, as alice or for them; the policy does not allow self-approval.",
      );
  });

  test("does not make one of two people who come by it", () => {
    const open = given({ ...created(), delegate: portal }, attached(), { ...granted(bob), delegate: portal });
    expect(open.when(carol, grant(), { delegate: portal }).verdict.accepted).toBe(true);
  });
});

describe("where it is asked for, the executor", () => {
  const APART = { ...ALIASES, executorIsNotRequester: true };
  const NOT_APPROVER = { ...ALIASES, approverIsNotExecutor: true };

  test.each([
    { by: alice, delegate: undefined },
    { by: aliceAdmin, delegate: undefined },
    { by: robot, delegate: alice },
  ])("is not the requester: $by.id", ({ by, delegate }) => {
    const { verdict } = given(...WAY_TO.approved).when(by, execute(), { duties: APART, delegate });
    expect(verdict).toMatchObject({ accepted: false, rejection: { reason: "EXECUTOR_IS_REQUESTER" } });
    expect(given(...WAY_TO.approved).when(by, execute(), { delegate }).verdict.accepted).toBe(true);
  });

  test.each([bob, bobAdmin])("is not one whose approval stands: $id", (by) => {
    given(...WAY_TO.approved)
      .when(by, execute(), { duties: NOT_APPROVER })
      .thenRefused(
        "EXECUTOR_IS_APPROVER",
        `${by.id} approved this decision, or is one with bob, who did (seq 2): somebody else has to execute it.`,
      );
    expect(given(...WAY_TO.approved).when(by, execute(), { duties: ALIASES }).verdict.accepted).toBe(true);
  });

  test("may be anybody else", () => {
    const both = { ...NOT_APPROVER, executorIsNotRequester: true };
    expect(given(...WAY_TO.approved).when(dave, execute(), { duties: both }).verdict.accepted).toBe(true);
  });
});

test("being one is mutual, and everybody is one with themselves", () => {
  const id = fc.constantFrom("alice", "alice-admin", "bob", "portal");
  const actor = fc.record({ type: fc.constantFrom("HUMAN" as const, "SYSTEM" as const), id });
  const party = fc.record({ actor, delegate: fc.option(actor, { nil: undefined }) });
  fc.assert(
    fc.property(party, party, (a, b) => {
      expect(isSamePerson(a, b, ALIASES)).toBe(isSamePerson(b, a, ALIASES));
      expect(isSamePerson(a, a, NO_DUTIES)).toBe(true);
    }),
  );
});
