import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { eventually } from "../../support/eventually.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";
import { bundleOf, finished, localRouterUnderTest } from "./local-router-under-test.ts";
import { recorder, runRequest, step } from "./recorder.ts";

const STEPS = [step("answer"), step("wait"), step("after")];

describe("a run that is cancelled", () => {
  test("during a step: its program is ended, what follows is never called", async () => {
    const router = localRouterUnderTest();
    const cancel = new AbortController();
    const running = finished(router, runRequest({ steps: STEPS }), { signal: cancel.signal });
    await eventually("the second step is under way", () => router.calls().length === 2);
    cancel.abort();
    const run = await running;
    const failure = { code: "CANCELLED", message: "The run was cancelled.", stepId: "wait" };
    expect(run).toMatchObject({ state: "FAILED", stepsExecuted: 1, failure });
    expect(router.calls().map(({ method }) => method)).toEqual(["answer", "wait"]);
    expect(existsSync(`/proc/${router.calls()[1]?.pid}`), "the program is gone").toBe(false);
  });

  test("before its first step: nothing is called, and it is on record", async () => {
    const router = localRouterUnderTest();
    const request = runRequest();
    const run = await finished(router, request, { signal: AbortSignal.abort() });
    const failure = { code: "CANCELLED", message: "The run was cancelled before step answer began.", stepId: "" };
    expect(run).toMatchObject({ state: "FAILED", stepsExecuted: 0, failure });
    expect(router.calls()).toEqual([]);
    expect(bundleOf(run).steps).toEqual([]);
    expect(await finished(router, request), "it is the run of this decision").toEqual(run);
  });

  test("a watcher that goes away cancels nothing", async () => {
    const router = localRouterUnderTest();
    const request = runRequest({ steps: [step("wait"), step("after")] });
    for await (const { kind } of router.run(request)) if (kind === "accepted") break;
    await eventually("the step is called", () => router.calls().length === 1);
    router.go();
    expect((await finished(router, request)).state).toBe("SUCCEEDED");
  });

  test("whoever joined it later cannot end it", async () => {
    const router = localRouterUnderTest();
    const request = runRequest({ steps: [step("wait")] });
    const first = finished(router, request);
    await eventually("the step is called", () => router.calls().length === 1);
    const joined = finished(router, request, { signal: AbortSignal.abort() });
    router.go();
    expect((await joined).state).toBe("SUCCEEDED");
    expect((await first).state).toBe("SUCCEEDED");
  });
});

describe("a step's time", () => {
  test("runs out for that step alone: each step has its own", async () => {
    const directory = temporaryDirectory();
    const router = localRouterUnderTest({ directory, adapters: [recorder(directory, { timeout: 4_000 })] });
    const run = await finished(router, runRequest({ steps: [...["a", "b"].map((id) => step(id)), ...STEPS] }));
    expect(run).toMatchObject({
      state: "FAILED",
      stepsExecuted: 3,
      failure: { code: "STEP_TIMEOUT", message: "The program did not end within 4 seconds.", stepId: "wait" },
    });
    expect(existsSync(`/proc/${router.calls().at(-1)?.pid}`), "the program is gone").toBe(false);
  });
});
