import { describe, expect, test } from "vitest";
import { KEYS_SET_ASIDE } from "../../src/domain/key-view.ts";
import { timelineOf } from "../../src/domain/timeline.ts";
import {
  alice,
  attached,
  bob,
  carol,
  completed,
  created,
  dave,
  type Fact,
  failed,
  granted,
  minute,
  outcomeUnknown,
  planOf,
  revoked,
  WAY_TO,
} from "./facts.ts";
import { logOf } from "./given.ts";

const STATED = { basis: "OPERATOR_STATEMENT", reason: "seen on the machine" } as const;
const ANSWERED = { basis: "ROUTER_ANSWER", reason: "" } as const;

/** The label and the summary of the last of these events. */
function text(...facts: readonly Fact[]): string {
  const entry = timelineOf(logOf(facts), minute(0), KEYS_SET_ASIDE).findLast(
    ({ eventType }) => eventType !== undefined,
  );
  return `${entry?.label} | ${entry?.summary}`;
}

describe("what a person reads", () => {
  test.each<[readonly Fact[], string]>([
    [[created()], "Requested | alice requested APPLY on local (no plan): ship it"],
    [
      [created({ plan: planOf(1), adapterId: "", mode: "DRY_RUN" })],
      "Requested | alice requested DRY_RUN (1 step): ship it",
    ],
    [WAY_TO.open, "Policy attached | alice attached a policy: 2 approvals, DRY_RUN or APPLY."],
    [
      [created(), attached({ minApprovals: 1, allowedModes: ["APPLY"] })],
      "Policy attached | alice attached a policy: 1 approval, APPLY.",
    ],
    [WAY_TO.approved, "Approved | carol approved (2 of 2)."],
    [[...WAY_TO.open, granted(bob, { comment: "looks fine" })], "Approved | bob approved (1 of 2): looks fine"],
    [
      [...WAY_TO.open, granted(bob, { expiresAt: minute(30) })],
      "Approved | bob approved until 2026-01-05T09:30:00.000Z (1 of 2).",
    ],
    [[...WAY_TO.approved, revoked(bob)], "Approval revoked | bob revoked their own approval (1 of 2): second thoughts"],
    [
      [...WAY_TO.approved, revoked(dave, bob)],
      "Approval revoked | dave revoked the approval of bob (1 of 2): second thoughts",
    ],
    [WAY_TO.rejected, "Rejected | bob rejected it: too risky"],
    [WAY_TO.cancelled, "Cancelled | alice cancelled it: no longer needed"],
    [WAY_TO.gated, "Execution requested | alice passed the gate: APPLY on local, relying on 2 approvals."],
    [WAY_TO.started, "Execution started | The run was claimed: the point of no return."],
    [WAY_TO.completed, "Execution completed | 3 steps executed in run run-1."],
    [WAY_TO.failed, "Execution failed | STEP_FAILED in run run-1: the disk is full"],
    [[...WAY_TO.gated, failed({ runId: "" })], "Execution failed | STEP_FAILED: the disk is full"],
    [WAY_TO.unknown, "Outcome unknown | the router is gone in run run-1"],
  ])("%#", (facts, expected) => {
    expect(text(...facts)).toBe(expected);
  });

  test("an outcome that was learned later says on whose word", () => {
    expect(text(...WAY_TO.started, completed({ settlement: ANSWERED }))).toBe(
      "Execution completed | 3 steps executed in run run-1, as the router answered when asked.",
    );
    expect(text(...WAY_TO.started, failed({ settlement: ANSWERED }))).toBe(
      "Execution failed | STEP_FAILED in run run-1, as the router answered when asked: the disk is full",
    );
    const daves = (fact: Fact) => ({ ...fact, actor: dave });
    expect(text(...WAY_TO.started, daves(completed({ settlement: STATED, stepsExecuted: 0 })))).toBe(
      "Execution completed | dave states that it completed: seen on the machine",
    );
    expect(text(...WAY_TO.started, daves(failed({ settlement: STATED })))).toBe(
      "Execution failed | dave states that it failed: seen on the machine",
    );
    expect(text(...WAY_TO.started, daves(failed({ settlement: { ...STATED, overruled: "RUNNING" } })))).toBe(
      "Execution failed | dave states that it failed, although the router said that the run was at work: seen on the machine",
    );
    expect(text(...WAY_TO.started, daves(completed({ settlement: { ...STATED, overruled: "NOT_ASKED" } })))).toBe(
      "Execution completed | dave states that it completed, where the router could not be asked: seen on the machine",
    );
    expect(text(...WAY_TO.started, daves(outcomeUnknown(STATED)))).toBe(
      "Outcome unknown | dave states that nobody can say how it ended: seen on the machine",
    );
  });
});

describe("long texts", () => {
  test("are cut to their first line and 160 characters, which shows", () => {
    expect(text(created({ goal: "one line\nand another" }))).toContain(": one line…");
    expect(text(created({ goal: "one line\r\nand another" }))).toContain(": one line…");
    const long = "x".repeat(160);
    expect(text(created({ goal: long })).endsWith(`: ${long}`)).toBe(true);
    expect(text(created({ goal: `${long}y` })).endsWith(`: ${long}…`)).toBe(true);
  });
});

test("an approval beyond the quorum, and one under groups, counts heads", () => {
  expect(text(...WAY_TO.approved, granted(dave))).toBe("Approved | dave approved (3 of 2).");
  const groups = [{ group: "ops", minApprovals: 1 }];
  expect(text(created(), attached({ groups }), granted(bob), granted(carol))).toBe(
    "Approved | carol approved (2 of 2).",
  );
  expect(text(created(), { ...attached(), actor: alice })).toMatch(/2 approvals/);
});
