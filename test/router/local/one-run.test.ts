import { describe, expect, test } from "vitest";
import { RouterUnavailable, RunNotFound } from "../../../src/app/router.ts";
import type { RunRequest } from "../../../src/domain/run-request.ts";
import { eventually } from "../../support/eventually.ts";
import { finished, localRouterUnderTest } from "./local-router-under-test.ts";
import { newDecisionId, runRequest, step } from "./recorder.ts";

/** A run that waits inside its only step. */
async function runAtWork(request: RunRequest = runRequest({ steps: [step("wait")] })) {
  const router = localRouterUnderTest();
  const end = finished(router, request);
  await eventually("the step is called", () => router.calls().length === 1);
  return { router, request, end };
}

describe("a decision is run once", () => {
  test("asked again afterwards, the router tells of the run there was", async () => {
    const router = localRouterUnderTest();
    const request = runRequest();
    const first = await finished(router, request);
    expect(await finished(router, request)).toEqual(first);
    expect(router.calls()).toHaveLength(1);
  });

  test("asked again while it is at work, everybody gets the one run", async () => {
    const { router, request, end } = await runAtWork();
    const others = [finished(router, request), finished(router, { ...request })];
    router.go();
    const [first, ...same] = await Promise.all([end, ...others]);
    expect(same).toEqual([first, first]);
    expect(router.calls()).toHaveLength(1);
  });

  test("asked ten times at the same moment, it runs once", async () => {
    const router = localRouterUnderTest();
    const request = runRequest();
    const runs = await Promise.all(Array.from({ length: 10 }, () => finished(router, request)));
    expect(new Set(runs.map(({ runId }) => runId)).size).toBe(1);
    expect(router.calls()).toHaveLength(1);
  });

  test("also after the router was opened anew", async () => {
    const before = localRouterUnderTest();
    const request = runRequest();
    const first = await finished(before, request);
    await before.close(0);
    const after = localRouterUnderTest({ directory: before.directory });
    expect(await finished(after, request)).toEqual(first);
    expect(after.calls()).toHaveLength(1);
  });

  test.each([
    ["goal", { goal: "another goal" }],
    ["adapter", { adapterId: "another" }],
    ["plan", { plan: { steps: [step("answer")] } }],
    ["mode", { mode: "DRY_RUN" }],
    ["approvals", { approvalDigests: ["sha256:other" as RunRequest["requestDigest"]] }],
  ] as const)(
    "another request for the same decision is refused, during the run and after it: another %s",
    async (_, other) => {
      const { router, request, end } = await runAtWork();
      const refused = { name: "RunRefused", code: "CONFLICTING_REQUEST" };
      await expect(finished(router, { ...request, ...other })).rejects.toMatchObject(refused);
      router.go();
      expect((await end).state).toBe("SUCCEEDED");
      await expect(finished(router, { ...request, ...other })).rejects.toMatchObject(refused);
      expect(router.calls()).toHaveLength(1);
    },
  );

  test("two decisions run side by side", async () => {
    const { router, end } = await runAtWork();
    expect((await finished(router, runRequest())).state).toBe("SUCCEEDED");
    router.go();
    expect((await end).state).toBe("SUCCEEDED");
  });
});

describe("getRun", () => {
  test("before: not found", async () => {
    const router = localRouterUnderTest();
    await expect(router.getRun("recorder", newDecisionId())).rejects.toThrow(RunNotFound);
  });

  test("during: running, with no bundle yet", async () => {
    const { router, request } = await runAtWork();
    const run = await router.getRun("recorder", request.decisionId, { includeBundle: true });
    expect(run).toMatchObject({ state: "RUNNING", adapterId: "recorder", bundle: undefined, failure: undefined });
    router.go();
  });

  test("after: the run as it ended, its bundle only if it is asked for", async () => {
    const { router, request, end } = await runAtWork();
    router.go();
    const run = await end;
    expect(await router.getRun("recorder", request.decisionId, { includeBundle: true })).toEqual(run);
    expect(await router.getRun("recorder", request.decisionId)).toEqual({ ...run, bundle: undefined });
  });

  test("tells of a failure as the run did", async () => {
    const router = localRouterUnderTest();
    const request = runRequest({ steps: [step("fail")] });
    const run = await finished(router, request);
    expect(await router.getRun("", request.decisionId, { includeBundle: true })).toEqual(run);
  });
});

describe("a fence", () => {
  test("refuses a decision that has no run, for ever and across a restart", async () => {
    const router = localRouterUnderTest();
    const request = runRequest();
    const { decisionId } = request;
    expect(await router.getRun("recorder", decisionId, { fence: true })).toMatchObject({
      decisionId,
      runId: "",
      state: "NOT_STARTED",
      stepsExecuted: 0,
    });
    await expect(finished(router, request)).rejects.toMatchObject({ name: "RunRefused", code: "RUN_FENCED" });
    await router.close(0);
    const again = localRouterUnderTest({ directory: router.directory });
    await expect(finished(again, request)).rejects.toMatchObject({ name: "RunRefused", code: "RUN_FENCED" });
    expect((await again.getRun("recorder", decisionId)).state, "also asked without a fence").toBe("NOT_STARTED");
    expect(again.calls()).toEqual([]);
  });

  test("can be asked for again and says the same", async () => {
    const router = localRouterUnderTest();
    const decisionId = newDecisionId();
    const first = await router.getRun("recorder", decisionId, { fence: true });
    expect(await router.getRun("recorder", decisionId, { fence: true })).toEqual(first);
  });

  test("changes nothing about a run that there is, at work or ended", async () => {
    const { router, request, end } = await runAtWork();
    expect((await router.getRun("", request.decisionId, { fence: true })).state).toBe("RUNNING");
    router.go();
    expect((await end).state).toBe("SUCCEEDED");
    expect((await router.getRun("", request.decisionId, { fence: true })).state).toBe("SUCCEEDED");
  });

  test("asked for without it, a decision is not refused", async () => {
    const router = localRouterUnderTest();
    const request = runRequest();
    await expect(router.getRun("recorder", request.decisionId)).rejects.toThrow(RunNotFound);
    expect((await finished(router, request)).state).toBe("SUCCEEDED");
  });
});

describe("a router that closes", () => {
  test("takes no more runs", async () => {
    const { router, end } = await runAtWork();
    const closed = router.close(20_000);
    await expect(finished(router, runRequest())).rejects.toThrow(RouterUnavailable);
    router.go();
    expect((await end).state, "it waits for those under way").toBe("SUCCEEDED");
    await closed;
  });

  test("cancels what is still under way when the grace is over, and whoever watches is told how it ended", async () => {
    const { router, end, request } = await runAtWork();
    await router.close(0);
    const run = await end;
    expect(run).toMatchObject({ state: "FAILED", failure: { code: "CANCELLED" } });
    const again = localRouterUnderTest({ directory: router.directory });
    expect(await again.getRun("", request.decisionId, { includeBundle: true })).toEqual(run);
  });
});
