import { describe, expect, test } from "vitest";
import { attach, create, policyBody } from "./commands.ts";
import { alice, bob, POLICY, planOf, REQUEST, WAY_TO } from "./facts.ts";
import { DECISION_ID, given } from "./given.ts";

describe("creating", () => {
  test("with a policy: the request and the policy, in one go", () => {
    given().when(alice, create({}, policyBody())).thenEvents(REQUEST, policyBody());
  });

  test("without one: a draft", () => {
    given().when(alice, create()).thenEvents(REQUEST);
  });

  test("where there is a decision already: the request_id was used before", () => {
    given(...WAY_TO.draft)
      .when(alice, create({ goal: "something else" }))
      .thenRefused("REQUEST_ID_REUSED", `Decision ${DECISION_ID} was created with this request_id and other content.`);
  });

  test("a label key stands once", () => {
    const labels = ["env", "team", "env"].map((key, index) => ({ key, value: `${index}` }));
    given()
      .when(alice, create({ labels }))
      .thenRefused("INVALID_REQUEST", "labels: the key env stands more than once.");
  });

  test("a step id stands once", () => {
    const [first, second] = planOf(2).steps;
    if (first === undefined || second === undefined) throw new RangeError("two steps");
    given()
      .when(alice, create({ plan: { steps: [first, second, first] } }))
      .thenRefused("INVALID_REQUEST", "plan.steps[2].step_id: step-0 stands more than once.");
  });
});

describe("a policy that contradicts itself is refused, whether it comes with the request or later", () => {
  test.each([
    {
      what: "a group twice",
      policy: {
        groups: [
          { group: "security", minApprovals: 2 },
          { group: "ops", minApprovals: 1 },
          { group: "security", minApprovals: 1 },
        ],
      },
      message: "policy.groups: the group security stands more than once.",
    },
    {
      what: "a label key twice",
      policy: {
        labels: [
          { key: "tier", value: "1" },
          { key: "tier", value: "2" },
        ],
      },
      message: "policy.labels: the key tier stands more than once.",
    },
  ])("$what", ({ policy, message }) => {
    given()
      .when(alice, create({}, policyBody(policy)))
      .thenRefused("INVALID_REQUEST", message);
    given(...WAY_TO.draft)
      .when(alice, attach(policy))
      .thenRefused("INVALID_REQUEST", message);
  });
});

describe("attaching a policy", () => {
  test("to a draft, by anybody", () => {
    given(...WAY_TO.draft)
      .when(bob, attach({ minApprovals: 1 }))
      .thenEvents({ type: "POLICY_ATTACHED", policy: { ...POLICY, minApprovals: 1 }, template: undefined });
  });

  test("once: not even the same policy again", () => {
    for (const policy of [{}, { minApprovals: 1 }])
      given(...WAY_TO.open)
        .when(alice, attach(policy))
        .thenRefused("POLICY_ALREADY_ATTACHED", "A policy attaches once, and this decision has one.");
  });

  test("not to a draft that was cancelled", () => {
    const verdict = given(...WAY_TO.cancelled).when(alice, attach()).verdict;
    expect(verdict).toMatchObject({ accepted: false, rejection: { reason: "DECISION_CLOSED" } });
  });
});

test("nothing but creating is possible where there is no decision", () => {
  given().when(alice, attach()).thenRefused("DECISION_NOT_FOUND", `There is no decision ${DECISION_ID}.`);
});
