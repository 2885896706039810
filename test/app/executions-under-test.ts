import { onTestFinished } from "vitest";
import type { Clock } from "../../src/app/clock.ts";
import { AppendOutcomeUnknown, type EventStore, StoreUnavailable } from "../../src/app/event-store.ts";
import { createExecutions, type ExecutionSettings, type Executions } from "../../src/app/executions.ts";
import {
  type Routing,
  type Run,
  type RunMessage,
  RunNotFound,
  type RunOptions,
  RunRefused,
} from "../../src/app/router.ts";
import type { Sharing } from "../../src/app/sharing.ts";
import type { DecisionId } from "../../src/domain/ids.ts";
import type { Policy } from "../../src/domain/policy.ts";
import type { RunRequest } from "../../src/domain/run-request.ts";
import type { GatedDecision } from "../../src/domain/state.ts";
import {
  ADAPTER,
  caller,
  type DecisionsUnderTest,
  decisionsUnderTest,
  EXECUTION,
  SERVER_ID,
} from "./decisions-under-test.ts";

export const BUNDLE = { bytes: new TextEncoder().encode('{"steps":[]}'), mediaType: "application/json" };

/** How a run goes: what is told of it besides `accepted`; thrown errors included. */
export type Play = (run: Run, signal: AbortSignal | undefined) => AsyncIterable<RunMessage>;

export const succeeds: Play = async function* (run) {
  yield { kind: "finished", run: { ...run, state: "SUCCEEDED", bundle: BUNDLE } };
};

export interface FakeRouter extends Routing {
  /** What kind of router has the adapter. */
  kind: ReturnType<Routing["kindOf"]>;
  /** Every call of run, whether or not it was refused. */
  readonly runs: readonly RunRequest[];
  /** What the last one was given besides. */
  given: RunOptions | undefined;
  /** What the next runs do. */
  play: Play;
  /** What getRun answers in place of the record: an answer, or an error to throw. */
  answer: Partial<Run> | Error | undefined;
}

/** A router that keeps the contract: at most one run a decision, on record, and none that was fenced off. */
export function createFakeRouter(): FakeRouter {
  const runs: RunRequest[] = [];
  const record = new Map<DecisionId, Run>();
  const blank = (decisionId: DecisionId, state: Run["state"]): Run => {
    const runId = state === "NOT_STARTED" ? "" : `run-of-${decisionId.slice(0, 8)}`;
    return { runId, decisionId, adapterId: "local", state, stepsExecuted: 0, failure: undefined, bundle: undefined };
  };
  return {
    runs,
    given: undefined,
    play: succeeds,
    answer: undefined,
    kind: "local",
    kindOf() {
      return this.kind;
    },
    describeAdapter: async () => ({ adapterId: "local", capabilities: ["apply", "dry_run"], description: "" }),
    async *run({ decisionId, ...request }, options = {}) {
      const { signal } = options;
      this.given = options;
      runs.push({ decisionId, ...request });
      if (record.has(decisionId)) throw new RunRefused("RUN_FENCED", "the run was refused for ever");
      const run = blank(decisionId, "RUNNING");
      record.set(decisionId, run);
      yield { kind: "accepted", runId: run.runId };
      for await (const message of this.play(run, signal)) {
        if (message.kind === "finished") record.set(decisionId, message.run);
        yield message;
      }
    },
    async getRun(_adapterId, decisionId, { fence = false } = {}) {
      if (this.answer instanceof Error) throw this.answer;
      const known = record.get(decisionId);
      if (this.answer !== undefined) return { ...(known ?? blank(decisionId, "RUNNING")), ...this.answer };
      if (known === undefined && !fence) throw new RunNotFound("never heard of it");
      const run = known ?? blank(decisionId, "NOT_STARTED");
      record.set(decisionId, run);
      return run;
    },
  };
}

/** How appends of one type of event fail. */
export type Fault =
  /** Nothing is written, and the store says so, once. */
  | "fails"
  /** The answer is lost once: nothing was written, or it was. */
  | "lost once"
  | "lost once though it persisted"
  /** So is that of every repeat. */
  | "lost for good"
  | "lost for good though it persisted";

/** A store in which the first append of a type of event fails, with its repeats. */
export function faultyStore(real: EventStore, type: string, fault: Fault): EventStore {
  let struck: string | undefined;
  return {
    ...real,
    async append(stream, expected, events, options) {
      const [event] = events;
      const isRepeat = event?.id === struck;
      const isStruck =
        event?.type === type && (struck === undefined || (isRepeat && fault.startsWith("lost for good")));
      if (event === undefined || !isStruck) return await real.append(stream, expected, events, options);
      struck = event.id;
      if (fault === "fails") throw new StoreUnavailable("the disk is full");
      if (fault.endsWith("persisted")) await real.append(stream, expected, events, options);
      throw new AppendOutcomeUnknown("the answer was lost");
    },
  };
}

export const SETTINGS: ExecutionSettings = {
  startWithin: 3_600_000,
  runTimeout: 60_000,
  settleWithin: 10_000,
  sendWithin: 10_000,
};

export type ExecutionsUnderTest = DecisionsUnderTest & {
  readonly router: FakeRouter;
  readonly executions: Executions;
  /** A decision that has just passed the gate. */
  readonly gated: (policy?: Partial<Policy>) => Promise<GatedDecision>;
  /** The types of a decision's events from the gate on. */
  readonly story: (decisionId: DecisionId) => Promise<readonly string[]>;
  readonly settings: ExecutionSettings;
  readonly startWithin: number;
  readonly sharing: Sharing;
  /** Executions of another server over the same store. */
  readonly another: (serverId?: string) => Executions;
  /** From now on time passes, fifty times as fast as outside. */
  readonly letTimePass: () => void;
};

/** Executions over a real store and a router that does what the test says; ended when the test has ended. */
export async function executionsUnderTest(
  options: {
    readonly store?: (real: EventStore) => EventStore;
    readonly settings?: Partial<ExecutionSettings>;
    readonly clock?: Clock;
    readonly sharing?: Partial<Sharing>;
  } = {},
): Promise<ExecutionsUnderTest> {
  const decisions = await decisionsUnderTest(options);
  const router = createFakeRouter();
  const settings = { ...SETTINGS, ...options.settings };
  const sharing: Sharing = { serverId: SERVER_ID, isShared: false, takeoverAfter: 30_000, ...options.sharing };
  const create = (serverId = SERVER_ID) => {
    const executions = createExecutions({ ...decisions, router, settings, sharing: { ...sharing, serverId } });
    onTestFinished(() => executions.stop());
    return executions;
  };
  return {
    ...decisions,
    router,
    settings,
    startWithin: settings.startWithin,
    sharing,
    executions: create(),
    another: create,
    async gated(policy = {}) {
      const decisionId = await decisions.create({ policy });
      await decisions.approve(decisionId);
      const { decision } = await decisions.handle(caller("bob"), decisionId, EXECUTION, { adapter: ADAPTER });
      if (decision.phase.kind !== "gated") throw new Error("the gate was not passed");
      return { ...decision, phase: decision.phase };
    },
    async story(decisionId) {
      const stored = await Array.fromAsync(decisions.real.read(`decision-${decisionId}`));
      return stored.map(({ type }) => type).filter((type) => type.startsWith("EXECUTION_"));
    },
    letTimePass() {
      const ticking = setInterval(() => decisions.clock.advance(100), 2);
      onTestFinished(() => clearInterval(ticking));
    },
  };
}
