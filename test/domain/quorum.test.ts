import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ApproverGroup } from "../../src/domain/policy.ts";
import { quorum } from "../../src/domain/quorum.ts";
import type { Approval } from "../../src/domain/state.ts";
import { attached, created, granted, POLICY } from "./facts.ts";
import { decisionOf } from "./given.ts";

/** Approvals of distinct people, given the groups of each. */
function approvalsBy(...members: readonly (readonly string[])[]): readonly Approval[] {
  const facts = members.map((groups, index) => granted({ type: "HUMAN", id: `person-${index}` }, { groups }));
  return decisionOf(created(), attached(), ...facts).approvals;
}

function judge(minApprovals: number, groups: Readonly<Record<string, number>>, ...members: readonly string[][]) {
  const wanted = Object.entries(groups).map(([group, minApprovals]) => ({ group, minApprovals }));
  return quorum({ ...POLICY, minApprovals, groups: wanted }, approvalsBy(...members));
}

describe("the number of approvers", () => {
  test.each([
    { have: 0, missing: 2 },
    { have: 1, missing: 1 },
    { have: 2, missing: 0 },
    { have: 3, missing: 0 },
  ])("$have of 2", ({ have, missing }) => {
    const members = Array.from({ length: have }, () => []);
    expect(judge(2, {}, ...members)).toEqual({ required: 2, have, missing, groups: [] });
  });
});

describe("groups", () => {
  test("whoever is in two groups counts towards one of them", () => {
    expect(judge(1, { ops: 1, security: 1 }, ["ops", "security"])).toMatchObject({ have: 1, missing: 1 });
  });

  test("whoever could sit elsewhere makes room for one who cannot", () => {
    const both = ["ops", "security"];
    expect(judge(2, { ops: 1, security: 1 }, both, ["ops"]).missing).toBe(0);
    expect(judge(2, { ops: 1, security: 1 }, ["ops"], both).missing).toBe(0);
    expect(judge(3, { a: 1, b: 1, c: 1 }, ["a", "b"], ["b", "c"], ["a"]).missing).toBe(0);
    expect(judge(3, { a: 1, b: 1, c: 1 }, ["a"], ["a", "b"], ["a", "b"]).missing).toBe(1);
  });

  test("a group that wants two wants two different people", () => {
    expect(judge(1, { ops: 2 }, ["ops"])).toMatchObject({
      missing: 1,
      groups: [{ group: "ops", required: 2, have: 1 }],
    });
    expect(judge(1, { ops: 2 }, ["ops"], ["ops"]).missing).toBe(0);
  });

  test("more members than a group wants fill no other group's seat", () => {
    expect(judge(2, { ops: 1, security: 1 }, ["ops"], ["ops"], ["ops"])).toEqual({
      required: 2,
      have: 3,
      missing: 1,
      groups: [
        { group: "ops", required: 1, have: 1 },
        { group: "security", required: 1, have: 0 },
      ],
    });
  });

  test("who is in no group counts towards the number all the same", () => {
    expect(judge(3, { ops: 1 }, ["ops"], [], ["marketing"]).missing).toBe(0);
  });

  test("together can want more people than the number, and less", () => {
    expect(judge(1, { ops: 2, security: 2 }).missing).toBe(4);
    expect(judge(5, { ops: 1 }).missing).toBe(5);
  });

  test("named twice, in a log of somebody else's, want the people of both entries; no surplus fills another's seat", () => {
    const groups: readonly ApproverGroup[] = [
      { group: "ops", minApprovals: 2 },
      { group: "ops", minApprovals: 1 },
      { group: "security", minApprovals: 1 },
    ];
    const policy = { ...POLICY, groups };
    expect(quorum(policy, approvalsBy(["ops"], ["ops"])).missing).toBe(2);
    expect(quorum(policy, approvalsBy(["ops"], ["ops"], ["ops"])).missing).toBe(1);
    expect(quorum(policy, approvalsBy(["ops"], ["ops"], ["ops"], ["security"])).missing).toBe(0);
  });
});

/** The most seats that can be filled, found by trying every assignment of people to seats. */
function mostSeats(people: readonly (readonly string[])[], seats: readonly string[]): number {
  const [person, ...others] = people;
  if (person === undefined) return 0;
  const choices = seats.flatMap((group, index) =>
    person.includes(group) ? [1 + mostSeats(others, seats.toSpliced(index, 1))] : [],
  );
  return Math.max(mostSeats(others, seats), ...choices);
}

describe("judged against every possible assignment", () => {
  const NAMES = ["a", "b", "c", "d"];
  const policies = fc.record({
    minApprovals: fc.integer({ min: 1, max: 5 }),
    groups: fc.array(fc.record({ group: fc.constantFrom(...NAMES), minApprovals: fc.integer({ min: 1, max: 2 }) }), {
      maxLength: 3,
    }),
  });
  const people = fc.array(fc.subarray(NAMES), { maxLength: 5 });

  test("exactly as many seats are open as the best assignment leaves open", () => {
    fc.assert(
      fc.property(policies, people, (policy, members) => {
        const seats = policy.groups.flatMap(({ group, minApprovals }) => Array<string>(minApprovals).fill(group));
        const open = seats.length - mostSeats(members, seats);
        const judged = quorum({ ...POLICY, ...policy }, approvalsBy(...members));
        expect(judged.missing).toBe(Math.max(policy.minApprovals - members.length, open));
        expect(judged.have).toBe(members.length);
        expect(judged.groups.map(({ group, required }) => [group, required])).toEqual(
          policy.groups.map(({ group, minApprovals }) => [group, minApprovals]),
        );
        expect(judged.groups.reduce((sum, { required, have }) => sum + required - have, 0)).toBe(open);
        for (const { have, required } of judged.groups) expect(have).toBeLessThanOrEqual(required);
      }),
      { numRuns: 3_000 },
    );
  });

  test("so many more people, well chosen, make the quorum, and not one fewer", () => {
    fc.assert(
      fc.property(policies, people, (policy, members) => {
        const whole = { ...POLICY, ...policy };
        const { missing } = quorum(whole, approvalsBy(...members));
        const anybody = Array.from({ length: missing }, () => NAMES);
        expect(quorum(whole, approvalsBy(...members, ...anybody)).missing).toBe(0);
        if (missing > 0) expect(quorum(whole, approvalsBy(...members, ...anybody.slice(1))).missing).toBe(1);
      }),
      { numRuns: 1_000 },
    );
  });

  test("the order in which people approved changes nothing but who sits where", () => {
    fc.assert(
      fc.property(policies, people, (policy, members) => {
        const whole = { ...POLICY, ...policy };
        const { have, missing } = quorum(whole, approvalsBy(...members));
        expect(quorum(whole, approvalsBy(...members.toReversed()))).toMatchObject({ have, missing });
      }),
      { numRuns: 1_000 },
    );
  });
});

test("a crowd in front of groups that are full costs hardly more than those who filled them", () => {
  const names = Array.from({ length: 15 }, (_, index) => `g${index}`);
  // Nobody is in the last group, so that its seats stay open and have to be looked for.
  const groups = [...names, "empty"].map((group) => ({ group, minApprovals: 100 }));
  const policy = { ...POLICY, groups };
  const looks = (count: number) => {
    let looked = 0;
    const approvals = Array.from({ length: count }, () => ({
      get groups() {
        looked += 1;
        return names;
      },
    }));
    expect(quorum(policy, approvals).missing).toBe(100);
    return looked;
  };
  // Of those who come too late, each is asked for the groups a few times and no more.
  expect(looks(6_000) - looks(1_500)).toBeLessThan(4_500 * 20);
});
