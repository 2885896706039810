import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { RunNotFound } from "../../../src/app/router.ts";
import { encodeRunRequest } from "../../../src/codec/run-request.ts";
import type { RunRequest } from "../../../src/domain/run-request.ts";
import { openRunLog } from "../../../src/router/local/run-log.ts";
import { eventually } from "../../support/eventually.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";
import { bundleOf, finished, localRouterUnderTest } from "./local-router-under-test.ts";
import { recordIn, runRequest, step } from "./recorder.ts";
import { argumentsFor, type Moment } from "./run-until-killed.ts";

/** A process that carries out a request; it dies at the moment, or when it is killed. */
function routerProcess(directory: string, request: RunRequest, moment?: Moment) {
  const child = spawn(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", ...argumentsFor(directory, request, moment)],
    {
      stdio: ["ignore", "inherit", "inherit"],
    },
  );
  const exited = once(child, "exit");
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await exited;
  });
  return {
    async killed() {
      await exited;
      expect(child.signalCode).toBe("SIGKILL");
    },
    async kill() {
      child.kill("SIGKILL");
      await exited;
    },
  };
}

const ACCEPT = "INSERT INTO runs";
const STEP_BEGUN = "UPDATE runs SET step_under_way = 1";
const PROCESS = "UPDATE runs SET pid = ?";
const STEP_ENDED = "COMMIT";
const END = "UPDATE runs SET state = ?";
const TWO_STEPS = { steps: [step("a"), step("b")] };
const ABANDONED_BEFORE = (stepId: string) => ({
  code: "RUN_ABANDONED",
  message: `The router's process ended before step ${stepId} began; the steps before it had ended.`,
  stepId: "",
});
const INTERRUPTED_IN = (stepId: string) => ({
  code: "ROUTER_INTERRUPTED",
  message: expect.stringMatching(new RegExp(`^The router's process ended during step ${stepId}[.;]`)),
  stepId,
});

describe("kill -9 of the router's process, and what is known of the run when it is opened anew", () => {
  test.each<{
    readonly moment: Moment;
    readonly run: object;
    readonly calls: readonly string[];
    readonly request?: Parameters<typeof runRequest>[0];
  }>([
    {
      moment: { statement: ACCEPT, nth: 1, side: "after" },
      run: { state: "FAILED", stepsExecuted: 0, failure: ABANDONED_BEFORE("a") },
      calls: [],
    },
    {
      moment: { statement: STEP_BEGUN, nth: 1, side: "before" },
      run: { state: "FAILED", stepsExecuted: 0, failure: ABANDONED_BEFORE("a") },
      calls: [],
    },
    {
      moment: { statement: STEP_BEGUN, nth: 1, side: "after" },
      run: { state: "INTERRUPTED", stepsExecuted: 0, failure: INTERRUPTED_IN("a") },
      calls: [],
    },
    {
      moment: { statement: STEP_ENDED, nth: 1, side: "before" },
      run: { state: "INTERRUPTED", stepsExecuted: 0, failure: INTERRUPTED_IN("a") },
      calls: ["a"],
    },
    {
      moment: { statement: STEP_ENDED, nth: 1, side: "after" },
      run: { state: "FAILED", stepsExecuted: 1, failure: ABANDONED_BEFORE("b") },
      calls: ["a"],
    },
    {
      moment: { statement: STEP_BEGUN, nth: 2, side: "after" },
      run: { state: "INTERRUPTED", stepsExecuted: 1, failure: INTERRUPTED_IN("b") },
      calls: ["a"],
    },
    {
      moment: { statement: STEP_ENDED, nth: 2, side: "before" },
      run: { state: "INTERRUPTED", stepsExecuted: 1, failure: INTERRUPTED_IN("b") },
      calls: ["a", "b"],
    },
    {
      moment: { statement: STEP_ENDED, nth: 2, side: "after" },
      run: { state: "SUCCEEDED", stepsExecuted: 2, failure: undefined },
      calls: ["a", "b"],
    },
    {
      moment: { statement: END, nth: 1, side: "before" },
      run: { state: "SUCCEEDED", stepsExecuted: 2, failure: undefined },
      calls: ["a", "b"],
    },
    {
      moment: { statement: END, nth: 1, side: "after" },
      run: { state: "SUCCEEDED", stepsExecuted: 2, failure: undefined },
      calls: ["a", "b"],
    },
    {
      moment: { statement: END, nth: 1, side: "before" },
      request: { steps: [step("a"), step("fail"), step("b")] },
      run: {
        state: "FAILED",
        stepsExecuted: 1,
        failure: { code: "STEP_FAILED", message: "The program ended with exit code 3.", stepId: "fail" },
      },
      calls: ["a", "fail"],
    },
    {
      moment: { statement: STEP_BEGUN, nth: 2, side: "after" },
      request: { ...TWO_STEPS, mode: "DRY_RUN" },
      run: { state: "FAILED", stepsExecuted: 1, failure: ABANDONED_BEFORE("b") },
      calls: [],
    },
  ])("$moment.side $moment.statement ($moment.nth): $run.state", async ({ moment, request: asked, run, calls }) => {
    const directory = temporaryDirectory();
    const request = runRequest(asked ?? TWO_STEPS);
    await routerProcess(directory, request, moment).killed();

    const router = localRouterUnderTest({ directory });
    const found = await router.getRun("recorder", request.decisionId, { includeBundle: true, fence: true });
    expect(found).toMatchObject({ ...run, adapterId: "recorder", decisionId: request.decisionId });
    expect(bundleOf(found)).toMatchObject({
      run_id: found.runId,
      outcome: found.state,
      simulated: request.mode === "DRY_RUN",
    });
    expect(await finished(router, request), "asked to run it again, it tells of that run").toEqual(found);
    await router.close(0);
    const again = localRouterUnderTest({ directory });
    expect(await again.getRun("", request.decisionId, { includeBundle: true }), "what is settled stays").toEqual(found);
    expect(
      router.calls().map(({ method }) => method),
      "no step is ever called twice",
    ).toEqual(calls);
  });

  test("before it is on record: there is no run, and a fence keeps it so", async () => {
    const directory = temporaryDirectory();
    const request = runRequest();
    await routerProcess(directory, request, { statement: ACCEPT, nth: 1, side: "before" }).killed();
    const router = localRouterUnderTest({ directory });
    await expect(router.getRun("recorder", request.decisionId)).rejects.toThrow(RunNotFound);
    expect((await router.getRun("recorder", request.decisionId, { fence: true })).state).toBe("NOT_STARTED");
    await expect(finished(router, request)).rejects.toMatchObject({ code: "RUN_FENCED" });
    expect(router.calls()).toEqual([]);
  });
});

describe("what the process leaves running", () => {
  const SURVIVED =
    /^The router's process ended during step (wait|parent); the step's program was still running and has been ended\.$/;

  test("the step's program is ended, its call not repeated, and the record says so", async () => {
    const directory = temporaryDirectory();
    const request = runRequest({ steps: [step("a"), step("wait"), step("b")] });
    const process = routerProcess(directory, request);
    const { calls } = recordIn(directory);
    const { pid } = await eventually("the second step is called", () => calls()[1]);
    await process.kill();
    expect(existsSync(`/proc/${pid}`), "it outlives the router's process").toBe(true);

    const router = localRouterUnderTest({ directory });
    await eventually("the program is gone", () => !existsSync(`/proc/${pid}`));
    const run = await router.getRun("", request.decisionId, { includeBundle: true });
    expect(run).toMatchObject({ state: "INTERRUPTED", stepsExecuted: 1, failure: { stepId: "wait" } });
    expect(run.failure?.message).toMatch(SURVIVED);
    expect(
      bundleOf(run).steps.map(({ step_id }) => step_id),
      "no word about the step itself",
    ).toEqual(["a"]);
    router.go();
    expect(calls().map(({ method }) => method)).toEqual(["a", "wait"]);
  });

  test("also if the program was not on record yet", async () => {
    const directory = temporaryDirectory();
    const request = runRequest({ steps: [step("wait")] });
    await routerProcess(directory, request, { statement: PROCESS, nth: 1, side: "before" }).killed();
    const { calls } = recordIn(directory);
    const { pid } = await eventually("it goes on by itself", () => calls()[0]);
    const router = localRouterUnderTest({ directory });
    await eventually("the program is gone", () => !existsSync(`/proc/${pid}`));
    expect((await router.getRun("", request.decisionId)).failure?.message).toMatch(SURVIVED);
  });

  test("also what the program had started, if the program itself is gone", async () => {
    const directory = temporaryDirectory();
    const request = runRequest({ steps: [step("parent")] });
    const running = routerProcess(directory, request);
    const { calls } = recordIn(directory);
    const { pid, child } = await eventually("the step is called", () => calls()[0]);
    await running.kill();
    process.kill(pid, "SIGKILL");
    await eventually("the program is gone", () => !existsSync(`/proc/${pid}`));
    expect(existsSync(`/proc/${child}`), "what it started is not").toBe(true);
    const router = localRouterUnderTest({ directory });
    await eventually("what it started is gone", () => !existsSync(`/proc/${child}`));
    expect((await router.getRun("", request.decisionId)).failure?.message).toMatch(SURVIVED);
  });
});

test("all runs that were left are settled, each by what is on record of it", async () => {
  const directory = temporaryDirectory();
  const [before, during, done] = [runRequest(), runRequest(), runRequest()];
  const log = openRunLog(join(directory, "runs.sqlite"));
  for (const request of [before, during, done]) {
    const { decisionId } = request;
    log.accept({ decisionId, runId: `run-${decisionId}`, request: encodeRunRequest(request), simulated: false, at: 0 });
  }
  log.stepBegun(during.decisionId);
  log.stepEnded(done.decisionId, "{}");
  log.close();
  const router = localRouterUnderTest({ directory });
  const states = [before, during, done].map(async ({ decisionId }) => (await router.getRun("", decisionId)).state);
  expect(await Promise.all(states)).toEqual(["FAILED", "INTERRUPTED", "SUCCEEDED"]);
});
