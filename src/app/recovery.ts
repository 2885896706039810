import type { DecisionId } from "../domain/ids.ts";
import type { GatedDecision } from "../domain/state.ts";
import { gateOf } from "../domain/state.ts";
import type { Clock } from "./clock.ts";
import type { DecisionIndex } from "./decision-index.ts";
import type { DecisionLogs } from "./decision-logs.ts";
import type { Executions } from "./executions.ts";
import type { Log } from "./log.ts";

/** How often executions without an outcome that nobody is at work on are looked for, in milliseconds. */
const INTERVAL = 5_000;

/** How many are looked at in one round. */
const MAX_A_ROUND = 1_000;

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
    for (const decisionId of open()) {
      try {
        await recover(decisionId);
      } catch (error) {
        log.error({ decisionId, error }, "this execution could not be recovered: trying again");
      }
    }
    await clock.sleep(INTERVAL, signal);
  }

  function open(): readonly DecisionId[] {
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
    const rows = index.list({ filter, order: "oldest_first", after: undefined, limit: MAX_A_ROUND });
    return rows.map((row) => row.decisionId).filter((decisionId) => !executions.isAtWork(decisionId));
  }

  async function recover(decisionId: DecisionId): Promise<void> {
    const loaded = await logs.load(decisionId, signal);
    const phase = loaded && gateOf(loaded.decision.phase);
    if (loaded === undefined || phase === undefined || executions.isAtWork(decisionId)) return;
    const decision: GatedDecision = { ...loaded.decision, phase };
    if (phase.kind === "gated") {
      log.info({ decisionId }, "recovery: the gate was passed, the run not yet claimed");
      await executions.start(decision);
    } else if (phase.kind === "started") {
      log.info({ decisionId }, "recovery: the run was claimed and has no outcome: asking the router");
      executions.settle(decision);
    }
  }
}
