import { describe, expect, test, vi } from "vitest";
import { PackageMode, Verdict } from "../../gen/ts/nexus/attest/v1/audit_package_pb.ts";
import { StatedOutcome } from "../../gen/ts/nexus/attest/v1/decision_service_pb.ts";
import { eventually } from "../support/eventually.ts";
import { approved, execute, executionStage, outcome } from "./execution-stage.ts";

// Several processes one after the other, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 });

interface Row {
  /** Where kill -9 hits; see dying-parts.ts. */
  readonly point: string;
  /** What is in the store at that moment, from the gate on. */
  readonly left: readonly string[];
  /** What the next server makes of it. */
  readonly state: string;
  /** The code of EXECUTION_FAILED. */
  readonly code?: string;
  /** How often the adapter has been called in all. */
  readonly calls: number;
}

const GATED = ["EXECUTION_REQUESTED"] as const;
const STARTED = [...GATED, "EXECUTION_STARTED"] as const;
const COMPLETED = [...STARTED, "EXECUTION_COMPLETED"] as const;

/** From the gate to the outcome, in the order in which it happens. */
const POINTS: readonly Row[] = [
  { point: "before EXECUTION_REQUESTED", left: [], state: "APPROVED", calls: 0 },
  { point: "after EXECUTION_REQUESTED", left: GATED, state: "COMPLETED", calls: 1 },
  { point: "before EXECUTION_STARTED", left: GATED, state: "COMPLETED", calls: 1 },
  { point: "after EXECUTION_STARTED", left: STARTED, state: "FAILED", code: "NOT_STARTED", calls: 0 },
  { point: "before run accepted", left: STARTED, state: "FAILED", code: "NOT_STARTED", calls: 0 },
  { point: "after run accepted", left: STARTED, state: "FAILED", code: "RUN_ABANDONED", calls: 0 },
  { point: "before step begun", left: STARTED, state: "FAILED", code: "RUN_ABANDONED", calls: 0 },
  // From here on nobody can say what the step did, even if it never came to do anything.
  { point: "after step begun", left: STARTED, state: "OUTCOME_UNKNOWN", calls: 0 },
  { point: "before step ended", left: STARTED, state: "OUTCOME_UNKNOWN", calls: 1 },
  { point: "after step ended", left: STARTED, state: "COMPLETED", calls: 1 },
  { point: "before run ended", left: STARTED, state: "COMPLETED", calls: 1 },
  { point: "after run ended", left: STARTED, state: "COMPLETED", calls: 1 },
  { point: "before EXECUTION_COMPLETED", left: STARTED, state: "COMPLETED", calls: 1 },
  { point: "after EXECUTION_COMPLETED", left: COMPLETED, state: "COMPLETED", calls: 1 },
];

/** Takes a decision up to the point where the server dies. @returns the decision's id. */
async function killedAt(stage: ReturnType<typeof executionStage>, point: string): Promise<string> {
  const server = await stage.start({ diesAt: point });
  const decisionId = await approved(server);
  await expect(execute(server, decisionId, 20)).rejects.toThrow();
  expect(await server.exited, "ended by a signal").toBeNull();
  return decisionId;
}

describe("kill -9 between the gate and the outcome", () => {
  test.each(POINTS)("$point: $state, the adapter called $calls times", async ({ point, left, state, code, calls }) => {
    const stage = executionStage();
    stage.adapters.go();
    const decisionId = await killedAt(stage, point);
    expect(stage.stored(decisionId)).toEqual(left);

    const next = await stage.start();
    const found = await outcome(next, decisionId);
    expect(found.state).toBe(state);
    expect(found.last?.case === "executionFailed" ? found.last.value.code : undefined).toBe(code);
    expect(stage.calls()).toBe(calls);

    // Whoever asked for it repeats the call, not knowing what became of it: it is done once.
    const again = await execute(next, decisionId, 20);
    expect(again.event?.event?.body.case).toBe("executionRequested");
    expect(stage.calls()).toBe(left.length === 0 ? 1 : calls);
    const stored = stage.stored(decisionId);
    expect(stored.slice(0, 2)).toEqual(STARTED);
    expect(stored).toHaveLength(3);
    if (state !== "COMPLETED") return;

    const { audit } = next.as("human:erin");
    const { packageJson } = await audit.exportAuditPackage({ decisionId, mode: PackageMode.EMBEDDED });
    expect((await audit.verifyAuditPackage({ packageJson })).report?.verdict).toBe(Verdict.CONSISTENT);
  });

  test("while the adapter is at work: its program is ended, the outcome is unknown, and an operator can state it", async () => {
    const stage = executionStage();
    const server = await stage.start();
    const decisionId = await approved(server);
    await execute(server, decisionId);
    await eventually("the adapter is at work", () => stage.calls() === 1);
    await server.kill();
    expect(stage.running(), "the program outlives the server").toHaveLength(1);

    const next = await stage.start();
    expect((await outcome(next, decisionId)).state).toBe("OUTCOME_UNKNOWN");
    expect(stage.running()).toEqual([]);
    stage.adapters.go();
    const { decisions } = next.as("human:operator");
    const resolution = {
      case: "operatorStatement",
      value: { outcome: StatedOutcome.FAILED, reason: "rolled back by hand" },
    } as const;
    await decisions.settleExecution({ decisionId, resolution });
    expect((await outcome(next, decisionId)).state).toBe("FAILED");
    expect(stage.calls()).toBe(1);
  });
});

describe("a server that comes back after start_within", () => {
  const late = { startWithinSeconds: 0.001 };

  test.each([
    { point: "after EXECUTION_REQUESTED", code: "START_EXPIRED" },
    { point: "before EXECUTION_STARTED", code: "START_EXPIRED" },
    // The claim was made in time: from there on it is the router's record that counts.
    { point: "after EXECUTION_STARTED", code: "NOT_STARTED" },
  ])("$point: FAILED $code, the adapter is never called", async ({ point, code }) => {
    const stage = executionStage();
    stage.adapters.go();
    const decisionId = await killedAt(stage, point);
    const next = await stage.start({ execution: late });
    expect(await outcome(next, decisionId)).toMatchObject({ state: "FAILED", last: { value: { code } } });
    await execute(next, decisionId, 20);
    expect(stage.calls()).toBe(0);
  });
});

describe("kill -9 again while the next server recovers", () => {
  test.each([
    { first: "after EXECUTION_REQUESTED", second: "after EXECUTION_STARTED", state: "FAILED", calls: 0 },
    { first: "after EXECUTION_REQUESTED", second: "before step ended", state: "OUTCOME_UNKNOWN", calls: 1 },
    { first: "after EXECUTION_STARTED", second: "before run fenced", state: "FAILED", calls: 0 },
    { first: "after EXECUTION_STARTED", second: "after run fenced", state: "FAILED", calls: 0 },
    { first: "after EXECUTION_STARTED", second: "before EXECUTION_FAILED", state: "FAILED", calls: 0 },
    { first: "before step ended", second: "before run ended", state: "OUTCOME_UNKNOWN", calls: 1 },
    { first: "before step ended", second: "after run ended", state: "OUTCOME_UNKNOWN", calls: 1 },
    { first: "after run ended", second: "before EXECUTION_COMPLETED", state: "COMPLETED", calls: 1 },
    { first: "after run ended", second: "after EXECUTION_COMPLETED", state: "COMPLETED", calls: 1 },
  ])("$first, then $second: $state, the adapter called $calls times", async ({ first, second, state, calls }) => {
    const stage = executionStage();
    stage.adapters.go();
    const decisionId = await killedAt(stage, first);
    // It dies before it serves where what is recovered is the run log.
    const exited = await stage.start({ diesAt: second }).then(
      ({ exited }) => exited,
      () => null,
    );
    expect(exited, "ended by a signal").toBeNull();
    const next = await stage.start();
    expect((await outcome(next, decisionId)).state).toBe(state);
    expect(stage.calls()).toBe(calls);
    expect(stage.stored(decisionId).filter((type) => type === "EXECUTION_STARTED")).toHaveLength(1);
  });
});
