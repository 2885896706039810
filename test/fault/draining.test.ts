import { describe, expect, test, vi } from "vitest";
import { DecisionState } from "../../gen/ts/nexus/attest/v1/lifecycle_pb.ts";
import { refusalOf } from "../e2e/refusal.ts";
import { eventually } from "../support/eventually.ts";
import { approved, execute, executionStage, outcome } from "./execution-stage.ts";

// Several processes one after the other, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 });

/** A server with a run under way, whose adapter works until it is let go. */
async function atWork(execution: object = {}) {
  const stage = executionStage();
  const server = await stage.start({ execution });
  const decisionId = await approved(server);
  await execute(server, decisionId);
  await eventually("the adapter is at work", () => stage.calls() === 1);
  return { stage, server, decisionId, signal: (name: NodeJS.Signals) => process.kill(server.pid, name) };
}

const DRAINS = "shutting down: streams end, runs are waited for";

describe.each(["SIGTERM", "SIGINT"] as const)("%s", (name) => {
  test("ends streams with a reason to come back, takes nothing new, records the run's end, and exits with 0", async () => {
    const { stage, server, decisionId, signal } = await atWork();
    const { decisions } = server.as("human:erin");
    let heard = 0;
    const counted = async (stream: AsyncIterable<unknown>) => {
      for await (const _ of stream) heard += 1;
    };
    const streams = [
      refusalOf(counted(decisions.watchDecision({ decisionId }))),
      refusalOf(counted(decisions.watchDecisions({}))),
    ];
    const waiting = execute(server, decisionId, 60);
    await eventually("both have begun", () => heard >= 8);
    signal(name);
    for (const stream of streams)
      expect(await stream).toMatchObject({ code: "Unavailable", reason: "SERVER_DRAINING" });
    expect((await waiting).lifecycle?.state, "who waits is told where it stands").toBe(DecisionState.EXECUTING);
    await eventually("nobody is let in", async () => {
      const refusal = await refusalOf(server.as("human:new").decisions.getDecision({ decisionId })).catch(
        () => undefined,
      );
      return refusal?.code === "Unavailable";
    });
    expect(stage.running(), "the run goes on").toHaveLength(1);
    expect(stage.stored(decisionId)).toEqual(["EXECUTION_REQUESTED", "EXECUTION_STARTED"]);
    stage.adapters.go();
    expect(await server.exited).toBe(0);
    expect(stage.stored(decisionId).at(-1)).toBe("EXECUTION_COMPLETED");
    expect(stage.running()).toEqual([]);
    expect(stage.calls()).toBe(1);
  });

  test("ends a run that outlasts the drain, with its program, and the next server knows how it ended", async () => {
    const { stage, server, decisionId, signal } = await atWork({ drainSeconds: 0.3 });
    signal(name);
    expect(await server.exited).toBe(0);
    expect(stage.running()).toEqual([]);
    stage.adapters.go();
    const next = await stage.start();
    expect(await outcome(next, decisionId)).toMatchObject({ state: "FAILED", last: { value: { code: "CANCELLED" } } });
    expect(stage.calls()).toBe(1);
  });
});

describe("a second signal", () => {
  test.each([
    ["SIGTERM", "SIGTERM"],
    ["SIGINT", "SIGINT"],
    ["SIGTERM", "SIGINT"],
    ["SIGINT", "SIGTERM"],
  ] as const)(
    "%s, then %s: ends the server at once, with its programs, and nobody can say how the run ended",
    async (first, second) => {
      const { stage, server, decisionId, signal } = await atWork();
      signal(first);
      await eventually("it drains", () => server.stderr().includes(DRAINS));
      expect(stage.running()).toHaveLength(1);
      signal(second);
      expect(await server.exited).toBe(130);
      await eventually("no program is left behind", () => stage.running().length === 0);
      stage.adapters.go();
      const next = await stage.start();
      expect((await outcome(next, decisionId)).state).toBe("OUTCOME_UNKNOWN");
      expect(stage.calls()).toBe(1);
    },
  );
});

test("a server that is told to go the moment it says that it serves goes in good order", async () => {
  const server = await executionStage().start();
  expect(await server.stop()).toBe(0);
  expect(server.stderr()).toContain('"msg":"shut down"');
});
