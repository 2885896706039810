import { existsSync, mkdirSync, readdirSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import type { StepCall } from "../../../src/router/local/step.ts";
import { createSubprocessAdapter } from "../../../src/router/local/subprocess-adapter.ts";
import { eventually } from "../../support/eventually.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";
import { bundleOf, finished, localRouterUnderTest } from "./local-router-under-test.ts";
import { newDecisionId, recorder, runRequest, step } from "./recorder.ts";

describe("the program", () => {
  test("is called as <command…> call <tool> <method> --json-args-file <path>", async () => {
    const router = localRouterUnderTest();
    await finished(router, runRequest({ steps: [step("answer")] }));
    const [call] = router.calls();
    expect(call?.args).toEqual(["call", "thing", "answer", "--json-args-file", call?.file]);
  });

  test.each([
    '{"b":1, "a" : [ 1.50e3, "\\u00e9" ],\n\t"a":2}',
    '{"text":"$(touch /tmp/x) `id` ; rm -rf / | & > \' \\" * ~ \\\\ %PATH% é 漢字 😀"}',
    '"just a text"',
    "12345678901234567890.000",
    " null\n",
  ])("gets the arguments as the very text that was approved: %s", async (argumentsJson) => {
    const router = localRouterUnderTest();
    const run = await finished(router, runRequest({ steps: [step("answer", { argumentsJson })] }));
    expect(router.calls()[0]?.text).toBe(argumentsJson);
    expect(bundleOf(run).steps[0]?.["arguments_json"]).toBe(argumentsJson);
  });

  test("gets {} where there are no arguments", async () => {
    const router = localRouterUnderTest();
    await finished(router, runRequest());
    expect(router.calls()[0]?.text).toBe("{}");
  });

  test("finds the arguments in a file that is its owner's only, outlives the call by nothing, and whose folder is gone too", async () => {
    const router = localRouterUnderTest();
    await finished(router, runRequest({ steps: [step("answer"), step("fail")] }));
    expect(router.calls().map(({ mode }) => mode)).toEqual(["600", "600"]);
    for (const { file } of router.calls()) expect(existsSync(dirname(file))).toBe(false);
    expect(readdirSync(join(router.directory, "steps"))).toEqual([]);
  });

  test("no shell reads what stands in the configuration: spaces, quotes, signs, other alphabets", async () => {
    const directory = join(temporaryDirectory(), "a b; touch 'c' $(id) * é");
    mkdirSync(directory);
    const adapters = [recorder(directory, { dryRunArguments: ["$HOME", "a  b", "'q'", "*", "漢; exit 1", ""] })];
    const router = localRouterUnderTest({ directory, adapters });
    expect((await finished(router, runRequest({ mode: "DRY_RUN" }))).state).toBe("SUCCEEDED");
    expect(router.calls()[0]?.args.slice(5)).toEqual(["$HOME", "a  b", "'q'", "*", "漢; exit 1", ""]);
  });

  test("runs where the configuration says", async () => {
    const directory = temporaryDirectory();
    const router = localRouterUnderTest({ directory, adapters: [recorder(directory, { cwd: directory })] });
    await finished(router, runRequest());
    expect(router.calls()[0]?.cwd).toBe(realpathSync(directory));
  });
});

describe("the program's environment", () => {
  test("is PATH, what the configuration gives, and which step it is: nothing of the server's", async () => {
    vi.stubEnv("SECRET_OF_THE_SERVER", "hunter2");
    const directory = temporaryDirectory();
    const adapters = [recorder(directory, { env: { TOKEN: "t0ken", NEXUS_ATTEST_STEP_ID: "a lie" } })];
    const router = localRouterUnderTest({ directory, adapters });
    const request = runRequest({ steps: [step("answer", { stepId: "one" })] });
    await finished(router, request);
    expect(router.calls()[0]?.environment).toEqual({
      PATH: process.env["PATH"],
      TOKEN: "t0ken",
      NEXUS_ATTEST_DECISION_ID: request.decisionId,
      NEXUS_ATTEST_STEP_ID: "one",
    });
    vi.unstubAllEnvs();
  });

  test("is in no record, no failure and no argument", async () => {
    const directory = temporaryDirectory();
    const router = localRouterUnderTest({ directory, adapters: [recorder(directory, { env: { TOKEN: "t0ken-9" } })] });
    const run = await finished(router, runRequest({ steps: [step("answer"), step("fail")] }));
    expect(Buffer.from(run.bundle?.bytes ?? []).includes("t0ken-9")).toBe(false);
    expect(JSON.stringify(run.failure)).not.toContain("t0ken-9");
    expect(
      router
        .calls()
        .flatMap(({ args }) => args)
        .join(" "),
    ).not.toContain("t0ken-9");
  });

  test("a value that no environment can hold fails the step without being quoted", async () => {
    const directory = temporaryDirectory();
    const router = localRouterUnderTest({
      directory,
      adapters: [recorder(directory, { env: { TOKEN: "t0k\0en-9" } })],
    });
    const run = await finished(router, runRequest());
    expect(run).toMatchObject({ state: "FAILED", failure: { code: "SPAWN_FAILED" } });
    expect(run.failure?.message).not.toMatch(/t0k|en-9/);
  });
});

describe("what cannot be kept on record", () => {
  const call = (scratch: string, onProcess: StepCall["onProcess"]) =>
    createSubprocessAdapter(
      recorder(scratch, { command: [process.execPath, "-e", "setInterval(() => undefined, 1000)"] }),
      scratch,
    )({
      decisionId: newDecisionId(),
      step: step("wait"),
      dryRun: false,
      signal: new AbortController().signal,
      onProcess,
    });

  test("a program that cannot be put on record is ended at once: after a crash nobody would know of it", async () => {
    let pid = 0;
    const running = call(temporaryDirectory(), (process) => {
      ({ pid } = process);
      throw new Error("the disk is full");
    });
    await expect(running).rejects.toThrow("the disk is full");
    await eventually("the program is gone", () => !existsSync(`/proc/${pid}`));
  });

  test("without room for the arguments nothing is started", async () => {
    const onProcess = vi.fn<StepCall["onProcess"]>();
    const result = await call(join(temporaryDirectory(), "not", "there"), onProcess);
    expect(result).toMatchObject({ outcome: "FAILED", failure: { code: "SPAWN_FAILED" } });
    expect(onProcess).not.toHaveBeenCalled();
  });
});
