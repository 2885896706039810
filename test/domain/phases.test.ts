import { describe, expect, test } from "vitest";
import type { EventType } from "../../src/domain/event.ts";
import { EVERY_COMMAND, grant } from "./commands.ts";
import { dave, outcomeUnknown, WAY_TO } from "./facts.ts";
import { given } from "./given.ts";

/** What each command comes to: the event it writes or the reason it is refused for. */
function answers(way: (typeof WAY_TO)[keyof typeof WAY_TO]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(EVERY_COMMAND).map(([name, [actor, command]]) => {
      const { verdict } = given(...way).when(actor, command);
      return [name, verdict.accepted ? verdict.events.map(({ type }) => type).join() : verdict.rejection.reason];
    }),
  );
}

function all(answer: string): Record<string, string> {
  return Object.fromEntries(Object.keys(EVERY_COMMAND).map((name) => [name, answer]));
}

describe("what each phase accepts", () => {
  test.each(["completed", "failed", "rejected", "cancelled"] as const)("%s is the end: no command at all", (phase) => {
    expect(answers(WAY_TO[phase])).toEqual(all("DECISION_CLOSED"));
  });

  test("each end is called by its name", () => {
    const more = "no command is accepted any more.";
    for (const [phase, message] of [
      ["completed", `The decision is completed: ${more}`],
      ["failed", `The decision has failed: ${more}`],
      ["rejected", `The decision is rejected: ${more}`],
      ["cancelled", `The decision is cancelled: ${more}`],
    ] as const)
      given(...WAY_TO[phase])
        .when(dave, grant())
        .thenRefused("DECISION_CLOSED", message);
  });

  test("approved: everything before the gate, and the gate itself", () => {
    expect(answers(WAY_TO.approved)).toEqual({
      ...all("NOTHING_TO_SETTLE"),
      ATTACH_POLICY: "POLICY_ALREADY_ATTACHED",
      GRANT_APPROVAL: "APPROVAL_GRANTED",
      REVOKE_APPROVAL: "APPROVAL_REVOKED",
      REJECT_DECISION: "DECISION_REJECTED",
      CANCEL_DECISION: "DECISION_CANCELLED",
      REQUEST_EXECUTION: "EXECUTION_REQUESTED",
    });
  });

  const BEHIND_THE_GATE = {
    ...all("NOTHING_TO_SETTLE"),
    ATTACH_POLICY: "EXECUTION_UNDER_WAY",
    GRANT_APPROVAL: "EXECUTION_UNDER_WAY",
    REVOKE_APPROVAL: "EXECUTION_UNDER_WAY",
    REJECT_DECISION: "EXECUTION_UNDER_WAY",
    CANCEL_DECISION: "EXECUTION_UNDER_WAY",
    REQUEST_EXECUTION: "EXECUTION_UNDER_WAY",
  } satisfies Record<string, string>;

  test("gated: the start, or that it will never come", () => {
    expect(answers(WAY_TO.gated)).toEqual({
      ...BEHIND_THE_GATE,
      START_EXECUTION: "EXECUTION_STARTED" satisfies EventType,
      "RECORD_OUTCOME failed": "EXECUTION_FAILED" satisfies EventType,
    });
  });

  test("started: any outcome, but never a second start", () => {
    expect(answers(WAY_TO.started)).toEqual({
      ...BEHIND_THE_GATE,
      "RECORD_OUTCOME completed": "EXECUTION_COMPLETED",
      "RECORD_OUTCOME failed": "EXECUTION_FAILED",
      "RECORD_OUTCOME unknown": "EXECUTION_OUTCOME_UNKNOWN",
      "STATE_OUTCOME completed": "EXECUTION_COMPLETED",
      "STATE_OUTCOME failed": "EXECUTION_FAILED",
      "STATE_OUTCOME unknown": "EXECUTION_OUTCOME_UNKNOWN",
    });
  });

  test("outcome unknown: it ends only completed or failed", () => {
    for (const way of [
      WAY_TO.unknown,
      [...WAY_TO.started, outcomeUnknown({ basis: "OPERATOR_STATEMENT", reason: "" })],
    ])
      expect(answers(way)).toEqual({
        ...BEHIND_THE_GATE,
        "RECORD_OUTCOME completed": "EXECUTION_COMPLETED",
        "RECORD_OUTCOME failed": "EXECUTION_FAILED",
        "STATE_OUTCOME completed": "EXECUTION_COMPLETED",
        "STATE_OUTCOME failed": "EXECUTION_FAILED",
      });
  });
});
