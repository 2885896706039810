import { beforeEach, describe, expect, test } from "vitest";
import { StatedOutcome } from "../../gen/ts/nexus/attest/v1/decision_service_pb.ts";
import { Overruled, SettlementBasis } from "../../gen/ts/nexus/attest/v1/event_pb.ts";
import { DecisionState } from "../../gen/ts/nexus/attest/v1/lifecycle_pb.ts";
import { eventually } from "../support/eventually.ts";
import { type Clients, serverUnderTest } from "../support/server-under-test.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { refusalOf } from "./refusal.ts";
import { adaptersIn, approve, requested } from "./release.ts";

let bob: Clients["decisions"];
let operator: Clients["decisions"];
let decisionId: string;
let adapters: ReturnType<typeof adaptersIn>;
beforeEach(async () => {
  const directory = temporaryDirectory();
  adapters = adaptersIn(directory);
  const server = await serverUnderTest({ directory, config: { ...adapters.config, execution: { drainSeconds: 0.1 } } });
  bob = server.as("human:bob").decisions;
  operator = server.as("human:operator").decisions;
  decisionId = await requested(server, { adapterId: "waiting" });
  await approve(server, decisionId, "carol", "dave");
});

const REASON = "looked at the machine";
const state = (outcome: StatedOutcome, { requestId = "", force = false } = {}) =>
  operator.settleExecution({
    decisionId,
    requestId,
    resolution: { case: "operatorStatement", value: { outcome, reason: REASON, force } },
  });

describe("SettleExecution", () => {
  test("has nothing to settle before the gate", async () => {
    expect(await refusalOf(state(StatedOutcome.COMPLETED))).toMatchObject({
      code: "FailedPrecondition",
      reason: "NOTHING_TO_SETTLE",
    });
  });

  test.each([
    [StatedOutcome.COMPLETED, DecisionState.COMPLETED],
    [StatedOutcome.FAILED, DecisionState.FAILED],
  ])("takes an operator's word once, with the reason, who gave it, and against what (%i)", async (outcome, wanted) => {
    await bob.executeDecision({ decisionId });
    await eventually("the adapter is at work", () => adapters.read("calls"));
    expect(await refusalOf(state(outcome)), "it is still at work").toMatchObject({
      code: "FailedPrecondition",
      reason: "RUN_STILL_AT_WORK",
    });
    const force = { requestId: "s-1", force: true };
    const settled = await state(outcome, force);
    expect(settled.lifecycle?.state).toBe(wanted);
    expect(settled.event?.event?.actor?.id).toBe("operator");
    expect(settled.execution?.settlement).toMatchObject({
      basis: SettlementBasis.OPERATOR_STATEMENT,
      reason: REASON,
      overruled: Overruled.RUNNING,
    });
    expect(await state(outcome, force), "repeated").toEqual(settled);
    expect(await refusalOf(state(StatedOutcome.UNKNOWN))).toMatchObject({
      code: "FailedPrecondition",
      reason: "DECISION_CLOSED",
    });
  });

  test("leaves the run's own outcome to come where the statement was refused", async () => {
    await bob.executeDecision({ decisionId });
    await eventually("the adapter is at work", () => adapters.read("calls"));
    await refusalOf(state(StatedOutcome.FAILED));
    adapters.go();
    await eventually("the end", async () => {
      const { decision } = await bob.getDecision({ decisionId });
      return decision?.lifecycle?.state === DecisionState.COMPLETED;
    });
  });

  test("unknown first, then the router after all", async () => {
    await bob.executeDecision({ decisionId });
    await eventually("the adapter is at work", () => adapters.read("calls"));
    expect((await state(StatedOutcome.UNKNOWN)).lifecycle?.state).toBe(DecisionState.OUTCOME_UNKNOWN);
    const blocked = await bob.getDecision({ decisionId });
    expect(blocked.decision?.lifecycle?.executable).toBe(false);
    expect(await refusalOf(bob.executeDecision({ decisionId }))).toMatchObject({ reason: "EXECUTION_UNDER_WAY" });
    const ask = () => operator.settleExecution({ decisionId, resolution: { case: "askRouter", value: {} } });
    expect(await refusalOf(ask()), "it is still at work").toMatchObject({
      code: "FailedPrecondition",
      reason: "ROUTER_CANNOT_SAY",
    });
    adapters.go();
    await eventually("the end", async () => {
      await ask().catch(() => undefined);
      return (await bob.getDecision({ decisionId })).decision?.lifecycle?.state === DecisionState.COMPLETED;
    });
    expect(adapters.read("calls")).toBe("files write\n");
  });
});
