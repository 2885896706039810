import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { promisify } from "node:util";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { identify, killGroup, killSurvivors, markOf } from "../../../src/router/local/process-group.ts";
import { eventually } from "../../support/eventually.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";
import { finished, localRouterUnderTest } from "./local-router-under-test.ts";
import { newDecisionId, recorder, runRequest, step } from "./recorder.ts";

/** A program that does nothing for a minute, in a group of its own. */
async function sleeper(env: Readonly<Record<string, string>> = {}) {
  const child = spawn("sleep", ["60"], { detached: true, stdio: "ignore", env: { PATH: process.env["PATH"], ...env } });
  const exited = once(child, "exit");
  onTestFinished(() => void child.kill("SIGKILL"));
  await once(child, "spawn");
  const pid = child.pid ?? 0;
  return { pid, exited, signal: () => child.signalCode };
}

describe("survivors of a crash", () => {
  test("the very process is ended", async () => {
    const { pid, exited, signal } = await sleeper();
    expect(killSurvivors(identify(pid), markOf(newDecisionId(), "a"))).toBe(true);
    await exited;
    expect(signal()).toBe("SIGKILL");
  });

  test.each([{ startTime: "1" }, { startTime: "" }])(
    "another one that has its number now is not: %o",
    async (other) => {
      const { pid, signal } = await sleeper();
      expect(killSurvivors({ pid, ...other }, markOf(newDecisionId(), "a"))).toBe(false);
      expect(existsSync(`/proc/${pid}`)).toBe(true);
      expect(signal()).toBeNull();
    },
  );

  test("a process that carries the step's mark is ended though nothing is on record of it", async () => {
    const mark = markOf(newDecisionId(), "a");
    const { exited, signal } = await sleeper(mark);
    expect(killSurvivors(undefined, mark)).toBe(true);
    await exited;
    expect(signal()).toBe("SIGKILL");
  });

  test.each([markOf(newDecisionId(), "a"), { NEXUS_ATTEST_STEP_ID: "a" }])(
    "one of another decision or without a whole mark is not",
    async (other) => {
      const { pid } = await sleeper(other);
      expect(killSurvivors(undefined, markOf(newDecisionId(), "a"))).toBe(false);
      expect(existsSync(`/proc/${pid}`)).toBe(true);
    },
  );

  test("one of another step of the decision is not: what that left behind on purpose is its own affair", async () => {
    const decisionId = newDecisionId();
    const { pid } = await sleeper(markOf(decisionId, "a"));
    expect(killSurvivors(undefined, markOf(decisionId, "ab"))).toBe(false);
    expect(existsSync(`/proc/${pid}`)).toBe(true);
  });
});

test("a server that a step started anew does not end itself over it", async () => {
  const mark = markOf(newDecisionId(), "a");
  const module = new URL("../../../src/router/local/process-group.ts", import.meta.url).href;
  const program = `const { killSurvivors } = await import("${module}"); console.log(killSurvivors(undefined, ${JSON.stringify(mark)}))`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", program], {
    env: { PATH: process.env["PATH"], ...mark },
  });
  expect(stdout.trim()).toBe("false");
});

describe("a group that this user may not end", () => {
  const notPermitted = () => {
    const kill = vi.spyOn(process, "kill").mockImplementation(() => {
      throw Object.assign(new Error("kill EPERM"), { code: "EPERM" });
    });
    onTestFinished(() => kill.mockRestore());
    return kill;
  };

  test("does not bring the server down", () => {
    notPermitted();
    expect(() => killGroup(1, "SIGKILL")).not.toThrow();
  });

  test("is not waited for for ever: the step ends and says that the program may still run", async () => {
    const directory = temporaryDirectory();
    const adapters = [recorder(directory, { timeout: 400, terminateGrace: 100 })];
    const router = localRouterUnderTest({ directory, adapters });
    const kill = notPermitted();
    const run = await finished(router, runRequest({ steps: [step("wait")] }));
    expect(run.failure).toMatchObject({
      code: "STEP_TIMEOUT",
      message: "The program did not end within 0.4 seconds. It could not be ended and may still run.",
    });
    kill.mockRestore();
    router.go();
    await eventually("it ends by itself", () => !existsSync(`/proc/${router.calls()[0]?.pid}`));
  });
});
