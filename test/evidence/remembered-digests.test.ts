import { expect, test } from "vitest";
import type { DecisionCreated, PolicyAttached } from "../../src/domain/event.ts";
import type { DecisionId } from "../../src/domain/ids.ts";
import { DIGESTS } from "../../src/evidence/digests.ts";
import { POLICY } from "../app/decisions-under-test.ts";

const created: DecisionCreated = {
  type: "DECISION_CREATED",
  goal: "ship it",
  mode: "APPLY",
  plan: undefined,
  adapterId: "local",
  labels: [],
};
const attached: PolicyAttached = { type: "POLICY_ATTACHED", policy: POLICY, template: undefined };
const [one, other] = ["0".repeat(32), "1".repeat(32)] as [DecisionId, DecisionId];

test("a request digest that is remembered is never another request's", () => {
  const asked = [
    DIGESTS.request(one, created, attached),
    DIGESTS.request(other, created, attached),
    DIGESTS.request(one, { ...created, goal: "ship that" }, attached),
    DIGESTS.request(one, created, { ...attached, policy: { ...POLICY, minApprovals: 2 } }),
  ];
  expect(new Set(asked).size).toBe(asked.length);
  expect(DIGESTS.request(one, created, attached)).toBe(asked[0]);
  expect(DIGESTS.request(one, { ...created }, { ...attached })).toBe(asked[0]);
});

test("a policy digest that is remembered is never another policy's", () => {
  const stricter = { ...POLICY, minApprovals: 2 };
  expect(DIGESTS.policy(POLICY)).toBe(DIGESTS.policy({ ...POLICY }));
  expect(DIGESTS.policy(stricter)).toBe(DIGESTS.policy({ ...stricter }));
  expect(DIGESTS.policy(stricter)).not.toBe(DIGESTS.policy(POLICY));
});
