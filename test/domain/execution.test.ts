import { describe, expect, test } from "vitest";
import type { ExecutionCompleted } from "../../src/domain/event.ts";
import { record, START, state } from "./commands.ts";
import {
  alice,
  at,
  attached,
  bob,
  COMPLETED,
  carol,
  created,
  dave,
  FAILED,
  gated,
  granted,
  minute,
  outcomeUnknown,
  SERVER_ID,
  server,
  started,
  WAY_TO,
} from "./facts.ts";
import { given } from "./given.ts";

const APPROVED_FOR = (maxSteps: number) => [created(), attached({ maxSteps }), granted(bob), granted(carol)];

describe("starting", () => {
  const gatedAtTen = given(...WAY_TO.approved, at(minute(10), gated()));

  test("within the time that is allowed, to the very end of it", () => {
    for (const now of [minute(10), minute(15)])
      gatedAtTen.when(server, START, { at: now }).thenEvents({ type: "EXECUTION_STARTED", serverId: SERVER_ID });
  });

  test("a millisecond later the decision fails instead", () => {
    gatedAtTen.when(server, START, { at: minute(15) + 1 }).thenEvents({
      type: "EXECUTION_FAILED",
      code: "START_EXPIRED",
      message: "It could not be started within 300 seconds of the gate.",
      runId: "",
      routerDigest: "",
      routerMediaType: "",
      stepsExecuted: 0,
      settlement: undefined,
    });
  });

  test("before the gate, or twice, is refused", () => {
    given(...WAY_TO.approved)
      .when(server, START)
      .thenRefused(
        "NOTHING_TO_SETTLE",
        "The decision has not passed its gate: there is nothing to start or to settle.",
      );
    for (const way of [WAY_TO.started, WAY_TO.unknown])
      given(...way)
        .when(server, START)
        .thenRefused("NOTHING_TO_SETTLE", "The run has been started: it starts once.");
  });
});

describe("what the router says", () => {
  test("is recorded as it is", () => {
    for (const outcome of [COMPLETED, FAILED] as const)
      given(...WAY_TO.started)
        .when(server, record(outcome))
        .thenEvents(outcome);
  });

  test("of more steps than the policy allows: failed, with the run's id and digest kept", () => {
    const underWay = given(...APPROVED_FOR(2), gated(), started());
    const { runId, routerDigest, routerMediaType, settlement } = COMPLETED;
    underWay.when(server, record(COMPLETED)).thenEvents({
      type: "EXECUTION_FAILED",
      code: "MAX_STEPS_EXCEEDED",
      message: "The router reports 3 steps; the policy allows 2.",
      stepsExecuted: 3,
      runId,
      routerDigest,
      routerMediaType,
      settlement,
    });
  });

  test("of more steps than the policy allows and a failure: the breach is what counts, the failure is named", () => {
    const underWay = given(...APPROVED_FOR(2), gated(), started());
    underWay.when(server, record({ ...FAILED, stepsExecuted: 3 })).thenEvents({
      ...FAILED,
      code: "MAX_STEPS_EXCEEDED",
      message: "The router reports 3 steps; the policy allows 2. The run failed besides: STEP_FAILED.",
      stepsExecuted: 3,
    });
  });

  test("of as many steps as the policy allows is taken", () => {
    for (const maxSteps of [0, 3, 4])
      given(...APPROVED_FOR(maxSteps), gated(), started())
        .when(server, record(COMPLETED))
        .thenEvents(COMPLETED);
  });

  test("of a run that was never started can only be a failure", () => {
    given(...WAY_TO.gated)
      .when(server, record(FAILED))
      .thenEvents(FAILED);
    for (const maxSteps of [0, 1])
      given(...APPROVED_FOR(maxSteps), gated())
        .when(server, record(COMPLETED))
        .thenRefused("NOTHING_TO_SETTLE", "The run has not been started: it has no outcome yet.");
  });

  test("after the outcome was unknown settles it", () => {
    const learned: ExecutionCompleted = { ...COMPLETED, settlement: { basis: "ROUTER_ANSWER", reason: "" } };
    given(...WAY_TO.unknown)
      .when(alice, record(learned))
      .thenEvents(learned);
  });
});

describe("what an operator states", () => {
  const settlement = { basis: "OPERATOR_STATEMENT", reason: "seen on the machine" } as const;

  test("completed or failed: an outcome without a run bundle, on the operator's word", () => {
    const bare = { runId: "", routerDigest: "", routerMediaType: "", stepsExecuted: 0, settlement } as const;
    given(...WAY_TO.started)
      .when(dave, state("COMPLETED"))
      .thenEvents({ type: "EXECUTION_COMPLETED", ...bare });
    given(...WAY_TO.started)
      .when(dave, state("FAILED"))
      .thenEvents({ type: "EXECUTION_FAILED", code: "OPERATOR_STATEMENT", message: "seen on the machine", ...bare });
  });

  test("says what it was forced against", () => {
    for (const outcome of ["COMPLETED", "FAILED"] as const) {
      const { verdict } = given(...WAY_TO.started).when(dave, { ...state(outcome), overruled: "RUNNING" });
      expect(verdict).toMatchObject({ events: [{ settlement: { ...settlement, overruled: "RUNNING" } }] });
    }
  });

  test("keeps the run's id where it is known", () => {
    for (const outcome of ["COMPLETED", "FAILED"] as const) {
      const { verdict } = given(...WAY_TO.unknown).when(dave, state(outcome));
      expect(verdict).toMatchObject({ events: [{ type: `EXECUTION_${outcome}`, runId: "run-1", settlement }] });
    }
  });

  test("unknown, once", () => {
    given(...WAY_TO.started)
      .when(dave, state("UNKNOWN"))
      .thenEvents({ type: "EXECUTION_OUTCOME_UNKNOWN", reason: "seen on the machine", runId: "", settlement });
    given(...WAY_TO.started, outcomeUnknown())
      .when(dave, state("UNKNOWN"))
      .thenRefused("NOTHING_TO_SETTLE", "The outcome is recorded as unknown already: say how the run ended.");
  });

  test("is not asked for before the run was started", () => {
    for (const outcome of ["COMPLETED", "FAILED", "UNKNOWN"] as const)
      given(...WAY_TO.gated)
        .when(dave, state(outcome))
        .thenRefused("NOTHING_TO_SETTLE", "The run has not been started: it has no outcome yet.");
  });
});
