import { execFileSync } from "node:child_process";
import { describe, expect, test, vi } from "vitest";
import { ACCEPTED, answerWith, describedAs, finishedWith, routerProcess } from "../router/grpc/router-process.ts";
import type { Script } from "../router/grpc/router-program.ts";
import { eventually } from "../support/eventually.ts";
import { approved, execute, executionStage, outcome } from "./execution-stage.ts";

// Several processes one after the other, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 });

const WELL = {
  DescribeAdapter: [describedAs()],
  Run: [ACCEPTED, finishedWith(), "end"],
  GetRun: [answerWith({ state: "RUN_STATE_NOT_STARTED", runId: "", stepsExecuted: 0, runBundle: "" })],
} satisfies Script;

const STARTED = ["EXECUTION_REQUESTED", "EXECUTION_STARTED"];

/** Whether a process stands still, as ps says: what continues it before that would be lost. */
function isStopped(pid: number): boolean {
  return execFileSync("ps", ["-o", "stat=", "-p", `${pid}`], { encoding: "utf8" }).startsWith("T");
}

/** A decision whose run was claimed, and whose router was killed before the run was sent; the server waits for it. */
async function waiting(execution: object) {
  const router = await routerProcess(WELL);
  const routers = [{ name: "far", url: router.url, adapters: ["remote"] }];
  const stage = executionStage({ config: { routers, execution } });
  const server = await stage.start({ stopsAt: "before remote run" });
  const decisionId = await approved(server, { adapterId: "remote" });
  const executing = execute(server, decisionId).catch((error: unknown) => error);
  await eventually("the server stands still", () => isStopped(server.pid), 60_000);
  await router.kill();
  process.kill(server.pid, "SIGCONT");
  await executing;
  await eventually("it waits", () => server.stderr().includes("the run waits for its router"), 60_000);
  return { stage, server, decisionId, port: router.port };
}

describe("a router that is killed between the gate and the run", () => {
  test("and started anew soon gets the run, once", async () => {
    const { stage, server, decisionId, port } = await waiting({ sendWithinSeconds: 100 });
    expect(stage.stored(decisionId)).toEqual(STARTED);
    const again = await routerProcess({ ...WELL, port });
    expect((await outcome(server, decisionId)).state).toBe("COMPLETED");
    expect(again.calls("Run")).toHaveLength(1);
    expect(again.calls("GetRun")).toEqual([]);
    expect(stage.stored(decisionId)).toEqual([...STARTED, "EXECUTION_COMPLETED"]);
  });

  test("and stays away: the decision fails, for certainly nothing was sent", async () => {
    const { stage, server, decisionId } = await waiting({ sendWithinSeconds: 1 });
    expect(await outcome(server, decisionId)).toMatchObject({
      state: "FAILED",
      last: { value: { code: "NOT_SENT", message: expect.stringContaining("ECONNREFUSED") } },
    });
    expect(stage.stored(decisionId)).toEqual([...STARTED, "EXECUTION_FAILED"]);
  });

  test("while the server is told to end: that nothing was sent is recorded before it ends", async () => {
    const { stage, server, decisionId } = await waiting({ sendWithinSeconds: 100, drainSeconds: 0.3 });
    expect(await server.stop()).toBe(0);
    expect(stage.stored(decisionId)).toEqual([...STARTED, "EXECUTION_FAILED"]);
    const next = await stage.start();
    expect(await outcome(next, decisionId)).toMatchObject({ state: "FAILED", last: { value: { code: "NOT_SENT" } } });
  });

  test("and is back when the killed server is: it refuses the run for ever, and never carries it out", async () => {
    const { stage, server, decisionId, port } = await waiting({ sendWithinSeconds: 100 });
    await server.kill();
    expect(stage.stored(decisionId)).toEqual(STARTED);
    const again = await routerProcess({ ...WELL, port });
    const next = await stage.start();
    expect(await outcome(next, decisionId)).toMatchObject({
      state: "FAILED",
      last: { value: { code: "NOT_STARTED" } },
    });
    expect(again.calls("GetRun")[0]?.request).toMatchObject({ decisionId, fence: true });
    expect(again.calls("Run")).toEqual([]);
  });
});
