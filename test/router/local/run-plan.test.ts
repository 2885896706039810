import { describe, expect, test } from "vitest";
import { AdapterUnknown, RunNotFound } from "../../../src/app/router.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";
import { bundleOf, finished, localRouterUnderTest } from "./local-router-under-test.ts";
import { recorder, runRequest, step } from "./recorder.ts";

describe("a plan", () => {
  test("is carried out in its order, one step after the other", async () => {
    const router = localRouterUnderTest();
    const steps = ["c", "a", "b"].map((method) => step(method));
    const run = await finished(router, runRequest({ steps }));
    expect(run).toMatchObject({ state: "SUCCEEDED", stepsExecuted: 3, failure: undefined, adapterId: "recorder" });
    expect(router.calls().map(({ method }) => method)).toEqual(["c", "a", "b"]);
    const times = bundleOf(run).steps.flatMap((each) => [String(each["started_at"]), String(each["ended_at"])]);
    expect(times, "no two at the same time").toEqual(inOrder(times));
  });

  test("ends with its first failure: nothing after it is called", async () => {
    const router = localRouterUnderTest();
    const run = await finished(router, runRequest({ steps: [step("a"), step("fail"), step("b")] }));
    const failure = { code: "STEP_FAILED", message: "The program ended with exit code 3.", stepId: "fail" };
    expect(run).toMatchObject({ state: "FAILED", stepsExecuted: 1, failure });
    expect(router.calls().map(({ method }) => method)).toEqual(["a", "fail"]);
    expect(bundleOf(run).steps.map(({ step_id, outcome }) => [step_id, outcome])).toEqual([
      ["a", "SUCCEEDED"],
      ["fail", "FAILED"],
    ]);
  });

  test("is told of as it goes: accepted, then progress, then the end", async () => {
    const router = localRouterUnderTest();
    const messages = await Array.fromAsync(router.run(runRequest({ steps: [step("a"), step("b")] })));
    const [accepted, ...rest] = messages;
    const { runId } = accepted?.kind === "accepted" ? accepted : { runId: "" };
    expect(runId).toMatch(/^[0-9a-f-]{36}$/);
    expect(rest.at(-1)).toMatchObject({ kind: "finished", run: { runId, state: "SUCCEEDED" } });
    const progress = rest.flatMap((message) => (message.kind === "progress" ? [message.progress] : []));
    expect(progress.length).toBeGreaterThan(0);
    for (const each of progress) expect(each).toMatchObject({ runId, stepsTotal: 2 });
    const counts = progress.map(({ stepsExecuted }) => stepsExecuted);
    expect(counts).toEqual(inOrder(counts));
  });
});

describe("a dry run", () => {
  test("is simulated: the adapter is never called, and the record says so", async () => {
    const router = localRouterUnderTest();
    const run = await finished(router, runRequest({ mode: "DRY_RUN", steps: [step("a"), step("fail")] }));
    expect(run).toMatchObject({ state: "SUCCEEDED", stepsExecuted: 2 });
    expect(router.calls()).toEqual([]);
    expect(bundleOf(run)).toMatchObject({
      simulated: true,
      steps: [{ outcome: "SIMULATED" }, { outcome: "SIMULATED" }],
    });
  });

  test("of an adapter with arguments for it calls the program with those, last", async () => {
    const directory = temporaryDirectory();
    const adapters = [recorder(directory, { dryRunArguments: ["--check", "--no-color"] })];
    const router = localRouterUnderTest({ directory, adapters });
    const run = await finished(router, runRequest({ mode: "DRY_RUN" }));
    expect(bundleOf(run)).toMatchObject({ simulated: false, steps: [{ outcome: "SUCCEEDED" }] });
    expect(router.calls().map(({ args }) => args.slice(-2))).toEqual([["--check", "--no-color"]]);
  });

  test("leaves no trace of itself in a real run: those arguments are not given then", async () => {
    const directory = temporaryDirectory();
    const router = localRouterUnderTest({
      directory,
      adapters: [recorder(directory, { dryRunArguments: ["--check"] })],
    });
    await finished(router, runRequest());
    expect(router.calls()[0]?.args).not.toContain("--check");
  });
});

describe("a run is refused before anything is called", () => {
  const APPLY_ONLY_DRY = recorder("", { capabilities: ["dry_run"] });
  test.each([
    ["ADAPTER_UNKNOWN", runRequest({ adapterId: "nobody" })],
    ["PLAN_MISSING", runRequest({ plan: undefined })],
    ["TOO_MANY_STEPS", runRequest({ maxSteps: 1, steps: [step("a"), step("b")] })],
    ["CAPABILITY_MISSING", runRequest({ adapterId: "dry" })],
    ["ARGUMENTS_NOT_JSON", runRequest({ steps: [step("a"), step("b", { argumentsJson: '{},"tool":"other"' })] })],
    ["ARGUMENTS_NOT_JSON", runRequest({ steps: [step("a", { argumentsJson: " " })] })],
    ["ARGUMENTS_NOT_JSON", runRequest({ steps: [step("a", { argumentsJson: "{} // {}" })] })],
  ])("%s", async (code, request) => {
    const directory = temporaryDirectory();
    const adapters = [recorder(directory), { ...APPLY_ONLY_DRY, id: "dry" }];
    const router = localRouterUnderTest({ directory, adapters });
    await expect(finished(router, request)).rejects.toMatchObject({ name: "RunRefused", code });
    expect(router.calls()).toEqual([]);
    await expect(router.getRun("", request.decisionId), "it leaves no record").rejects.toThrow(RunNotFound);
  });

  test("max_steps is a limit, not a wish: exactly as many are allowed", async () => {
    const router = localRouterUnderTest();
    const request = runRequest({ maxSteps: 2, steps: [step("a"), step("b")] });
    expect(await finished(router, request)).toMatchObject({ state: "SUCCEEDED", stepsExecuted: 2 });
  });

  test("a dry run needs no capability apply", async () => {
    const router = localRouterUnderTest({ adapters: [APPLY_ONLY_DRY] });
    expect((await finished(router, runRequest({ mode: "DRY_RUN" }))).state).toBe("SUCCEEDED");
  });
});

describe("an adapter", () => {
  test("is described as configured, its capabilities sorted", async () => {
    const router = localRouterUnderTest({
      adapters: [recorder("", { capabilities: ["timeout", "apply", "external"] })],
    });
    expect(await router.describeAdapter("recorder")).toEqual({
      adapterId: "recorder",
      capabilities: ["apply", "external", "timeout"],
      description: "keeps a record of its calls",
    });
    await expect(router.describeAdapter("nobody")).rejects.toThrow(AdapterUnknown);
  });
});

function inOrder<Value extends string | number>(values: readonly Value[]): readonly Value[] {
  return values.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}
