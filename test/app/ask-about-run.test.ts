import { describe, expect, test } from "vitest";
import { createAskAboutRun } from "../../src/app/ask-about-run.ts";
import type { Clock } from "../../src/app/clock.ts";
import {
  AdapterUnknown,
  type GetRunOptions,
  type Router,
  RouterUnavailable,
  type Run,
  RunNotFound,
} from "../../src/app/router.ts";
import type { GatedDecision } from "../../src/domain/state.ts";
import { digestOf } from "../../src/evidence/digest.ts";
import { createCapturedLog } from "../support/captured-log.ts";
import { decisionsUnderTest } from "./decisions-under-test.ts";

const BUNDLE = { bytes: new TextEncoder().encode("{}"), mediaType: "application/json" };
const RUN: Run = {
  runId: "run-1",
  decisionId: "" as Run["decisionId"],
  adapterId: "local",
  state: "RUNNING",
  stepsExecuted: 2,
  failure: undefined,
  bundle: undefined,
};
const AWAY = () => new RouterUnavailable("no answer");

async function startedDecision(): Promise<GatedDecision> {
  const decisions = await decisionsUnderTest();
  const id = await decisions.create({ policy: { minApprovals: 0 } });
  const { decision } = await decisions.begin(id);
  if (decision.phase.kind !== "started") throw new Error("the run was not claimed");
  return { ...decision, phase: decision.phase };
}

/** Asks a router whose answers are planned; the last one repeats. */
async function ask(
  answers: readonly (Partial<Run> | Error)[],
  options: { readonly settleWithin?: number; readonly stopping?: AbortController; readonly stopAfter?: number } = {},
) {
  const { settleWithin = 60_000, stopping = new AbortController(), stopAfter } = options;
  const asked: GetRunOptions[] = [];
  const pauses: number[] = [];
  const clock: Clock = { now: () => 0, uptime: () => 0, sleep: async (milliseconds) => void pauses.push(milliseconds) };
  const router: Pick<Router, "getRun"> = {
    async getRun(_adapterId, _decisionId, options = {}) {
      asked.push(options);
      if (asked.length === stopAfter) stopping.abort();
      const answer = answers[Math.min(asked.length, answers.length) - 1];
      if (answer instanceof Error) throw answer;
      return { ...RUN, ...answer };
    },
  };
  const askAboutRun = createAskAboutRun({ router: router as Router, clock, log: createCapturedLog(), settleWithin });
  const outcome = await askAboutRun(await startedDecision(), stopping.signal);
  return { outcome, asked, pauses };
}

describe("what the router says becomes the outcome", () => {
  test.each([
    {
      answer: { state: "SUCCEEDED", bundle: BUNDLE },
      outcome: { type: "EXECUTION_COMPLETED", runId: "run-1", routerDigest: digestOf(BUNDLE.bytes), stepsExecuted: 2 },
    },
    { answer: { state: "SUCCEEDED" }, outcome: { type: "EXECUTION_OUTCOME_UNKNOWN", runId: "run-1" } },
    {
      answer: { state: "FAILED", failure: { code: "STEP_FAILED", message: "no", stepId: "a" }, bundle: BUNDLE },
      outcome: { type: "EXECUTION_FAILED", code: "STEP_FAILED", routerDigest: digestOf(BUNDLE.bytes) },
    },
    { answer: { state: "INTERRUPTED" }, outcome: { type: "EXECUTION_OUTCOME_UNKNOWN", runId: "run-1" } },
    { answer: { state: "NOT_STARTED" }, outcome: { type: "EXECUTION_FAILED", code: "NOT_STARTED", runId: "" } },
    { answer: new RunNotFound("never heard of it"), outcome: { type: "EXECUTION_OUTCOME_UNKNOWN" } },
  ] as const)("$answer", async ({ answer, outcome }) => {
    const settlement = { basis: "ROUTER_ANSWER", reason: "" };
    expect((await ask([answer])).outcome).toMatchObject({ ...outcome, settlement });
  });
});

test("the question fences off a run that never began, says when it was claimed, and asks for the record", async () => {
  const { asked } = await ask([{ state: "NOT_STARTED" }]);
  expect(asked).toMatchObject([{ fence: true, includeBundle: true, claimedAt: Date.UTC(2026, 0, 5, 9) }]);
});

test("a run at work is waited for as long as it takes", async () => {
  const long = Array.from({ length: 500 }, () => ({ state: "RUNNING" as const }));
  const { outcome, pauses } = await ask([...long, { state: "SUCCEEDED", bundle: BUNDLE }], { settleWithin: 1_000 });
  expect(outcome?.type).toBe("EXECUTION_COMPLETED");
  expect(pauses.slice(0, 7)).toEqual([100, 250, 500, 1_000, 2_000, 5_000, 5_000]);
});

test.each([AWAY(), new AdapterUnknown("no router has it")])(
  "a router that does not answer for as long as it has: the outcome is unknown (%s)",
  async (silence) => {
    const { outcome, pauses } = await ask([silence], { settleWithin: 10_000 });
    expect(outcome).toMatchObject({ type: "EXECUTION_OUTCOME_UNKNOWN", settlement: { basis: "ROUTER_ANSWER" } });
    expect(outcome).toMatchObject({ reason: expect.stringContaining(silence.message) });
    const waited = pauses.reduce((sum, pause) => sum + pause, 0);
    expect(waited).toBeGreaterThanOrEqual(8_000);
    expect(waited).toBeLessThan(20_000);
  },
);

test("a word from the router begins the wait anew", async () => {
  const silence = Array.from({ length: 3 }, AWAY);
  const { outcome } = await ask([...silence, {}, ...silence, {}, ...silence, { state: "SUCCEEDED", bundle: BUNDLE }], {
    settleWithin: 20_000,
  });
  expect(outcome?.type).toBe("EXECUTION_COMPLETED");
});

test("a server that stops leaves the question to its next start", async () => {
  expect((await ask([{}], { stopAfter: 3 })).outcome).toBeUndefined();
  expect((await ask([AWAY()], { stopAfter: 1 })).outcome).toBeUndefined();
});

test("what is neither an answer nor silence is not taken for one", async () => {
  await expect(ask([new TypeError("a bug")])).rejects.toThrow("a bug");
});
