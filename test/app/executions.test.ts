import { describe, expect, test } from "vitest";
import { RouterUnavailable, type Run, RunRefused } from "../../src/app/router.ts";
import type { DecisionId } from "../../src/domain/ids.ts";
import { digestOf } from "../../src/evidence/digest.ts";
import { DIGESTS } from "../../src/evidence/digests.ts";
import { eventually } from "../support/eventually.ts";
import { BUNDLE, type ExecutionsUnderTest, executionsUnderTest, type Play, succeeds } from "./executions-under-test.ts";

const SHARED = { sharing: { isShared: true, takeoverAfter: 6_000 } };

const UNREACHABLE = new RouterUnavailable("the connection was lost");

/** A run that goes on until it is let go. */
function held(then: Play = succeeds) {
  const gate = Promise.withResolvers<void>();
  const play: Play = async function* (run, signal) {
    const progress = { runId: run.runId, stepId: "a", stepsExecuted: 0, stepsTotal: 2, message: "at it" };
    yield { kind: "progress", progress };
    await gate.promise;
    yield* then(run, signal);
  };
  return { play, letGo: () => gate.resolve() };
}

async function ended({ executions }: ExecutionsUnderTest, decisionId: DecisionId): Promise<void> {
  await eventually("nobody is at work on it", () => !executions.isAtWork(decisionId));
}

async function lastOf({ logs }: ExecutionsUnderTest, decisionId: DecisionId) {
  return (await logs.load(decisionId))?.events.at(-1)?.event.body;
}

describe("a run", () => {
  test("is claimed durably before the router is called, shows its progress, and leaves its outcome", async () => {
    const under = await executionsUnderTest();
    const { executions, router, progress, story } = under;
    const run = held();
    let storyAtCall: readonly string[] = [];
    router.play = async function* (...args) {
      storyAtCall = await story(decision.decisionId);
      yield* run.play(...args);
    };
    const decision = await under.gated();
    await executions.start(decision);
    expect(await story(decision.decisionId)).toEqual(["EXECUTION_REQUESTED", "EXECUTION_STARTED"]);
    await eventually("progress", () => progress.latest(decision.decisionId)?.message === "at it");
    expect(storyAtCall).toEqual(["EXECUTION_REQUESTED", "EXECUTION_STARTED"]);
    expect(executions.isAtWork(decision.decisionId)).toBe(true);
    run.letGo();
    await ended(under, decision.decisionId);
    expect(progress.latest(decision.decisionId)).toBeUndefined();
    expect(await lastOf(under, decision.decisionId)).toMatchObject({
      type: "EXECUTION_COMPLETED",
      routerDigest: digestOf(BUNDLE.bytes),
      settlement: undefined,
    });
  });

  test.each<[what: string, waits: number, options: Parameters<typeof executionsUnderTest>[0], late: number]>([
    ["as long as is configured", 10_000, {}, 0],
    ["no longer than it may be started after the gate", 2_000, { settings: { startWithin: 5_000 } }, 3_000],
    ["half of another server's grace, where servers share a store", 3_000, SHARED, 0],
  ])("may wait for its router before it is sent: %s", async (_, waits, options, late) => {
    const under = await executionsUnderTest(options);
    const decision = await under.gated();
    under.clock.advance(late);
    await under.executions.start(decision);
    await ended(under, decision.decisionId);
    expect(under.router.given).toMatchObject({ sendWithin: waits, timeout: under.settings.runTimeout });
  });

  test("is asked for exactly as the gate committed to it", async () => {
    const under = await executionsUnderTest();
    const decision = await under.gated({ maxSteps: 3 });
    await under.executions.start(decision);
    await ended(under, decision.decisionId);
    expect(under.router.runs.map(DIGESTS.runRequest)).toEqual([decision.phase.gate.routerRequestDigest]);
  });

  test("that would not be what passed the gate is never asked for", async () => {
    const under = await executionsUnderTest();
    const decision = await under.gated();
    await under.executions.start({ ...decision, created: { ...decision.created, goal: "something else" } });
    await ended(under, decision.decisionId);
    const wanted = { type: "EXECUTION_FAILED", code: "RUN_REQUEST_MISMATCH", runId: "" };
    expect(await lastOf(under, decision.decisionId)).toMatchObject(wanted);
    expect(under.router.runs).toEqual([]);
  });
});

describe("what the router does becomes the outcome", () => {
  const finished = (more: Partial<Run>): Play =>
    async function* (run) {
      yield { kind: "finished", run: { ...run, ...more } };
    };
  const throwing = (error: Error): Play =>
    async function* (run) {
      if (run.state === "RUNNING") throw error;
      yield { kind: "finished", run };
    };
  const failure = { code: "STEP_FAILED", message: "no such host", stepId: "a" };
  const byAsking = { settlement: { basis: "ROUTER_ANSWER", reason: "" } };
  const routerDigest = digestOf(BUNDLE.bytes);

  test.each<{ what: string; play: Play; answer?: object | Error; wanted: object }>([
    {
      what: "it fails",
      play: finished({ state: "FAILED", failure, bundle: BUNDLE, stepsExecuted: 1 }),
      wanted: { type: "EXECUTION_FAILED", code: "STEP_FAILED", routerDigest, stepsExecuted: 1, settlement: undefined },
    },
    {
      what: "it succeeds with more steps than the policy allows",
      play: finished({ state: "SUCCEEDED", bundle: BUNDLE, stepsExecuted: 4 }),
      wanted: {
        type: "EXECUTION_FAILED",
        code: "MAX_STEPS_EXCEEDED",
        runId: expect.stringMatching(/^run-of-/),
        routerDigest,
        stepsExecuted: 4,
      },
    },
    {
      what: "it succeeds with as many steps as the policy allows",
      play: finished({ state: "SUCCEEDED", bundle: BUNDLE, stepsExecuted: 3 }),
      wanted: { type: "EXECUTION_COMPLETED", stepsExecuted: 3 },
    },
    {
      what: "it succeeds without a record",
      play: finished({ state: "SUCCEEDED" }),
      wanted: { type: "EXECUTION_OUTCOME_UNKNOWN", settlement: undefined },
    },
    {
      what: "it was interrupted",
      play: finished({ state: "INTERRUPTED", bundle: BUNDLE }),
      wanted: { type: "EXECUTION_OUTCOME_UNKNOWN" },
    },
    {
      what: "it refuses the run",
      play: throwing(new RunRefused("PLAN_MISSING", "a plan is needed")),
      wanted: { type: "EXECUTION_FAILED", code: "PLAN_MISSING", runId: "", routerDigest: "", settlement: undefined },
    },
    {
      what: "its answer is lost, and it knows afterwards",
      play: throwing(UNREACHABLE),
      answer: { state: "SUCCEEDED", bundle: BUNDLE },
      wanted: { type: "EXECUTION_COMPLETED", ...byAsking },
    },
    {
      what: "it ends its answer without an outcome",
      play: async function* () {},
      answer: { state: "FAILED", failure },
      wanted: { type: "EXECUTION_FAILED", code: "STEP_FAILED", ...byAsking },
    },
    {
      what: "it says that the run has finished while it is at work",
      play: finished({ state: "RUNNING" }),
      answer: { state: "SUCCEEDED", bundle: BUNDLE },
      wanted: { type: "EXECUTION_COMPLETED", ...byAsking },
    },
    {
      what: "it breaks in a way that nobody has thought of",
      play: throwing(new TypeError("a bug")),
      answer: { state: "SUCCEEDED", bundle: BUNDLE },
      wanted: { type: "EXECUTION_COMPLETED", ...byAsking },
    },
    {
      what: "its answer is lost, and then it is silent",
      play: throwing(UNREACHABLE),
      answer: UNREACHABLE,
      wanted: { type: "EXECUTION_OUTCOME_UNKNOWN", ...byAsking },
    },
  ])("$what", async ({ play, answer, wanted }) => {
    const under = await executionsUnderTest();
    under.router.play = play;
    if (answer !== undefined) under.router.answer = answer;
    under.letTimePass();
    const decision = await under.gated({ maxSteps: 3 });
    await under.executions.start(decision);
    await ended(under, decision.decisionId);
    expect(await lastOf(under, decision.decisionId)).toMatchObject(wanted);
    expect(under.router.runs).toHaveLength(1);
    expect(under.log.lines.filter(({ level }) => level === "error")).toEqual([]);
  });

  test("it lasts too long: the router is told to end it, and the outcome says why", async () => {
    const under = await executionsUnderTest({ settings: { runTimeout: 20 } });
    under.router.play = async function* (run, signal) {
      await new Promise<void>((resolve) => signal?.addEventListener("abort", () => resolve(), { once: true }));
      yield { kind: "finished", run: { ...run, state: "FAILED", failure, bundle: BUNDLE } };
    };
    const decision = await under.gated();
    await under.executions.start(decision);
    await ended(under, decision.decisionId);
    const wanted = { code: "RUN_TIMEOUT", message: "The run was ended after 0.02 seconds: no such host", routerDigest };
    expect(await lastOf(under, decision.decisionId)).toMatchObject(wanted);
  });
});

describe("at most one run", () => {
  test("started by many callers of one server: each answers once it is claimed", async () => {
    const under = await executionsUnderTest();
    const run = held();
    under.router.play = run.play;
    const { decisionId, ...decision } = await under.gated();
    const stories = await Promise.all(
      Array.from({ length: 20 }, async () => {
        await under.executions.start({ decisionId, ...decision });
        return (await under.story(decisionId)).slice(0, 2);
      }),
    );
    for (const story of stories) expect(story).toEqual(["EXECUTION_REQUESTED", "EXECUTION_STARTED"]);
    expect(under.executions.isAtWork(decisionId)).toBe(true);
    expect(await under.story(decisionId)).toHaveLength(2);
    run.letGo();
    await ended(under, decisionId);
    expect(under.router.runs).toHaveLength(1);
  });

  test("started by two servers over one store: one claims it, the other leaves it alone", async () => {
    const under = await executionsUnderTest();
    const other = under.another();
    const decision = await under.gated();
    await Promise.all([under.executions.start(decision), other.start(decision)]);
    await ended(under, decision.decisionId);
    await eventually("the other too", () => !other.isAtWork(decision.decisionId));
    const wanted = ["EXECUTION_REQUESTED", "EXECUTION_STARTED", "EXECUTION_COMPLETED"];
    await eventually("the outcome", async () => (await under.story(decision.decisionId)).length === 3);
    expect(await under.story(decision.decisionId)).toEqual(wanted);
    expect(under.router.runs).toHaveLength(1);
  });

  test.each([
    { after: 300_000, runs: 1, last: { type: "EXECUTION_COMPLETED" } },
    { after: 300_001, runs: 0, last: { type: "EXECUTION_FAILED", code: "START_EXPIRED", runId: "" } },
  ])("started $after ms after the gate, where 300000 are allowed: $last.type", async ({ after, runs, last }) => {
    const under = await executionsUnderTest({ settings: { startWithin: 300_000 } });
    const decision = await under.gated();
    under.clock.advance(after);
    await under.executions.start(decision);
    await ended(under, decision.decisionId);
    expect(await lastOf(under, decision.decisionId)).toMatchObject(last);
    expect(under.router.runs).toHaveLength(runs);
  });
});

describe("a server that ends", () => {
  test("waits for runs under way, no longer than it is told", async () => {
    const under = await executionsUnderTest();
    const run = held();
    under.router.play = run.play;
    const decision = await under.gated();
    await under.executions.start(decision);
    const hasty = under.executions.drain(1_000);
    under.clock.advance(1_000);
    expect(await hasty).toEqual({ left: 1 });
    const patient = under.executions.drain(60_000);
    run.letGo();
    expect(await patient).toEqual({ left: 0 });
    expect(await lastOf(under, decision.decisionId)).toMatchObject({ type: "EXECUTION_COMPLETED" });
  });

  test("starts and settles nothing any more", async () => {
    const under = await executionsUnderTest();
    const decision = await under.gated();
    await under.executions.stop();
    await under.executions.start(decision);
    under.executions.settle(decision);
    expect(under.executions.isAtWork(decision.decisionId)).toBe(false);
    expect(await under.story(decision.decisionId)).toEqual(["EXECUTION_REQUESTED"]);
  });
});
