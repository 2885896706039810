import { describe, expect, test } from "vitest";
import { AdapterUnknown, RouterUnavailable, RunNotFound } from "../../../src/app/router.ts";
import { encodeRunRequest } from "../../../src/codec/run-request.ts";
import { eventually } from "../../support/eventually.ts";
import { newDecisionId, runRequest, step } from "../local/recorder.ts";
import { ACCEPTED, answerWith, BUNDLE, describedAs, finishedWith, routerAt, routerProcess } from "./router-process.ts";
import type { Act, Script } from "./router-program.ts";

const NOT_FOUND = 5;
const FAILED_PRECONDITION = 9;
const INVALID_ARGUMENT = 3;

async function remote(script: Script, timeout = 5_000) {
  const process = await routerProcess({ DescribeAdapter: [describedAs()], ...script });
  return { ...process, router: routerAt(process.url, { timeout }) };
}

const REQUEST = () => runRequest({ adapterId: "remote" });

/** What a router that runs so is understood to say; the error is the last entry. */
async function heard(acts: readonly Act[]): Promise<readonly unknown[]> {
  const { router } = await remote({ Run: acts });
  const said: unknown[] = [];
  try {
    for await (const message of router.run(REQUEST())) said.push(message);
  } catch (error) {
    said.push(error);
  }
  return said;
}

describe("Run", () => {
  test("carries the whole request, and what the router says comes back", async () => {
    const progress = { runId: "run-1", stepId: "a", stepsExecuted: 1, stepsTotal: 1, message: "done" };
    const { router, calls } = await remote({ Run: [ACCEPTED, { say: { progress } }, finishedWith(), "end"] });
    const argumentsJson = '{"b":1, "a" : 1.50}';
    const request = { ...REQUEST(), maxSteps: 3, plan: { steps: [step("a", { argumentsJson })] } };
    const bundle = { bytes: new Uint8Array(Buffer.from(BUNDLE)), mediaType: "text/plain" };
    expect(await Array.fromAsync(router.run(request))).toEqual([
      { kind: "accepted", runId: "run-1" },
      { kind: "progress", progress },
      {
        kind: "finished",
        run: {
          runId: "run-1",
          decisionId: request.decisionId,
          adapterId: "remote",
          state: "SUCCEEDED",
          stepsExecuted: 1,
          failure: undefined,
          bundle,
        },
      },
    ]);
    expect(calls("Run")[0]?.request).toEqual(JSON.parse(encodeRunRequest(request)));
    expect(calls("Run")[0]?.deadline, "a run may take as long as it takes").toBeNull();
  });

  test("tells the router how long the run may take: as the deadline of the call", async () => {
    const { router, calls } = await remote({ Run: [ACCEPTED, finishedWith(), "end"] });
    await Array.fromAsync(router.run(REQUEST(), { timeout: 600_000 }));
    const left = calls("Run")[0]?.deadline;
    expect(left).toBeGreaterThan(500_000);
    expect(left).toBeLessThanOrEqual(600_000);
  });

  test("tells of a failure", async () => {
    const failure = { code: "STEP_FAILED", message: "no", stepId: "a" };
    const [, finished] = await heard([ACCEPTED, finishedWith({ state: "RUN_STATE_FAILED", failure }), "end"]);
    expect(finished).toMatchObject({ kind: "finished", run: { state: "FAILED", failure } });
  });

  test.each([FAILED_PRECONDITION, INVALID_ARGUMENT])(
    "status %i before any word: the run was not begun",
    async (code) => {
      expect(await heard([{ fail: code, message: "not for me" }])).toMatchObject([
        { name: "RunRefused", code: "REFUSED_BY_ROUTER", message: "The router refused the run: not for me" },
      ]);
    },
  );

  test.each([
    ["accepted", ACCEPTED],
    ["progress", { say: { progress: { runId: "run-1" } } }],
    ["a message of a later version", { say: {} }],
  ])("the same after it was heard of (%s): nobody can say", async (_, word) => {
    const said = await heard([word, { fail: FAILED_PRECONDITION, message: "not for me" }]);
    expect(said.at(-1)).toBeInstanceOf(RouterUnavailable);
  });

  test.each([1, 2, 4, 5, 7, 8, 10, 12, 13, 14, 16])("status %i: nobody can say whether it was begun", async (code) => {
    expect(await heard([{ fail: code, message: "no" }])).toEqual([expect.any(RouterUnavailable)]);
  });

  test.each<[what: string, acts: readonly Act[]]>([
    ["ends without a word", ["end"]],
    ["ends without the outcome", [ACCEPTED, "end"]],
    ["dies before a word", ["die"]],
    ["dies in the middle", [ACCEPTED, "die"]],
    ["tells of another decision's run", [ACCEPTED, finishedWith({ decisionId: "0".repeat(32) }), "end"]],
    ["tells of no run", [ACCEPTED, { say: { finished: {} } }, "end"]],
    ["gives no run_id", [ACCEPTED, finishedWith({ runId: "" }), "end"]],
    ["accepts without a run_id", [{ say: { accepted: {} } }, finishedWith(), "end"]],
    ["gives a run_id of two lines", [ACCEPTED, finishedWith({ runId: "run-1\nrun-2" }), "end"]],
    ["gives a run_id that is too long", [ACCEPTED, finishedWith({ runId: "x".repeat(129) }), "end"]],
    ["finishes another run than it accepted", [ACCEPTED, finishedWith({ runId: "run-2" }), "end"]],
    ["ran it on another adapter", [ACCEPTED, finishedWith({ adapterId: "other" }), "end"]],
    ["gives no state", [ACCEPTED, finishedWith({ state: 0 }), "end"]],
    ["gives a state that nobody knows", [ACCEPTED, finishedWith({ state: 99 }), "end"]],
    ["finishes a run that is at work", [ACCEPTED, finishedWith({ state: "RUN_STATE_RUNNING" }), "end"]],
    ["finishes a run that never began", [ACCEPTED, finishedWith({ state: "RUN_STATE_NOT_STARTED" }), "end"]],
    ["succeeds with a failure", [ACCEPTED, finishedWith({ failure: { code: "X" } }), "end"]],
    ["fails with a code that is none", [ACCEPTED, finishedWith({ state: 3, failure: { code: "not a code" } }), "end"]],
    ["gives a bundle of no media type", [ACCEPTED, finishedWith({ runBundleMediaType: "" }), "end"]],
    ["gives a media type without end", [ACCEPTED, finishedWith({ runBundleMediaType: "x".repeat(256) }), "end"]],
    ["gives a bundle beyond 64 MiB", [ACCEPTED, { huge: 64 * 1024 * 1024 + 1 }, "end"]],
  ])("a router that %s: nobody can say how it ended", async (_, acts) => {
    const said = await heard(acts);
    expect(said.at(-1)).toBeInstanceOf(RouterUnavailable);
    expect(said.filter((each) => (each as { kind?: string }).kind === "finished")).toEqual([]);
  });

  test("a bundle of 32 MiB comes through", async () => {
    const [, finished] = await heard([ACCEPTED, { huge: 32 * 1024 * 1024 }, "end"]);
    expect(finished).toMatchObject({ kind: "finished", run: { state: "SUCCEEDED" } });
  });

  test("progress is cut to what the schema allows, in whole characters, before anybody sees it", async () => {
    const long = { runId: "r".repeat(9_999), stepId: "s".repeat(9_999), message: `x${"漢".repeat(9_999)}` };
    const [, progress] = await heard([ACCEPTED, { say: { progress: long } }, finishedWith(), "end"]);
    expect(progress).toEqual({
      kind: "progress",
      progress: {
        runId: "r".repeat(128),
        stepId: "s".repeat(63),
        stepsExecuted: 0,
        stepsTotal: 0,
        message: `x${"漢".repeat(341)}`,
      },
    });
  });

  test("progress that comes slowly is waited for, progress in floods is taken", async () => {
    const progress = { progress: { runId: "run-1", message: "going on" } };
    const slow: Act[] = [1, 2, 3].flatMap(() => [{ pause: 400 }, { say: progress }]);
    const said = await heard([ACCEPTED, ...slow, { flood: progress, times: 20_000 }, finishedWith(), "end"]);
    expect(said).toHaveLength(20_005);
    expect(said.at(-1)).toMatchObject({ kind: "finished" });
  });

  test("cancelling the call reaches the router", async () => {
    const { router, calls, cancelled } = await remote({ Run: [ACCEPTED, "hang"] });
    const cancel = new AbortController();
    const running = Array.fromAsync(router.run(REQUEST(), { signal: cancel.signal }));
    running.catch(() => undefined);
    await eventually("the router is asked", () => calls("Run").length === 1);
    expect(cancelled("Run")).toBe(false);
    cancel.abort();
    await expect(running).rejects.toThrow(RouterUnavailable);
    await eventually("the router knows", () => cancelled("Run"));
  });

  test("nobody there: it was certainly not begun", async () => {
    const { router, kill } = await remote({});
    await kill();
    await expect(Array.fromAsync(router.run(REQUEST()))).rejects.toMatchObject({
      name: "RunRefused",
      code: "NOT_SENT",
      message: expect.stringMatching(/^The run was not sent to its router: Unavailable: connect ECONNREFUSED /),
    });
  });

  test.each<[what: string, act: Act, words: string]>([
    ["does not let this server in", { fail: 16, message: "who are you" }, "Unauthenticated: who are you"],
    ["forbids it", { fail: 7, message: "not you" }, "PermissionDenied: not you"],
    ["does not know the adapter", { fail: NOT_FOUND, message: "no such adapter" }, "NotFound: no such adapter"],
    ["does not answer", "hang", "DeadlineExceeded"],
    ["dies", "die", "its connection ended meanwhile ("],
  ])("a router that is asked once more before the run is sent, and %s, is sent none", async (_, act, words) => {
    const { router, calls } = await remote({ DescribeAdapter: [act], Run: [ACCEPTED, finishedWith(), "end"] }, 1_500);
    const running = Array.fromAsync(router.run(REQUEST()));
    await expect(running).rejects.toMatchObject({
      name: "RunRefused",
      code: "NOT_SENT",
      message: expect.stringContaining(words),
    });
    expect(calls("Run")).toEqual([]);
  });
});

describe("GetRun", () => {
  const decisionId = newDecisionId();

  test("asks for what it is told to ask for, with a deadline", async () => {
    const { router, calls } = await remote({ GetRun: [answerWith()] }, 4_000);
    await router.getRun("remote", decisionId, { includeBundle: true, fence: true });
    await router.getRun("remote", decisionId);
    expect(calls("GetRun").map(({ request }) => request)).toEqual([
      { decisionId, includeBundle: true, fence: true },
      { decisionId },
    ]);
    const { deadline } = calls("GetRun")[0] ?? {};
    expect(deadline).toBeGreaterThan(1_000);
    expect(deadline).toBeLessThanOrEqual(4_000);
  });

  test.each([
    [answerWith({ state: "RUN_STATE_RUNNING", runBundle: "" }), { state: "RUNNING", bundle: undefined }],
    [answerWith(), { state: "SUCCEEDED", bundle: { mediaType: "text/plain" } }],
    [answerWith({ state: "RUN_STATE_FAILED" }), { state: "FAILED", failure: undefined }],
    [answerWith({ state: "RUN_STATE_INTERRUPTED", runBundle: "" }), { state: "INTERRUPTED", runId: "run-1" }],
    [{ say: { run: { decisionId: "$decision", state: 5 } } }, { state: "NOT_STARTED", runId: "" }],
  ])("%j", async (answer, run) => {
    const { router } = await remote({ GetRun: [answer] });
    expect(await router.getRun("remote", decisionId)).toMatchObject(run);
  });

  test("the router does not know it", async () => {
    const { router } = await remote({ GetRun: [{ fail: NOT_FOUND, message: "never heard of it" }] });
    await expect(router.getRun("remote", decisionId, { fence: true })).rejects.toThrow(RunNotFound);
  });

  test.each<[what: string, act: Act]>([
    ["tells of another decision's run", answerWith({ decisionId: "0".repeat(32) })],
    ["tells of no run", { say: {} }],
    ["ran it on another adapter", answerWith({ adapterId: "other" })],
    ["gives a state that nobody knows", answerWith({ state: 99 })],
    ["has no method for it", { fail: 12, message: "" }],
    ["refuses to say", { fail: FAILED_PRECONDITION, message: "" }],
    ["dies", "die"],
    ["never answers", "hang"],
  ])("a router that %s: no answer", async (_, act) => {
    const { router } = await remote({ GetRun: [act] }, 1_500);
    await expect(router.getRun("remote", decisionId)).rejects.toThrow(RouterUnavailable);
  });

  test("a router that never answers is told that nobody waits any more", async () => {
    const { router, cancelled } = await remote({}, 3_000);
    await expect(router.getRun("remote", decisionId)).rejects.toThrow(RouterUnavailable);
    await eventually("the router knows", () => cancelled("GetRun"));
  });

  test("a frozen router is not waited for longer than the deadline", async () => {
    const { router, freeze } = await remote({ GetRun: [answerWith()] }, 4_000);
    await router.getRun("remote", decisionId);
    freeze();
    await expect(router.getRun("remote", decisionId)).rejects.toThrow(RouterUnavailable);
  });

  test("a router that was started anew answers over the same client", async () => {
    const { router, kill, port } = await remote({ GetRun: [answerWith({ stepsExecuted: 1 })] });
    await router.getRun("remote", decisionId);
    await kill();
    await expect(router.getRun("remote", decisionId)).rejects.toThrow(RouterUnavailable);
    await routerProcess({ port, GetRun: [answerWith({ stepsExecuted: 2 })] });
    const run = await eventually("it answers", () => router.getRun("remote", decisionId).catch(() => undefined));
    expect(run.stepsExecuted).toBe(2);
  });
});

describe("DescribeAdapter", () => {
  test("gives the capabilities once each, sorted", async () => {
    const { router } = await remote({
      DescribeAdapter: [describedAs({ capabilities: ["timeout", "apply", "apply"] })],
    });
    expect(await router.describeAdapter("remote")).toMatchObject({ capabilities: ["apply", "timeout"] });
  });

  test("an adapter that the router does not have", async () => {
    const { router } = await remote({ DescribeAdapter: [{ fail: NOT_FOUND, message: "" }] });
    await expect(router.describeAdapter("remote")).rejects.toThrow(AdapterUnknown);
  });

  test.each<[what: string, act: Act]>([
    ["describes another", describedAs({ adapterId: "other" })],
    ["describes none", { say: {} }],
    ["declares what is no name", describedAs({ capabilities: ["apply", "Not A Name"] })],
    ["declares without end", describedAs({ capabilities: Array.from({ length: 257 }, (_, n) => `c${n}`) })],
    ["fails", { fail: 13, message: "" }],
    ["never answers", "hang"],
  ])("a router that %s: its capabilities are not known", async (_, act) => {
    const { router } = await remote({ DescribeAdapter: [act] }, 1_500);
    await expect(router.describeAdapter("remote")).rejects.toThrow(RouterUnavailable);
  });
});
