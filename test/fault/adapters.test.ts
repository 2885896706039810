import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import type { Run } from "../../src/app/router.ts";
import type { SubprocessAdapterConfig } from "../../src/router/local/adapter-config.ts";
import { bundleOf, finished, localRouterUnderTest } from "../router/local/local-router-under-test.ts";
import { recorder, runRequest, step } from "../router/local/recorder.ts";
import { eventually } from "../support/eventually.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

const PROGRAM = new URL("misbehaving-adapter.mjs", import.meta.url).pathname;

/** How much the server may grow while an adapter writes and writes, in bytes. */
const GROWTH = 100 * 1024 * 1024;

let decisionId = "";

/** A run whose only step misbehaves in this way; a second step would follow. */
async function runOf(method: string, overrides: Partial<SubprocessAdapterConfig> = {}): Promise<Run> {
  const adapters = [
    recorder("", {
      command: [process.execPath, PROGRAM],
      timeout: 20_000,
      terminateGrace: 300,
      ...overrides,
    }),
  ];
  const request = runRequest({ steps: [step(method), step("nothing", { stepId: "next" })] });
  ({ decisionId } = request);
  return await finished(localRouterUnderTest({ adapters }), request);
}

/** What runs that belongs to the decision's run: whatever a step starts has its mark in the environment. */
function running(): readonly string[] {
  return readdirSync("/proc").filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, "utf8").includes(decisionId);
    } catch {
      return false;
    }
  });
}

/** Waits: a process that was killed needs a moment to be gone. */
const nothingLeft = () => eventually("nothing is left running", () => running().length === 0);

afterEach(() => {
  for (const pid of running()) process.kill(Number(pid), "SIGKILL");
});

describe("an adapter's program that misbehaves fails the run with a code, and nothing of it is left running", () => {
  const SHORT = { timeout: 700 };
  test.each<[method: string, code: string, message: string, overrides?: Partial<SubprocessAdapterConfig>]>([
    ["hang", "STEP_TIMEOUT", "did not end within 0.7 seconds", SHORT],
    ["answer-and-hang", "STEP_TIMEOUT", "did not end within 0.7 seconds", SHORT],
    ["ignore-sigterm", "STEP_TIMEOUT", "did not end within 0.7 seconds", SHORT],
    ["stop-itself", "STEP_TIMEOUT", "did not end within 0.7 seconds", SHORT],
    ["errors-without-end", "STEP_TIMEOUT", "did not end within 0.7 seconds", SHORT],
    ["close-stdout-and-hang", "STEP_TIMEOUT", "did not end within 0.7 seconds", SHORT],
    ["hang-with-children", "STEP_TIMEOUT", "did not end within 0.7 seconds", SHORT],
    ["exit-7", "STEP_FAILED", "ended with exit code 7"],
    ["answer-and-exit-1", "STEP_FAILED", "ended with exit code 1"],
    ["die-by-sigkill", "STEP_KILLED", "ended by SIGKILL"],
    ["die-by-sigsegv", "STEP_KILLED", "ended by SIGSEGV"],
    ["die-with-children", "STEP_KILLED", "ended by SIGKILL"],
    ["nothing", "OUTPUT_NOT_JSON", "the answer is empty"],
    ["close-stdout", "OUTPUT_NOT_JSON", "the answer is empty"],
    ["rubbish", "OUTPUT_NOT_JSON", "the answer is not UTF-8"],
    ["half-an-answer", "OUTPUT_NOT_JSON", "the answer is not JSON"],
    ["two-answers", "OUTPUT_NOT_JSON", "the answer is not JSON"],
    ["one-gibibyte", "OUTPUT_TOO_LARGE", "wrote more than 100000 bytes"],
  ])("%s: %s", async (method, code, message, overrides) => {
    const run = await runOf(method, overrides);
    expect(run).toMatchObject({ state: "FAILED", stepsExecuted: 0, failure: { code, stepId: method } });
    expect(run.failure?.message).toContain(message);
    expect(bundleOf(run).steps).toHaveLength(1);
    await nothingLeft();
  });

  test.each<[what: string, code: string, overrides: () => Partial<SubprocessAdapterConfig>]>([
    ["is not there", "ENOENT", () => ({ command: ["/there/is/no/such/program"] })],
    ["is not on the PATH", "ENOENT", () => ({ command: ["no-such-program"] })],
    ["is to run in a directory that is not there", "ENOENT", () => ({ cwd: "/there/is/no/such/directory" })],
    ["is not executable", "EACCES", () => ({ command: [notExecutable()] })],
    ["is a directory", "EACCES", () => ({ command: ["/"] })],
  ])("a program that %s: SPAWN_FAILED, %s", async (_, code, overrides) => {
    const { failure, state } = await runOf("nothing", overrides());
    expect(state).toBe("FAILED");
    expect(failure).toMatchObject({ code: "SPAWN_FAILED", stepId: "nothing" });
    expect(failure?.message).toMatch(new RegExp(`^The program \\S+ could not be started: ${code}\\.$`));
  });
});

describe("an adapter's program that only looks odd does not fail the run", () => {
  test.each(["read-stdin", "answer-and-close-stdout", "leave-a-child", "leave-a-stubborn-child"])(
    "%s",
    async (method) => {
      const run = await runOf(method);
      expect(bundleOf(run).steps[0]).toMatchObject({ outcome: "SUCCEEDED", output_json: "{}", exit_code: 0 });
      await nothingLeft();
    },
  );

  test("what has left the program's process group keeps nothing waiting, though it holds the pipes; it is out of reach", async () => {
    const run = await runOf("leave-the-group");
    expect(bundleOf(run).steps[0]).toMatchObject({ outcome: "SUCCEEDED", output_json: "{}" });
    expect(running(), "docs/routers.md says so").toHaveLength(1);
  });
});

describe("memory stays bounded", () => {
  test.each([
    ["one-gibibyte", "OUTPUT_TOO_LARGE", {}],
    ["256-mebibytes-of-errors", undefined, { timeout: 100_000 }],
    ["errors-without-end", "STEP_TIMEOUT", { timeout: 5_000 }],
  ] as const)(
    "%s",
    async (method, code, overrides) => {
      const before = process.memoryUsage().rss;
      let most = before;
      const look = setInterval(() => {
        most = Math.max(most, process.memoryUsage().rss);
      }, 5);
      const run = await runOf(method, overrides);
      clearInterval(look);
      const [first] = bundleOf(run).steps;
      expect(first?.["failure_code"]).toBe(code);
      expect(most - before).toBeLessThan(GROWTH);
      if (method !== "one-gibibyte") expect(first?.["stderr_tail"]).toBe("x".repeat(16 * 1024));
      await nothingLeft();
    },
    120_000,
  );
});

/** A program that is not marked as one. */
function notExecutable(): string {
  const file = join(temporaryDirectory(), "program");
  writeFileSync(file, "#!/bin/sh\necho {}\n", { mode: 0o600 });
  return file;
}
