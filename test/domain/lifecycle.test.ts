import { describe, expect, test } from "vitest";
import type { Instant } from "../../src/domain/ids.ts";
import { KEYS_SET_ASIDE } from "../../src/domain/key-view.ts";
import { type LifecycleState, lifecycle, nextChangeAt, progressOf, stateOf } from "../../src/domain/lifecycle.ts";
import {
  at,
  attached,
  bob,
  carol,
  created,
  dave,
  type Fact,
  failed,
  gated,
  granted,
  minute,
  planOf,
  rejected,
  revoked,
  WAY_TO,
} from "./facts.ts";
import { decisionOf, LOCAL, logOf, replay } from "./given.ts";

describe("the state", () => {
  test.each<[keyof typeof WAY_TO, LifecycleState]>([
    ["draft", "DRAFT"],
    ["open", "PENDING_APPROVAL"],
    ["approved", "APPROVED"],
    ["rejected", "REJECTED"],
    ["cancelled", "CANCELLED"],
    ["gated", "EXECUTING"],
    ["started", "EXECUTING"],
    ["unknown", "OUTCOME_UNKNOWN"],
    ["completed", "COMPLETED"],
    ["failed", "FAILED"],
  ])("%s: %s", (phase, state) => {
    expect(stateOf(decisionOf(...WAY_TO[phase]), minute(60), KEYS_SET_ASIDE)).toBe(state);
  });

  test("falls back from APPROVED at the instant of an expiry, and by a revocation", () => {
    const expiring = decisionOf(created(), attached(), granted(bob, { expiresAt: minute(10) }), granted(carol));
    expect(stateOf(expiring, minute(10) - 1, KEYS_SET_ASIDE)).toBe("APPROVED");
    expect(stateOf(expiring, minute(10), KEYS_SET_ASIDE)).toBe("PENDING_APPROVAL");
    expect(stateOf(decisionOf(...WAY_TO.approved, revoked(bob)), minute(5), KEYS_SET_ASIDE)).toBe("PENDING_APPROVAL");
  });

  test("APPROVED says that the quorum holds, not that nothing else blocks", () => {
    const { state, blockingReasons } = lifecycle(
      decisionOf(created(), attached({ allowedModes: ["DRY_RUN"] }), granted(bob), granted(carol)),
      minute(5),
      { adapter: LOCAL, keys: KEYS_SET_ASIDE },
    );
    expect([state, blockingReasons.map(({ code }) => code)]).toEqual(["APPROVED", ["MODE_NOT_ALLOWED"]]);
  });
});

describe("the progress", () => {
  test("of a draft is that nothing is asked for yet", () => {
    expect(progressOf(decisionOf(created({ plan: planOf(3) })), minute(1), KEYS_SET_ASIDE)).toEqual({
      approvalsRequired: 0,
      approvalsValid: 0,
      approvalsMissing: 0,
      groups: [],
      stepsTotal: 3,
      stepsExecuted: 0,
    });
  });

  test("counts what stands, and shows every group with what it has", () => {
    const groups = [
      { group: "ops", minApprovals: 1 },
      { group: "security", minApprovals: 1 },
    ];
    const decision = decisionOf(created(), attached({ groups }), granted(bob, { groups: ["ops"] }), granted(carol));
    expect(progressOf(decision, minute(9), KEYS_SET_ASIDE)).toMatchObject({
      approvalsRequired: 2,
      approvalsValid: 2,
      approvalsMissing: 1,
      groups: [
        { group: "ops", required: 1, have: 1 },
        { group: "security", required: 1, have: 0 },
      ],
    });
  });

  test("behind the gate is what stood there, whatever has expired since", () => {
    const facts = [created(), attached(), granted(bob, { expiresAt: minute(10) }), granted(carol)];
    expect(progressOf(decisionOf(...facts), minute(20), KEYS_SET_ASIDE).approvalsValid).toBe(1);
    for (const end of [[gated()], [gated(), failed()]])
      expect(progressOf(decisionOf(...facts, ...end), minute(20), KEYS_SET_ASIDE)).toMatchObject({
        approvalsValid: 2,
        approvalsMissing: 0,
      });
  });

  test("tells the steps that were carried out once there is an outcome", () => {
    for (const [phase, stepsExecuted] of [
      ["started", 0],
      ["unknown", 0],
      ["completed", 3],
      ["failed", 1],
    ] as const)
      expect(progressOf(decisionOf(...WAY_TO[phase]), minute(20), KEYS_SET_ASIDE).stepsExecuted).toBe(stepsExecuted);
  });
});

describe("when time alone may change it", () => {
  const next = (now: Instant, ...facts: readonly Fact[]) => nextChangeAt(decisionOf(...facts), now, KEYS_SET_ASIDE);
  const facts = [
    created(),
    attached(),
    granted(bob, { expiresAt: minute(20) }),
    granted(carol, { expiresAt: minute(10) }),
    granted(dave),
  ];

  test("is the next expiry, strictly later than now", () => {
    expect(next(minute(5), ...facts)).toBe(minute(10));
    expect(next(minute(10) - 1, ...facts)).toBe(minute(10));
    expect(next(minute(10), ...facts)).toBe(minute(20));
    expect(next(minute(20), ...facts)).toBeUndefined();
  });

  test("is never if nothing expires, or what would was revoked", () => {
    expect(next(minute(5), ...WAY_TO.approved)).toBeUndefined();
    expect(next(minute(6), ...facts, revoked(carol))).toBe(minute(20));
  });

  test("is never behind the gate and once it is closed", () => {
    expect(next(minute(6), ...facts, gated())).toBeUndefined();
    expect(next(minute(6), ...facts, rejected(bob))).toBeUndefined();
  });
});

describe("any past moment has an exact answer", () => {
  const story = [
    created(),
    attached(),
    granted(bob, { expiresAt: minute(30) }),
    at(minute(10), granted(carol)),
    at(minute(40), granted(bob)),
    at(minute(50), gated()),
  ];
  const asOf = (seq: number, now: Instant) => {
    const decision = replay(logOf(story).slice(0, seq + 1));
    const { state, blockingReasons, headSeq, evaluatedAt } = lifecycle(decision, now, {
      adapter: LOCAL,
      keys: KEYS_SET_ASIDE,
    });
    expect([headSeq, evaluatedAt]).toEqual([seq, now]);
    return [state, ...blockingReasons.map(({ code }) => code)];
  };

  test.each<[number, Instant, readonly string[]]>([
    [0, minute(0), ["DRAFT", "NO_POLICY"]],
    [1, minute(1), ["PENDING_APPROVAL", "MISSING_APPROVALS"]],
    [2, minute(2), ["PENDING_APPROVAL", "MISSING_APPROVALS"]],
    [3, minute(10), ["APPROVED"]],
    [3, minute(30) - 1, ["APPROVED"]],
    [3, minute(30), ["PENDING_APPROVAL", "APPROVAL_EXPIRED", "MISSING_APPROVALS"]],
    [3, minute(45), ["PENDING_APPROVAL", "APPROVAL_EXPIRED", "MISSING_APPROVALS"]],
    [4, minute(45), ["APPROVED"]],
    [5, minute(50), ["EXECUTING", "EXECUTING"]],
    [5, minute(999), ["EXECUTING", "EXECUTING"]],
  ])("as of seq %i, by the clock %i: %j", (seq, now, expected) => {
    expect(asOf(seq, now)).toEqual(expected);
  });
});
