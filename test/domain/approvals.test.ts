import { describe, expect, test } from "vitest";
import { countingApprovals, lapsedApprovals } from "../../src/domain/approvals.ts";
import { KEYS_SET_ASIDE } from "../../src/domain/key-view.ts";
import type { Approval } from "../../src/domain/state.ts";
import { attached, bob, carol, created, granted, minute } from "./facts.ts";
import { decisionOf } from "./given.ts";

function seqs(approvals: readonly Approval[]): readonly number[] {
  return approvals.map(({ seq }) => seq);
}

describe("a log that these rules would not have written, where an actor approves twice", () => {
  test("counts the actor once: by the latest, in order of seq", () => {
    const decision = decisionOf(created(), attached(), granted(bob), granted(carol), granted(bob));
    expect(seqs(countingApprovals(decision, minute(5), KEYS_SET_ASIDE))).toEqual([3, 4]);
  });

  test("does not call expired what still stands by an earlier approval", () => {
    const decision = decisionOf(created(), attached(), granted(bob), granted(bob, { expiresAt: minute(10) }));
    expect(seqs(countingApprovals(decision, minute(20), KEYS_SET_ASIDE))).toEqual([2]);
    expect(lapsedApprovals(decision, minute(20), KEYS_SET_ASIDE)).toEqual([]);
  });

  test("two types under one id are one actor", () => {
    const decision = decisionOf(created(), attached(), granted(bob), granted({ type: "SYSTEM", id: "bob" }));
    expect(seqs(countingApprovals(decision, minute(5), KEYS_SET_ASIDE))).toEqual([3]);
  });
});

test("nothing counts in a draft", () => {
  expect(countingApprovals(decisionOf(created()), minute(5), KEYS_SET_ASIDE)).toEqual([]);
});
