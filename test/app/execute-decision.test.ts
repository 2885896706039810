import { describe, expect, test } from "vitest";
import { createAdapterViews } from "../../src/app/adapter-view.ts";
import type { Caller } from "../../src/app/caller.ts";
import { createExecuteDecision } from "../../src/app/execute-decision.ts";
import { AdapterUnknown, RouterUnavailable } from "../../src/app/router.ts";
import type { DecisionId } from "../../src/domain/ids.ts";
import type { Policy } from "../../src/domain/policy.ts";
import { eventually } from "../support/eventually.ts";
import { caller } from "./decisions-under-test.ts";
import { executionsUnderTest, succeeds } from "./executions-under-test.ts";

interface How {
  readonly adapterId?: string;
  readonly wait?: number;
  readonly signal?: AbortSignal;
}

async function executing(policy: Partial<Policy> = {}, adapterId = "local") {
  const under = await executionsUnderTest();
  const { router } = under;
  const asked: string[] = [];
  const described = router.describeAdapter.bind(router);
  router.describeAdapter = async (id, options) => {
    asked.push(id);
    return { ...(await described(id, options)), adapterId: id };
  };
  const adapters = createAdapterViews({ router, clock: under.clock, timeout: 200 });
  const executeDecision = createExecuteDecision({ ...under, adapters });
  const decisionId = await under.create({ adapterId, policy: { minApprovals: 1, ...policy } });
  under.run();
  const execute = (who: Caller = caller("bob", "run-it"), { adapterId, wait = 0, signal }: How = {}) =>
    executeDecision(who, decisionId, { adapterId, wait }, signal);
  const story = () => under.story(decisionId);
  const ended = () => eventually("it has ended", () => !under.executions.isAtWork(decisionId));
  return { ...under, asked, decisionId, execute, story, ended };
}

describe("the gate", () => {
  test("asks for the adapter's capabilities each time, and records what it was told", async () => {
    const under = await executing();
    for (let attempt = 1; attempt <= 3; attempt++)
      await expect(under.execute()).rejects.toMatchObject({
        reason: "GATE_CLOSED",
        blockingReasons: [{ code: "MISSING_APPROVALS" }],
      });
    expect(under.asked).toEqual(["local", "local", "local"]);
    await under.approve(under.decisionId);
    const { gate } = await under.execute();
    expect(under.asked).toHaveLength(4);
    expect(gate.written[0].event.body).toMatchObject({ adapterCapabilities: ["apply", "dry_run"] });
    await under.execute();
    expect(under.asked, "behind the gate nobody is asked").toHaveLength(4);
    await under.ended();
  });

  test.each([
    { what: "does not know the adapter", describe: () => Promise.reject(new AdapterUnknown("what is that?")) },
    { what: "is away", describe: () => Promise.reject(new RouterUnavailable("no route")) },
    { what: "does not answer in time", describe: whenAborted },
  ])("is closed when the router $what, and nothing is written", async ({ describe }) => {
    const under = await executing();
    await under.approve(under.decisionId);
    under.router.describeAdapter = async (_id, { signal } = {}) => await describe(signal);
    await expect(under.execute()).rejects.toMatchObject({
      reason: "GATE_CLOSED",
      blockingReasons: [{ code: "ADAPTER_UNKNOWN" }],
    });
    expect(await under.story()).toEqual([]);
    expect(under.router.runs).toEqual([]);
  });

  test("is closed to an adapter that has lost a capability since it was last asked", async () => {
    const under = await executing({ requireAdapterCapabilities: ["timeout"] });
    await under.approve(under.decisionId);
    await expect(under.execute()).rejects.toMatchObject({
      blockingReasons: [{ code: "ADAPTER_CAPABILITY_MISSING" }],
    });
  });

  test("where the request names no adapter, takes one that the policy allows, and no other", async () => {
    const under = await executing({ allowedAdapters: ["blue", "green"] }, "");
    await under.approve(under.decisionId);
    await expect(under.execute()).rejects.toMatchObject({ reason: "ADAPTER_REQUIRED" });
    await expect(under.execute(caller("bob"), { adapterId: "red" })).rejects.toMatchObject({ reason: "GATE_CLOSED" });
    await under.execute(caller("bob"), { adapterId: "green" });
    await under.ended();
    expect(under.router.runs.map(({ adapterId }) => adapterId)).toEqual(["green"]);
  });

  test("lets one of many callers through, and the run begins once", async () => {
    const under = await executing();
    await under.approve(under.decisionId);
    const answers = await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) => under.execute(caller(`operator-${index}`))),
    );
    const refusals = answers.flatMap((answer) => (answer.status === "rejected" ? [answer.reason as object] : []));
    expect(refusals).toHaveLength(19);
    for (const refusal of refusals)
      expect(refusal).toMatchObject({ reason: expect.stringMatching(/EXECUTION_UNDER_WAY|DECISION_CLOSED/) });
    await under.ended();
    expect(await under.story()).toEqual(["EXECUTION_REQUESTED", "EXECUTION_STARTED", "EXECUTION_COMPLETED"]);
    expect(under.router.runs).toHaveLength(1);
  });

  test("gives twenty repeats of one call, all at once, the same answer", async () => {
    const under = await executing();
    await under.approve(under.decisionId);
    const answers = await Promise.all(Array.from({ length: 20 }, () => under.execute()));
    for (const { gate, decision } of answers) {
      expect(gate.written).toEqual(answers[0]?.gate.written);
      expect(decision.phase.kind, "each answers once the run is claimed").toMatch(/started|completed/);
    }
    await under.ended();
    expect(under.router.runs).toHaveLength(1);
  });
});

describe("waiting for the outcome", () => {
  async function atWork() {
    const under = await executing();
    const held = Promise.withResolvers<void>();
    under.router.play = async function* (...args) {
      await held.promise;
      yield* succeeds(...args);
    };
    await under.approve(under.decisionId);
    const letGo = async () => {
      held.resolve();
      await under.ended();
    };
    return { ...under, letGo };
  }

  test.each<{ what: string; end: (under: Awaited<ReturnType<typeof atWork>>) => unknown; phase: string }>([
    { what: "the run's end", end: ({ letGo }) => letGo(), phase: "completed" },
    { what: "the end of the wait", end: ({ clock }) => clock.advance(60_000), phase: "started" },
    { what: "the end of the server", end: ({ drain }) => drain(), phase: "started" },
  ])("answers at $what: $phase", async ({ end, phase }) => {
    const under = await atWork();
    const answer = under.execute(caller("bob"), { wait: 60_000 });
    await eventually("the run has begun", () => under.router.runs.length === 1);
    await eventually("somebody waits", async () => (await under.story()).length === 2);
    await end(under);
    expect((await answer).decision.phase.kind).toBe(phase);
    await under.letGo();
  });

  test("a caller that goes away: the run goes on", async () => {
    const under = await atWork();
    const leaving = new AbortController();
    const answer = under.execute(caller("bob"), { wait: 60_000, signal: leaving.signal });
    await eventually("the run has begun", () => under.router.runs.length === 1);
    leaving.abort(new Error("gone"));
    await expect(answer).rejects.toThrow("gone");
    await under.letGo();
    expect((await under.story()).at(-1)).toBe("EXECUTION_COMPLETED");
  });
});

test("a decision that does not exist", async () => {
  const { executions, handle, logs, feed } = await executionsUnderTest();
  const adapters = { ask: neverAsked, recent: neverAsked, soon: neverAsked };
  const execute = createExecuteDecision({ executions, handle, logs, feed, adapters });
  const answer = execute(caller("bob"), "0".repeat(32) as DecisionId, { adapterId: "local", wait: 0 });
  await expect(answer).rejects.toMatchObject({ reason: "DECISION_NOT_FOUND" });
});

async function neverAsked(): Promise<never> {
  throw new Error("nobody is to be asked");
}

function whenAborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => signal?.addEventListener("abort", () => reject(new Error("the call was ended"))));
}
