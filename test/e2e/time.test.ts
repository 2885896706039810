import { timestampFromMs as at, timestampMs } from "@bufbuild/protobuf/wkt";
import { beforeEach, describe, expect, test } from "vitest";
import { ApprovalStatus } from "../../gen/ts/nexus/attest/v1/decision_pb.ts";
import { DecisionState } from "../../gen/ts/nexus/attest/v1/lifecycle_pb.ts";
import { createManualClock, type ManualClock } from "../support/manual-clock.ts";
import { type Clients, type ServerUnderTest, serverUnderTest } from "../support/server-under-test.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { refusalOf } from "./refusal.ts";
import { adaptersIn, approve, eventsOf, requested } from "./release.ts";

let clock: ManualClock;
let server: ServerUnderTest;
let bob: Clients["decisions"];
let carol: Clients["decisions"];
beforeEach(async () => {
  clock = createManualClock();
  const directory = temporaryDirectory();
  server = await serverUnderTest({ directory, clock, config: adaptersIn(directory).config });
  bob = server.as("human:bob").decisions;
  carol = server.as("human:carol").decisions;
});

async function stateOf(decisionId: string) {
  const { decision } = await bob.getDecision({ decisionId });
  return decision?.lifecycle?.state;
}

describe("an approval counts until the very instant that it expires at", () => {
  const LIFE = 60_000;

  async function expiringSoon(): Promise<string> {
    const decisionId = await requested(server);
    await approve(server, decisionId, "dave");
    await carol.grantApproval({ decisionId, expiresAt: at(clock.now() + LIFE) });
    return decisionId;
  }

  test("one millisecond before, the gate opens", async () => {
    const decisionId = await expiringSoon();
    clock.advance(LIFE - 1);
    expect(await stateOf(decisionId)).toBe(DecisionState.APPROVED);
    expect(await refusalOf(carol.grantApproval({ decisionId }))).toMatchObject({ reason: "ALREADY_APPROVED" });
    await bob.executeDecision({ decisionId });
  });

  test("at it, the gate is closed, there is nothing to revoke, and the actor may approve anew", async () => {
    const decisionId = await expiringSoon();
    clock.advance(LIFE);
    expect(await stateOf(decisionId)).toBe(DecisionState.PENDING_APPROVAL);
    const refusal = await refusalOf(bob.executeDecision({ decisionId }));
    expect(refusal).toMatchObject({ reason: "GATE_CLOSED", blockingCodes: ["APPROVAL_EXPIRED", "MISSING_APPROVALS"] });
    expect(refusal.blocking[0]?.details).toMatchObject({
      case: "approvalExpired",
      value: { approvals: [{ approver: { id: "carol" }, expiredAt: at(clock.now()) }] },
    });
    expect(await refusalOf(carol.revokeApproval({ decisionId }))).toMatchObject({ reason: "NO_STANDING_APPROVAL" });
    await carol.grantApproval({ decisionId });
    await bob.executeDecision({ decisionId });
  });

  test("an expires_at must be in the future: now is not", async () => {
    const decisionId = await requested(server);
    for (const ago of [0, 1, 86_400_000])
      expect(await refusalOf(carol.grantApproval({ decisionId, expiresAt: at(clock.now() - ago) }))).toMatchObject({
        code: "InvalidArgument",
        reason: "EXPIRY_NOT_IN_FUTURE",
      });
    await carol.grantApproval({ decisionId, expiresAt: at(clock.now() + 1) });
  });
});

test("a clock that steps back: occurred_at never decreases, and an expired approval stays expired for who asks now", async () => {
  const decisionId = await requested(server);
  const began = clock.now();
  await carol.grantApproval({ decisionId, expiresAt: at(began + 10_000) });
  clock.advance(10_000);
  await server.as("human:dave").decisions.grantApproval({ decisionId });
  clock.set(began - 3_600_000);
  await server.as("human:erin").decisions.grantApproval({ decisionId });
  const times = (await eventsOf(server.as("human:bob"), decisionId)).map(
    ({ occurredAt }) => occurredAt && timestampMs(occurredAt),
  );
  expect(times).toEqual([began, began, began, began + 10_000, began + 10_000]);
  const { decision } = await bob.getDecision({ decisionId });
  expect(decision?.lifecycle?.evaluatedAt).toEqual(at(began + 10_000));
  expect(decision?.approvals.map(({ status }) => status)).toEqual([
    ApprovalStatus.EXPIRED,
    ApprovalStatus.STANDING,
    ApprovalStatus.STANDING,
  ]);
  await bob.executeDecision({ decisionId });
});

describe("GetDecision shows the past", () => {
  let decisionId: string;
  let began: number;
  beforeEach(async () => {
    decisionId = await requested(server);
    began = clock.now();
    clock.advance(1_000);
    await carol.grantApproval({ decisionId, expiresAt: at(began + 5_000) });
    clock.advance(1_000);
    await approve(server, decisionId, "dave");
    clock.advance(10_000);
    await carol.grantApproval({ decisionId });
  });

  const see = async (request: object) => {
    const { decision } = await bob.getDecision({ decisionId, ...request });
    return {
      state: decision?.lifecycle?.state,
      headSeq: decision?.headSeq,
      at: decision?.lifecycle?.evaluatedAt && timestampMs(decision.lifecycle.evaluatedAt) - began,
    };
  };
  const seq = (value: number) => ({ asOf: { case: "asOfSeq", value } });
  const time = (after: number) => ({ asOf: { case: "asOfTime", value: at(began + after) } });

  test("as of a seq, judged by now", async () => {
    expect(await see(seq(2))).toEqual({ state: DecisionState.PENDING_APPROVAL, headSeq: 2, at: 12_000 });
    expect(await see(seq(3)), "carol's approval has expired by now").toEqual({
      state: DecisionState.PENDING_APPROVAL,
      headSeq: 3,
      at: 12_000,
    });
    expect(await see(seq(4))).toEqual({ state: DecisionState.APPROVED, headSeq: 4, at: 12_000 });
  });

  test("as of a seq, judged by any clock", async () => {
    expect(await see({ ...seq(3), evaluateAt: at(began + 2_000) })).toEqual({
      state: DecisionState.APPROVED,
      headSeq: 3,
      at: 2_000,
    });
    expect(await see({ ...seq(3), evaluateAt: at(began + 4_999) })).toMatchObject({ state: DecisionState.APPROVED });
    expect(await see({ ...seq(3), evaluateAt: at(began + 5_000) })).toMatchObject({
      state: DecisionState.PENDING_APPROVAL,
    });
  });

  test("as of a time, judged by that time", async () => {
    expect(await see(time(0))).toEqual({ state: DecisionState.PENDING_APPROVAL, headSeq: 1, at: 0 });
    expect(await see(time(1_999))).toMatchObject({ headSeq: 2 });
    expect(await see(time(2_000))).toEqual({ state: DecisionState.APPROVED, headSeq: 3, at: 2_000 });
    expect(await see(time(6_000))).toEqual({ state: DecisionState.PENDING_APPROVAL, headSeq: 3, at: 6_000 });
    expect(await see({ ...time(6_000), evaluateAt: at(began + 3_000) })).toEqual({
      state: DecisionState.APPROVED,
      headSeq: 3,
      at: 3_000,
    });
  });

  test("beyond its ends it says so", async () => {
    expect(await refusalOf(bob.getDecision({ decisionId, asOf: { case: "asOfSeq", value: 5 } }))).toMatchObject({
      code: "OutOfRange",
      reason: "SEQ_OUT_OF_RANGE",
    });
    expect(
      await refusalOf(bob.getDecision({ decisionId, asOf: { case: "asOfTime", value: at(began - 1) } })),
    ).toMatchObject({ code: "NotFound", reason: "DECISION_NOT_FOUND" });
  });

  test("the timeline holds the derived entries at their moments, and says what it left out", async () => {
    const { decision } = await bob.getDecision({ decisionId, timelineLimit: 2 });
    expect(decision?.timeline).toMatchObject({ truncated: true });
    expect(decision?.timeline?.entries).toHaveLength(2);
    const all = (await bob.getDecision({ decisionId })).decision?.timeline;
    expect(all?.truncated).toBe(false);
    const times = (all?.entries ?? []).map(({ time: when }) => (when === undefined ? -1 : timestampMs(when) - began));
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(
      times.filter((when) => when === 5_000),
      "expired, and the threshold lost",
    ).toHaveLength(2);
  });
});
