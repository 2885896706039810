import type { DecisionId } from "../domain/ids.ts";
import type { GatedDecision } from "../domain/state.ts";
import { gateOf } from "../domain/state.ts";
import type { Clock } from "./clock.ts";
import type { DecisionIndex, IndexKey, IndexRow } from "./decision-index.ts";
import type { DecisionLogs } from "./decision-logs.ts";
import type { Executions } from "./executions.ts";
import type { Log } from "./log.ts";

/** How often executions without an outcome that nobody is at work on are looked for, in milliseconds. */
const INTERVAL = 5_000;

/** How many are taken from the index at a time. */
const PAGE = 1_000;

/**
 * Takes up executions that have no outcome and that nobody is at work on: after a crash all of them, later those that failed for want of the store. Passed the
 * gate but not started: started, if it is still in time. Started: settled through the router, never run again. Goes on until the signal.
 */
export async function recoverExecutions(
  ports: {
    readonly index: DecisionIndex;
    readonly logs: DecisionLogs;
    readonly executions: Executions;
    readonly clock: Clock;
    readonly log: Log;
  },
  signal: AbortSignal,
): Promise<void> {
  const { index, logs, executions, clock, log } = ports;
  while (!signal.aborted) {
    try {
      for (const decisionId of open()) {
        await recover(decisionId).catch((error: unknown) => {
          if (signal.aborted) return;
          log.error({ decision_id: decisionId, error }, "this execution could not be recovered: trying again");
        });
        if (signal.aborted) return;
      }
    } catch (error) {
      log.error({ error }, "the index does not tell which executions are open: asking again");
    }
    await clock.sleep(INTERVAL, signal);
  }

  /** All of them, oldest first: those at work must not hide the ones behind them. */
  function* open(): Iterable<DecisionId> {
    const filter = {
      states: ["EXECUTING"],
      labels: [],
      requesterId: undefined,
      approverId: undefined,
      adapterId: undefined,
      mode: undefined,
      createdFrom: undefined,
      createdUntil: undefined,
    } as const;
    let after: IndexKey | undefined;
    for (;;) {
      const rows: readonly IndexRow[] = index.list({ filter, order: "oldest_first", after, limit: PAGE });
      for (const { decisionId } of rows) if (!executions.isAtWork(decisionId)) yield decisionId;
      after = rows.at(-1);
      if (rows.length < PAGE) return;
    }
  }

  async function recover(decisionId: DecisionId): Promise<void> {
    const loaded = await logs.load(decisionId, signal);
    const phase = loaded && gateOf(loaded.decision.phase);
    if (loaded === undefined || phase === undefined || executions.isAtWork(decisionId)) return;
    const decision: GatedDecision = { ...loaded.decision, phase };
    if (phase.kind === "gated") {
      log.info({ decision_id: decisionId }, "recovery: the gate was passed, the run not yet claimed");
      await executions.start(decision);
    } else if (phase.kind === "started") {
      log.info({ decision_id: decisionId }, "recovery: the run was claimed and has no outcome: asking the router");
      executions.settle(decision);
    }
  }
}
