import type { DecisionId } from "../domain/ids.ts";
import { type Decision, isTerminal } from "../domain/state.ts";
import type { Clock } from "./clock.ts";
import { type DecisionLog, type DecisionLogs, decisionOf } from "./decision-logs.ts";
import type { DecisionSubscription } from "./decision-subscription.ts";
import { type EventStore, type Position, StoreUnavailable } from "./event-store.ts";
import type { Log } from "./log.ts";
import { Refused } from "./refused.ts";

/** Tells this server's watchers what is appended to decisions, by this server or another. */
export interface DecisionFeed {
  /**
   * Tells of every later change of a decision, with its log as it is then; a change may stand for several events. Until the returned function is called.
   */
  listen(decisionId: DecisionId, listener: DecisionListener): () => void;

  /** Waits for a decision's execution to end, at most so many milliseconds, or until the server drains; returns the decision as it is then. */
  outcome(decisionId: DecisionId, wait: number, signal?: AbortSignal): Promise<Decision | undefined>;

  /** Feeds the listeners until the signal; never throws. */
  run(signal: AbortSignal): Promise<void>;
}

/** Told the log, or why it cannot be read. */
export type DecisionListener = (change: DecisionLog | Error) => void;

/** Pause before the subscription is taken up again after the store failed, in milliseconds. */
const RETRY = 500;

export function createDecisionFeed(ports: {
  readonly store: EventStore;
  readonly subscription: DecisionSubscription;
  readonly logs: DecisionLogs;
  readonly clock: Clock;
  readonly log: Log;
  /** Aborts when the server is shutting down. */
  readonly draining: AbortSignal;
}): DecisionFeed {
  const { store, subscription, logs, clock, log, draining } = ports;
  const listeners = new Map<DecisionId, Set<DecisionListener>>();

  return {
    listen,
    async outcome(decisionId, wait, signal) {
      const ended = new AbortController();
      const stop = listen(decisionId, (change) => {
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
    async run(signal) {
      let position: Position | undefined;
      let started = false;
      while (!signal.aborted) {
        try {
          if (!started) {
            position = await store.head({ signal });
            // Whoever listens already may have looked before that head and would never be told what came in between.
            for (const decisionId of listeners.keys()) await tell(decisionId);
            started = true;
          }
          for await (const message of subscription.follow(position, signal)) {
            if (message.kind !== "event") continue;
            await tell(decisionOf(message.event.stream));
            position = message.event.position;
          }
        } catch (error) {
          if (signal.aborted) return;
          if (!(error instanceof StoreUnavailable))
            log.error({ error }, "the subscription to the store failed: taking it up again");
        }
        await clock.sleep(RETRY, signal);
      }
    },
  };

  function listen(decisionId: DecisionId, listener: DecisionListener): () => void {
    const own: DecisionListener = (change) => listener(change);
    const all = listeners.get(decisionId) ?? new Set();
    listeners.set(decisionId, all.add(own));
    return () => {
      all.delete(own);
      if (all.size === 0 && listeners.get(decisionId) === all) listeners.delete(decisionId);
    };
  }

  async function tell(decisionId: DecisionId): Promise<void> {
    const interested = listeners.get(decisionId);
    if (interested === undefined) return;
    let change: DecisionLog | Error | undefined;
    try {
      change = await logs.load(decisionId);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      change = error;
    }
    // A listener may wait for a decision that is yet to come.
    if (change === undefined) return;
    for (const listener of interested) listener(change);
  }
}

/** Whether an execution has ended, or there will be none. */
function hasOutcome({ phase }: Decision): boolean {
  return isTerminal(phase) || phase.kind === "unknown";
}
