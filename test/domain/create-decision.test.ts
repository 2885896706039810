import * as fc from "fast-check";
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

describe("the arguments of a step", () => {
  const [step] = planOf(1).steps;
  if (step === undefined) throw new RangeError("one step");
  const withArguments = (argumentsJson: string) =>
    create({ plan: { steps: [{ ...step, call: { ...step.call, argumentsJson } }] } });

  test.each([
    ["", "no arguments"],
    ['{"amount":1}', "an object"],
    ['[{"a":1},{"a":1},"a","a"]', "the same name in two objects, the same text in an array"],
    ['{"a":{"b":1,"c":[{"b":2}]},"b":"a","c":"a"}', "the same name at different depths, and as a value"],
    ['{"a":"\\",\\"b\\":","b":[]}', "what looks like a name, in a text"],
    ['{"__proto__":1,"constructor":2}', "names that objects of JavaScript have"],
    ["null", "any JSON value"],
  ])("%s: taken (%s)", (text) => {
    expect(given().when(alice, withArguments(text)).verdict).toMatchObject({ accepted: true });
  });

  test.each([
    ['{"amount":1,"amount":1000000}', '"amount"'],
    ['{"amount":1, "\\u0061mount" :2}', '"\\u0061mount"'],
    ['{"a":[],"b":{},"c":{"d":1},"a":0}', '"a"'],
    ['[0,{"x":{"":1,"y":[1,2],"":2}}]', '""'],
    ['{"__proto__":1,"__proto__":2}', '"__proto__"'],
  ])("%s: refused, for one reader may take the first value and another the last", (text, name) => {
    given()
      .when(alice, withArguments(text))
      .thenRefused(
        "INVALID_REQUEST",
        `plan.steps[0].call.arguments_json: the name ${name} stands more than once in an object.`,
      );
  });

  test.each(["{", '{"a":1} {"a":2}', " ", "{a:1}", '{},"tool":"other"'])("%j: refused, for it is not JSON", (text) => {
    given()
      .when(alice, withArguments(text))
      .thenRefused("INVALID_REQUEST", "plan.steps[0].call.arguments_json: this is not one JSON value.");
  });

  test("of any JSON value that a program writes are taken", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(given().when(alice, withArguments(JSON.stringify(value))).verdict).toMatchObject({ accepted: true });
      }),
    );
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
