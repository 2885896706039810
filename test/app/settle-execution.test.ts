import { describe, expect, test } from "vitest";
import type { Caller } from "../../src/app/caller.ts";
import { AdapterUnknown, RouterUnavailable, type Run, RunNotFound } from "../../src/app/router.ts";
import { createSettleExecution } from "../../src/app/settle-execution.ts";
import type { DecisionId } from "../../src/domain/ids.ts";
import { eventually } from "../support/eventually.ts";
import { caller, START } from "./decisions-under-test.ts";
import { BUNDLE, executionsUnderTest } from "./executions-under-test.ts";

const OPERATOR = () => caller("olivia");
const UNKNOWN = { outcome: "UNKNOWN", reason: "the machine is gone", force: false } as const;
const COMPLETED = { outcome: "COMPLETED", reason: "saw it run", force: false } as const;
const FAILED = { outcome: "FAILED", reason: "pulled the plug", force: false } as const;

/** A decision whose run was started and has no outcome. */
async function startedDecision(options: Parameters<typeof executionsUnderTest>[0] = {}) {
  const under = await executionsUnderTest(options);
  const decision = await under.gated();
  const { decisionId } = decision;
  const settle = createSettleExecution({ ...under, timeout: 200 });
  const start = () => under.handle(caller("bob"), decisionId, START);
  const ask = (who: Caller = OPERATOR(), signal?: AbortSignal) => settle(who, decisionId, "router", signal);
  const state = (statement: Exclude<Parameters<typeof settle>[2], string>) => settle(OPERATOR(), decisionId, statement);
  return { ...under, decision, decisionId, settle, start, ask, state };
}

describe("asking the router", () => {
  test.each<{ answer: Partial<Run>; type: string }>([
    { answer: { state: "SUCCEEDED", bundle: BUNDLE }, type: "EXECUTION_COMPLETED" },
    { answer: { state: "FAILED", bundle: BUNDLE }, type: "EXECUTION_FAILED" },
    { answer: { state: "NOT_STARTED" }, type: "EXECUTION_FAILED" },
  ])("records what it says: $answer.state", async ({ answer, type }) => {
    const under = await startedDecision();
    await under.start();
    under.router.answer = { runId: "run-1", ...answer };
    const { written } = await under.ask();
    expect(written[0].event).toMatchObject({
      actor: { id: "olivia" },
      body: { type, settlement: { basis: "ROUTER_ANSWER" } },
    });
  });

  test.each<{ what: string; answer: Partial<Run> | Error; reason: string }>([
    { what: "the run is at work", answer: { state: "RUNNING" }, reason: "ROUTER_CANNOT_SAY" },
    { what: "it was interrupted", answer: { state: "INTERRUPTED" }, reason: "ROUTER_CANNOT_SAY" },
    { what: "it succeeded, without a record", answer: { state: "SUCCEEDED" }, reason: "ROUTER_CANNOT_SAY" },
    { what: "it never heard of it", answer: new RunNotFound("what run?"), reason: "ROUTER_CANNOT_SAY" },
    { what: "nobody has the adapter", answer: new AdapterUnknown("what is that?"), reason: "ROUTER_CANNOT_SAY" },
    { what: "it is away", answer: new RouterUnavailable("no route"), reason: "ROUTER_UNAVAILABLE" },
  ])("writes nothing if it cannot tell: $what", async ({ answer, reason }) => {
    const under = await startedDecision();
    await under.start();
    under.router.answer = answer;
    await expect(under.ask()).rejects.toMatchObject({ name: "Refused", reason });
    expect(await under.story(under.decisionId)).toHaveLength(2);
  });

  test("does not wait for ever, and tells a slow router from a caller that went away", async () => {
    const under = await startedDecision();
    await under.start();
    let asked = 0;
    under.router.getRun = (_adapterId, _decisionId, { signal } = {}) => {
      asked += 1;
      return new Promise((_, reject) =>
        signal?.addEventListener("abort", () => reject(new RouterUnavailable("ended"))),
      );
    };
    await expect(under.ask()).rejects.toMatchObject({ reason: "ROUTER_UNAVAILABLE" });
    const leaving = new AbortController();
    const answer = under.ask(OPERATOR(), leaving.signal);
    await eventually("it is asked again", () => asked === 2);
    leaving.abort(new Error("gone"));
    await expect(answer).rejects.toThrow("gone");
  });

  test("repeated, gets the first answer, also when the router cannot be asked any more", async () => {
    const under = await startedDecision();
    await under.start();
    const who = caller("olivia", "settle-it");
    under.router.answer = { runId: "run-1", state: "SUCCEEDED", bundle: BUNDLE };
    const first = await under.ask(who);
    under.router.answer = new RouterUnavailable("no route");
    expect(await under.ask(who)).toEqual({ ...first, repeated: true });
    expect(await under.story(under.decisionId)).toHaveLength(3);
    const other = under.settle(who, under.decisionId, UNKNOWN);
    await expect(other, "the same request_id for something else").rejects.toMatchObject({
      reason: "REQUEST_ID_REUSED",
    });
  });

  test("has nothing to ask about before the run is claimed", async () => {
    const under = await startedDecision();
    await expect(under.ask()).rejects.toMatchObject({ reason: "NOTHING_TO_SETTLE" });
    const nowhere = under.settle(OPERATOR(), "0".repeat(32) as DecisionId, "router");
    await expect(nowhere).rejects.toMatchObject({ reason: "DECISION_NOT_FOUND" });
  });
});

describe("an operator's word", () => {
  test("is taken once the run is claimed, until there is an outcome", async () => {
    const under = await startedDecision();
    await expect(under.state(UNKNOWN)).rejects.toMatchObject({ reason: "NOTHING_TO_SETTLE" });
    await under.start();
    expect((await under.state(UNKNOWN)).decision.phase.kind).toBe("unknown");
    await expect(under.state(UNKNOWN)).rejects.toMatchObject({ reason: "NOTHING_TO_SETTLE" });
    const { written, decision } = await under.state(COMPLETED);
    expect(decision.phase.kind).toBe("completed");
    expect(written[0].event.body).toMatchObject({
      routerDigest: "",
      settlement: { basis: "OPERATOR_STATEMENT", reason: "saw it run" },
    });
    await expect(under.state(UNKNOWN)).rejects.toMatchObject({ reason: "DECISION_CLOSED" });
  });

  test.each<{ answer: Partial<Run>; reason: string }>([
    { answer: { state: "RUNNING" }, reason: "RUN_STILL_AT_WORK" },
    { answer: { state: "SUCCEEDED", bundle: BUNDLE }, reason: "ROUTER_KNOWS_OUTCOME" },
    { answer: { state: "FAILED" }, reason: "ROUTER_KNOWS_OUTCOME" },
  ])("does not end it against the router's, unless it is forced: $answer.state", async ({ answer, reason }) => {
    for (const statement of [COMPLETED, FAILED]) {
      const under = await startedDecision();
      await under.start();
      under.router.answer = answer;
      await expect(under.state(statement)).rejects.toMatchObject({ name: "Refused", reason });
      expect(await under.story(under.decisionId)).toHaveLength(2);
      const { written } = await under.state({ ...statement, force: true });
      expect(written[0].event).toMatchObject({
        actor: { id: "olivia" },
        body: {
          type: `EXECUTION_${statement.outcome}`,
          settlement: { basis: "OPERATOR_STATEMENT", reason: statement.reason, overruled: answer.state },
        },
      });
    }
  });

  test.each<{ what: string; answer: Partial<Run> | Error | "never" }>([
    { what: "it was interrupted", answer: { state: "INTERRUPTED" } },
    { what: "it never began", answer: { state: "NOT_STARTED" } },
    { what: "it succeeded, without a record", answer: { state: "SUCCEEDED" } },
    { what: "it never heard of it", answer: new RunNotFound("what run?") },
    { what: "nobody has the adapter", answer: new AdapterUnknown("what is that?") },
    { what: "it is away", answer: new RouterUnavailable("no route") },
    { what: "it hangs", answer: "never" },
  ])("is taken where the router cannot say: $what", async ({ answer }) => {
    const under = await startedDecision();
    await under.start();
    if (answer === "never")
      under.router.getRun = (_adapterId, _decisionId, { signal } = {}) =>
        new Promise((_, reject) => signal?.addEventListener("abort", () => reject(new RouterUnavailable("ended"))));
    else under.router.answer = answer;
    const { written } = await under.state({ ...FAILED, force: true });
    const { body } = written[0].event;
    expect(body, "there was nothing to overrule").toMatchObject({ settlement: { overruled: undefined } });
  });

  test("asks a router again whose connection had broken", async () => {
    const under = await startedDecision();
    await under.start();
    const getRun = under.router.getRun.bind(under.router);
    let asked = 0;
    under.router.answer = { state: "RUNNING" };
    under.router.getRun = (...question) => {
      asked += 1;
      if (asked === 1) return Promise.reject(new RouterUnavailable("the connection is gone"));
      return getRun(...question);
    };
    await expect(under.state(FAILED)).rejects.toMatchObject({ reason: "RUN_STILL_AT_WORK" });
  });

  test("keeps a run from beginning that its router has not heard of", async () => {
    const under = await startedDecision();
    await under.start();
    await under.state(FAILED);
    const run = { adapterId: "local", decisionId: under.decisionId };
    expect(await under.router.getRun(run.adapterId, run.decisionId)).toMatchObject({ state: "NOT_STARTED" });
  });

  test("of nothing that was not started asks nobody, and so keeps no run from beginning", async () => {
    const under = await startedDecision();
    await expect(under.state({ ...FAILED, force: true })).rejects.toMatchObject({ reason: "NOTHING_TO_SETTLE" });
    await expect(under.router.getRun("local", under.decisionId)).rejects.toBeInstanceOf(RunNotFound);
    // Started just after it was looked at.
    const logs: typeof under.logs = {
      ...under.logs,
      async load(...call) {
        const log = await under.logs.load(...call);
        await under.start();
        return log;
      },
    };
    const settle = createSettleExecution({ ...under, logs, timeout: 200 });
    await expect(settle(OPERATOR(), under.decisionId, FAILED)).rejects.toMatchObject({ reason: "NOTHING_TO_SETTLE" });
    expect(await under.story(under.decisionId)).toHaveLength(2);
  });

  test("that nobody can say how it ended is taken without asking: it ends nothing", async () => {
    const under = await startedDecision();
    await under.start();
    under.router.answer = { state: "RUNNING" };
    expect((await under.state(UNKNOWN)).decision.phase.kind).toBe("unknown");
    await expect(under.state(COMPLETED)).rejects.toMatchObject({ reason: "RUN_STILL_AT_WORK" });
    under.router.answer = { runId: "run-1", state: "SUCCEEDED", bundle: BUNDLE };
    expect((await under.ask()).decision.phase.kind).toBe("completed");
  });

  test("repeated, gets the first answer, whatever the router says by now", async () => {
    const under = await startedDecision();
    await under.start();
    const who = caller("olivia", "state-it");
    const first = await under.settle(who, under.decisionId, FAILED);
    under.router.answer = { state: "RUNNING" };
    expect(await under.settle(who, under.decisionId, FAILED)).toEqual({ ...first, repeated: true });
  });

  test.each([
    { what: "only another server has the record", kind: "local" as const },
    { what: "this server has no such adapter", kind: undefined },
  ])("is not taken from where the router cannot be asked, unless forced: $what", async ({ kind }) => {
    const under = await startedDecision({ sharing: { isShared: true } });
    await under.start();
    under.router.kind = kind;
    const settle = createSettleExecution({
      ...under,
      sharing: { ...under.sharing, serverId: "another" },
      timeout: 200,
    });
    const refusal = { reason: "ROUTER_CANNOT_SAY", facts: { server_id: under.sharing.serverId } };
    await expect(settle(OPERATOR(), under.decisionId, FAILED)).rejects.toMatchObject(refusal);
    expect((await settle(OPERATOR(), under.decisionId, UNKNOWN)).decision.phase.kind).toBe("unknown");
    await expect(settle(OPERATOR(), under.decisionId, COMPLETED)).rejects.toMatchObject(refusal);
    const { written } = await settle(OPERATOR(), under.decisionId, { ...COMPLETED, force: true });
    expect(written[0].event.body).toMatchObject({ settlement: { overruled: "NOT_ASKED" } });
  });

  test("that was forced comes before the router's: the run that ends later does not overwrite it", async () => {
    const under = await startedDecision();
    const held = Promise.withResolvers<void>();
    under.router.play = async function* (run) {
      await held.promise;
      yield { kind: "finished", run: { ...run, state: "SUCCEEDED", bundle: BUNDLE } };
    };
    await under.executions.start(under.decision);
    await eventually("the run is at work", () => under.router.runs.length === 1);
    await expect(under.state(FAILED)).rejects.toMatchObject({ reason: "RUN_STILL_AT_WORK" });
    await under.state({ ...FAILED, force: true });
    held.resolve();
    await under.executions.drain(60_000);
    expect((await under.story(under.decisionId)).at(-1)).toBe("EXECUTION_FAILED");
    expect(await under.story(under.decisionId)).toHaveLength(3);
  });
});
