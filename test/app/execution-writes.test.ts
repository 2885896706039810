import { describe, expect, test } from "vitest";
import { createExecuteDecision } from "../../src/app/execute-decision.ts";
import { recoverExecutions } from "../../src/app/recovery.ts";
import { eventually } from "../support/eventually.ts";
import { ADAPTER, caller } from "./decisions-under-test.ts";
import { executionsUnderTest, type Fault, faultyStore, type Play } from "./executions-under-test.ts";

interface Row {
  /** The write that fails. */
  readonly write: string;
  readonly fault: Fault;
  /** What the caller is told; undefined: that the run has begun. */
  readonly told?: string;
  /** What follows the gate in the end, by recovery alone. */
  readonly story: readonly string[];
  readonly runs: number;
}

const COMPLETED = ["EXECUTION_REQUESTED", "EXECUTION_STARTED", "EXECUTION_COMPLETED"];
const FAILED = ["EXECUTION_REQUESTED", "EXECUTION_STARTED", "EXECUTION_FAILED"];
const UNKNOWN = ["EXECUTION_REQUESTED", "EXECUTION_STARTED", "EXECUTION_OUTCOME_UNKNOWN"];

const everyFault = (write: string, story: readonly string[]): Row[] => {
  const faults: Fault[] = [
    "fails",
    "lost once",
    "lost once though it persisted",
    "lost for good",
    "lost for good though it persisted",
  ];
  return faults.map((fault) => ({ write, fault, story, runs: 1 }));
};

/** Every durable write from the gate on, with every way in which it can fail. */
const WRITES: readonly Row[] = [
  { write: "EXECUTION_REQUESTED", fault: "fails", told: "StoreUnavailable", story: [], runs: 0 },
  { write: "EXECUTION_REQUESTED", fault: "lost once", story: COMPLETED, runs: 1 },
  { write: "EXECUTION_REQUESTED", fault: "lost once though it persisted", story: COMPLETED, runs: 1 },
  { write: "EXECUTION_REQUESTED", fault: "lost for good", told: "AppendOutcomeUnknown", story: [], runs: 0 },
  {
    write: "EXECUTION_REQUESTED",
    fault: "lost for good though it persisted",
    told: "AppendOutcomeUnknown",
    story: COMPLETED,
    runs: 1,
  },
  { write: "EXECUTION_STARTED", fault: "fails", told: "StoreUnavailable", story: COMPLETED, runs: 1 },
  { write: "EXECUTION_STARTED", fault: "lost once", story: COMPLETED, runs: 1 },
  { write: "EXECUTION_STARTED", fault: "lost once though it persisted", story: COMPLETED, runs: 1 },
  { write: "EXECUTION_STARTED", fault: "lost for good", told: "AppendOutcomeUnknown", story: COMPLETED, runs: 1 },
  // The claim stands though nobody was told: the router is asked, which never heard of it and refuses it for ever.
  {
    write: "EXECUTION_STARTED",
    fault: "lost for good though it persisted",
    told: "AppendOutcomeUnknown",
    story: FAILED,
    runs: 0,
  },
  ...everyFault("EXECUTION_COMPLETED", COMPLETED),
  ...everyFault("EXECUTION_FAILED", FAILED),
  ...everyFault("EXECUTION_OUTCOME_UNKNOWN", UNKNOWN),
];

/** How the run has to go for an outcome to be written. */
const PLAYS: Readonly<Record<string, "FAILED" | "INTERRUPTED">> = {
  EXECUTION_FAILED: "FAILED",
  EXECUTION_OUTCOME_UNKNOWN: "INTERRUPTED",
};

async function faultyExecutions({ write, fault }: Pick<Row, "write" | "fault">) {
  const under = await executionsUnderTest({ store: (real) => faultyStore(real, write, fault) });
  const state = PLAYS[write];
  const play: Play = async function* (run) {
    if (state !== undefined) yield { kind: "finished", run: { ...run, state } };
  };
  if (state !== undefined) under.router.play = play;
  under.letTimePass();
  under.run();
  const recovering = new AbortController();
  const recovery = recoverExecutions(under, recovering.signal);
  const adapters = { ask: async () => ADAPTER, recent: async () => ADAPTER, soon: async () => ADAPTER };
  const executeDecision = createExecuteDecision({ ...under, adapters });
  const decisionId = await under.create({ policy: { minApprovals: 0 } });
  const execute = () => executeDecision(caller("bob", "run-it"), decisionId, { adapterId: undefined, wait: 0 });
  const stop = async () => {
    recovering.abort();
    await recovery;
  };
  return { ...under, decisionId, execute, stop };
}

describe("a write fails, and by recovery alone", () => {
  test.each(WRITES)("$write $fault: $runs runs, $story.2", async ({ write, fault, told, story, runs }) => {
    const under = await faultyExecutions({ write, fault });
    const answer = await under.execute().then(
      () => undefined,
      (error: unknown) => (error as Error).name,
    );
    expect(answer).toBe(told);
    await eventually("the end of the story", async () => (await under.story(under.decisionId)).length >= story.length);
    // Three more rounds of recovery change nothing.
    const later = under.clock.now() + 15_000;
    await eventually("three rounds", () => under.clock.now() > later && !under.executions.isAtWork(under.decisionId));
    await under.stop();
    expect(await under.story(under.decisionId)).toEqual(story);
    expect(under.router.runs).toHaveLength(runs);
    // A run that ended here is recorded on its own word, however often that takes: the router is not asked again.
    if (story.at(-1) === write)
      expect((await under.logs.load(under.decisionId))?.events.at(-1)?.event.body).toMatchObject({
        settlement: undefined,
      });
    const isExpected = told !== undefined && write === "EXECUTION_STARTED";
    expect(under.log.lines.filter(({ level }) => level === "error")).toHaveLength(isExpected ? 1 : 0);
  });
});

describe("the caller repeats the call that failed", () => {
  test.each(WRITES.filter(({ told }) => told !== undefined))(
    "$write $fault: one gate, one start, at most one run",
    async ({ write, fault }) => {
      const under = await faultyExecutions({ write, fault });
      await under.stop();
      await expect(under.execute()).rejects.toThrow();
      await eventually("it is put down", () => !under.executions.isAtWork(under.decisionId));
      const { gate, decision } = await under.execute();
      expect(gate.written[0].event.body.type).toBe("EXECUTION_REQUESTED");
      expect(decision.phase.kind, "it answers once the run is claimed").not.toBe("gated");
      await eventually("it has ended here", () => !under.executions.isAtWork(under.decisionId));
      const story = await under.story(under.decisionId);
      // A claim that stands from before is recovery's to settle, not the caller's to repeat.
      const isClaimed = write === "EXECUTION_STARTED" && fault === "lost for good though it persisted";
      expect(story).toEqual(isClaimed ? COMPLETED.slice(0, 2) : COMPLETED);
      expect(under.router.runs).toHaveLength(isClaimed ? 0 : 1);
    },
  );
});
