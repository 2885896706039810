import type { DecisionId } from "../domain/ids.ts";
import { type Decision, isTerminal } from "../domain/state.ts";
import type { Clock } from "./clock.ts";
import { type DecisionLogs, decisionOf } from "./decision-logs.ts";
import type { DecisionSubscription } from "./decision-subscription.ts";
import type { EventStore } from "./event-store.ts";
import type { Log } from "./log.ts";
import { createLogFeed, type LogFeed } from "./log-feed.ts";

/** Tells this server's watchers what is appended to decisions, by this server or another. */
export interface DecisionFeed extends LogFeed<DecisionId> {
  /** Waits for a decision's execution to end, at most so many milliseconds, or until the server drains; returns the decision as it is then. */
  outcome(decisionId: DecisionId, wait: number, signal?: AbortSignal): Promise<Decision | undefined>;
}

export function createDecisionFeed(ports: {
  readonly store: EventStore;
  readonly subscription: DecisionSubscription;
  readonly logs: DecisionLogs;
  readonly clock: Clock;
  readonly log: Log;
  /** Aborts when the server is shutting down. */
  readonly draining: AbortSignal;
}): DecisionFeed {
  const { logs, clock, draining } = ports;
  const feed = createLogFeed<DecisionId>({ ...ports, changedBy: ({ stream }) => decisionOf(stream) });

  return {
    ...feed,
    async outcome(decisionId, wait, signal) {
      const ended = new AbortController();
      const stop = feed.listen(decisionId, (change) => {
        if (change instanceof Error || hasOutcome(change.decision)) ended.abort();
      });
      try {
        const before = await logs.load(decisionId, signal);
        if (before === undefined || hasOutcome(before.decision)) return before?.decision;
        const reasons = [ended.signal, draining, ...(signal === undefined ? [] : [signal])];
        await clock.sleep(wait, AbortSignal.any(reasons));
        signal?.throwIfAborted();
        return (await logs.load(decisionId, signal))?.decision;
      } finally {
        stop();
      }
    },
  };
}

/** Whether an execution has ended, or there will be none. */
function hasOutcome({ phase }: Decision): boolean {
  return isTerminal(phase) || phase.kind === "unknown";
}
