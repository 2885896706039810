import { describe, expect, test } from "vitest";
import { createGetDecision } from "../../src/app/get-decision.ts";
import type { DecisionId } from "../../src/domain/ids.ts";
import { ADAPTER, CANCELLATION, caller, decisionsUnderTest, REVOCATION } from "./decisions-under-test.ts";

const SECOND = 1_000;

/** Requested at second 0, approved at 10 until 100, revoked at 20, approved again at 30, cancelled at 40; now it is 50. */
async function past() {
  const under = await decisionsUnderTest();
  const { clock, handle } = under;
  const start = clock.now();
  const decisionId = await under.create({ policy: { minApprovals: 1 } });
  clock.set(start + 10 * SECOND);
  await under.approve(decisionId, "carol", start + 100 * SECOND);
  clock.set(start + 20 * SECOND);
  await handle(caller("carol"), decisionId, REVOCATION);
  clock.set(start + 30 * SECOND);
  await under.approve(decisionId, "carol", start + 100 * SECOND);
  clock.set(start + 40 * SECOND);
  await handle(caller("bob"), decisionId, CANCELLATION);
  clock.set(start + 50 * SECOND);
  const getDecision = createGetDecision({
    ...under,
    adapters: { ask: async () => ADAPTER, recent: async () => ADAPTER, soon: async () => ADAPTER },
  });
  return { start, decisionId, getDecision, clock };
}

describe("a decision at a point of its past", () => {
  test.each([
    { seq: 1, state: "PENDING_APPROVAL" },
    { seq: 2, state: "APPROVED" },
    { seq: 3, state: "PENDING_APPROVAL" },
    { seq: 4, state: "APPROVED" },
    { seq: 5, state: "CANCELLED" },
  ])("as of seq $seq: $state", async ({ seq, state }) => {
    const { decisionId, getDecision } = await past();
    const view = await getDecision(decisionId, { asOf: { seq }, evaluateAt: undefined });
    expect(view.lifecycle.state).toBe(state);
    expect(view.decision.head.seq).toBe(seq);
  });

  test.each([
    { at: 0, seq: 1 },
    { at: 9.999, seq: 1 },
    { at: 10, seq: 2 },
    { at: 39, seq: 4 },
    { at: 3_600, seq: 5 },
  ])("as of second $at: up to seq $seq, judged at that time", async ({ at, seq }) => {
    const { start, decisionId, getDecision } = await past();
    const time = start + at * SECOND;
    const view = await getDecision(decisionId, { asOf: { time }, evaluateAt: undefined });
    expect(view.decision.head.seq).toBe(seq);
    expect(view.lifecycle.evaluatedAt).toBe(time);
  });

  test("judged by another clock: what had been approved would have expired", async () => {
    const { start, decisionId, getDecision } = await past();
    const judge = (second: number) =>
      getDecision(decisionId, { asOf: { seq: 4 }, evaluateAt: start + second * SECOND });
    expect((await judge(99.999)).lifecycle.state).toBe("APPROVED");
    expect((await judge(100)).lifecycle.state).toBe("PENDING_APPROVAL");
  });

  test("now: by the clock, but never before its last event", async () => {
    const { start, decisionId, getDecision, clock } = await past();
    const now = async () => (await getDecision(decisionId, { asOf: undefined, evaluateAt: undefined })).lifecycle;
    expect((await now()).evaluatedAt).toBe(start + 50 * SECOND);
    clock.set(start);
    expect((await now()).evaluatedAt).toBe(start + 40 * SECOND);
  });

  test.each([
    { what: "a seq that is not there", asOf: { seq: 6 }, reason: "SEQ_OUT_OF_RANGE" },
    { what: "a time before it was made", asOf: { time: 0 }, reason: "DECISION_NOT_FOUND" },
  ])("$what: $reason", async ({ asOf, reason }) => {
    const { decisionId, getDecision } = await past();
    await expect(getDecision(decisionId, { asOf, evaluateAt: undefined })).rejects.toMatchObject({ reason });
  });

  test("a decision that does not exist", async () => {
    const { getDecision } = await past();
    const answer = getDecision("0".repeat(32) as DecisionId, { asOf: undefined, evaluateAt: undefined });
    await expect(answer).rejects.toMatchObject({ reason: "DECISION_NOT_FOUND" });
  });
});
