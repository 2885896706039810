import { describe, expect, test, vi } from "vitest";
import { StatedOutcome } from "../../gen/ts/nexus/attest/v1/decision_service_pb.ts";
import { Overruled } from "../../gen/ts/nexus/attest/v1/event_pb.ts";
import { DecisionState } from "../../gen/ts/nexus/attest/v1/lifecycle_pb.ts";
import { refusalOf } from "../e2e/refusal.ts";
import { eventually } from "../support/eventually.ts";
import { approved, execute, outcome, type StagedServer } from "./execution-stage.ts";
import { GRACE, sharedStage, story } from "./shared-stage.ts";

// Several processes at the same time, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 });

const execution = GRACE;
const NOT_STARTED = { state: "FAILED", code: "NOT_STARTED" };

/** Two servers, of which the one that carries the decision out dies at a point; the other is there all the while. */
async function killedAt(point: string, adapterId: string) {
  const { router, stage } = await sharedStage();
  router.go();
  const [a, b] = [stage(), stage()];
  for (const { adapters } of [a, b]) adapters.go();
  const survivor = await b.start({ execution });
  const first = await a.start({ execution, diesAt: point });
  const decisionId = await approved(first, { adapterId });
  await expect(execute(first, decisionId, 20)).rejects.toThrow();
  expect(await first.exited, "ended by a signal").toBeNull();
  return { router, a, b, survivor, decisionId };
}

async function end(server: StagedServer, decisionId: string) {
  const { state, last } = await outcome(server, decisionId);
  return { state, code: last?.case === "executionFailed" ? last.value.code : undefined };
}

describe("kill -9 of a server that shares a store and a remote router: another server brings the decision to its end", () => {
  test.each([
    { point: "after EXECUTION_REQUESTED", state: "COMPLETED", runs: 1, by: "b" },
    { point: "before EXECUTION_STARTED", state: "COMPLETED", runs: 1, by: "b" },
    { point: "after EXECUTION_STARTED", ...NOT_STARTED, runs: 0, by: "a" },
    { point: "before remote run", ...NOT_STARTED, runs: 0, by: "a" },
    { point: "after remote accepted", state: "COMPLETED", runs: 1, by: "a" },
    { point: "after remote finished", state: "COMPLETED", runs: 1, by: "a" },
    { point: "before EXECUTION_COMPLETED", state: "COMPLETED", runs: 1, by: "a" },
    { point: "after EXECUTION_COMPLETED", state: "COMPLETED", runs: 1, by: "a" },
  ] as const)("$point: $state, $runs runs, claimed by $by", async ({ point, state, runs, by, ...row }) => {
    const { router, survivor, decisionId, ...stages } = await killedAt(point, "far");
    expect(await end(survivor, decisionId)).toEqual({ state, code: "code" in row ? row.code : undefined });
    // Whoever asked for it repeats the call elsewhere, and the server that died comes back.
    await execute(survivor, decisionId, 20);
    const back = await stages.a.start({ execution });
    await execute(back, decisionId, 20);
    expect(router.runs()).toBe(runs);
    const { kinds, claims } = await story(back, decisionId);
    expect(kinds).toHaveLength(3);
    expect(claims).toEqual([stages[by].serverId()]);
  });
});

describe("kill -9 of a server that had the run on its own router", () => {
  test("after the gate: another one claims it, and carries it out itself", async () => {
    const { a, b, survivor, decisionId } = await killedAt("after EXECUTION_REQUESTED", "waiting");
    expect((await outcome(survivor, decisionId)).state).toBe("COMPLETED");
    expect({ a: a.calls(), b: b.calls() }).toEqual({ a: 0, b: 1 });
    expect((await story(survivor, decisionId)).claims).toEqual([b.serverId()]);
  });

  test.each([
    { point: "after EXECUTION_STARTED", ...NOT_STARTED },
    { point: "after run ended", state: "COMPLETED", code: undefined },
  ])("$point: nobody else can tell, until it is back: $state", async ({ point, state, code }) => {
    const { a, b, survivor, decisionId } = await killedAt(point, "waiting");
    await eventually("it is left alone", () => survivor.stderr().includes("cannot be brought to an end from here"));
    const { decisions } = survivor.as("human:olivia");
    const ask = { decisionId, resolution: { case: "askRouter", value: {} } } as const;
    const refusal = await refusalOf(decisions.settleExecution(ask));
    expect(refusal).toMatchObject({ reason: "ROUTER_CANNOT_SAY", metadata: { server_id: a.serverId() } });
    await execute(survivor, decisionId);
    expect((await story(survivor, decisionId)).kinds).toEqual(["executionRequested", "executionStarted"]);
    await a.start({ execution });
    expect(await end(survivor, decisionId)).toEqual({ state, code });
    expect(b.calls()).toBe(0);
  });

  test("an operator can state the outcome elsewhere; the server that comes back adds nothing", async () => {
    const { a, survivor, decisionId } = await killedAt("after run ended", "waiting");
    const { decisions } = survivor.as("human:olivia");
    const value = { outcome: StatedOutcome.FAILED, reason: "the machine burned down" };
    const state = (force: boolean) => {
      const resolution = { case: "operatorStatement", value: { ...value, force } } as const;
      return decisions.settleExecution({ decisionId, resolution });
    };
    const refusal = await refusalOf(state(false));
    expect(refusal).toMatchObject({ reason: "ROUTER_CANNOT_SAY", metadata: { server_id: a.serverId() } });
    expect((await state(true)).execution?.settlement?.overruled).toBe(Overruled.NOT_ASKED);
    const back = await a.start({ execution });
    expect(await end(back, decisionId)).toEqual({ state: "FAILED", code: "OPERATOR_STATEMENT" });
    await execute(back, decisionId, 20);
    expect((await story(back, decisionId)).kinds).toHaveLength(3);
    expect(a.calls()).toBe(1);
  });
});

describe("a server that stands still for longer than the grace, and then goes on as if nothing had been", () => {
  test.each([
    { point: "after EXECUTION_REQUESTED", state: "COMPLETED", runs: 1, by: "b" },
    { point: "before EXECUTION_STARTED", state: "COMPLETED", runs: 1, by: "b" },
    { point: "after EXECUTION_STARTED", ...NOT_STARTED, runs: 0, by: "a" },
    { point: "before remote run", ...NOT_STARTED, runs: 0, by: "a" },
    { point: "after remote accepted", state: "COMPLETED", runs: 1, by: "a" },
  ] as const)(
    "$point: $state, $runs runs, and it answers what came of it",
    async ({ point, state, runs, by, ...row }) => {
      const { router, stage } = await sharedStage();
      router.go();
      const [a, b] = [stage(), stage()];
      const other = await b.start({ execution });
      const sleeper = await a.start({ execution, stopsAt: point });
      const decisionId = await approved(sleeper, { adapterId: "far" });
      const answer = execute(sleeper, decisionId, 30);
      const code = "code" in row ? row.code : undefined;
      await eventually("the gate is passed", async () => (await story(other, decisionId)).kinds.length > 0);
      expect(await end(other, decisionId)).toEqual({ state, code });
      process.kill(sleeper.pid, "SIGCONT");
      const { lifecycle } = await answer;
      expect(lifecycle?.state).toBe(DecisionState[state as keyof typeof DecisionState]);
      expect(await end(sleeper, decisionId)).toEqual({ state, code });
      const { kinds, claims } = await story(sleeper, decisionId);
      expect(kinds).toHaveLength(3);
      expect(claims).toEqual([{ a, b }[by].serverId()]);
      expect(router.runs()).toBe(runs);
      expect(sleeper.stderr()).not.toContain('"level":50');
    },
  );
});
