import { describe, expect, test } from "vitest";
import type { Caller } from "../../src/app/caller.ts";
import { AdapterUnknown, RouterUnavailable, type Run, RunNotFound } from "../../src/app/router.ts";
import { createSettleExecution } from "../../src/app/settle-execution.ts";
import type { DecisionId } from "../../src/domain/ids.ts";
import { eventually } from "../support/eventually.ts";
import { caller, START } from "./decisions-under-test.ts";
import { BUNDLE, executionsUnderTest } from "./executions-under-test.ts";

const OPERATOR = () => caller("olivia");
const UNKNOWN = { outcome: "UNKNOWN", reason: "the machine is gone" } as const;

/** A decision whose run was started and has no outcome. */
async function startedDecision() {
  const under = await executionsUnderTest();
  const { decisionId } = await under.gated();
  const settle = createSettleExecution({ ...under, timeout: 200 });
  const start = () => under.handle(caller("bob"), decisionId, START);
  const ask = (who: Caller = OPERATOR(), signal?: AbortSignal) => settle(who, decisionId, "router", signal);
  const state = (statement: Exclude<Parameters<typeof settle>[2], string>) => settle(OPERATOR(), decisionId, statement);
  return { ...under, decisionId, settle, start, ask, state };
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
    const { written, decision } = await under.state({ outcome: "COMPLETED", reason: "saw it run" });
    expect(decision.phase.kind).toBe("completed");
    expect(written[0].event.body).toMatchObject({
      routerDigest: "",
      settlement: { basis: "OPERATOR_STATEMENT", reason: "saw it run" },
    });
    await expect(under.state(UNKNOWN)).rejects.toMatchObject({ reason: "DECISION_CLOSED" });
  });

  test("comes before the router's: the run that ends later does not overwrite it", async () => {
    const under = await startedDecision();
    const held = Promise.withResolvers<void>();
    under.router.play = async function* (run) {
      await held.promise;
      yield { kind: "finished", run: { ...run, state: "SUCCEEDED", bundle: BUNDLE } };
    };
    const { decision } = await under.handle(caller("x"), under.decisionId, START);
    if (decision.phase.kind !== "started") throw new Error("it was not started");
    under.executions.settle({ ...decision, phase: decision.phase });
    await under.state({ outcome: "FAILED", reason: "pulled the plug" });
    held.resolve();
    await under.executions.drain(60_000);
    expect((await under.story(under.decisionId)).at(-1)).toBe("EXECUTION_FAILED");
    expect(await under.story(under.decisionId)).toHaveLength(3);
  });
});
