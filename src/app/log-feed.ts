import type { Clock } from "./clock.ts";
import type { DecisionLog } from "./decision-logs.ts";
import type { DecisionSubscription } from "./decision-subscription.ts";
import { type EventStore, type Position, type StoredEvent, StoreUnavailable } from "./event-store.ts";
import type { Log } from "./log.ts";
import { Refused } from "./refused.ts";

/** Tells this server's watchers what is appended to logs of one kind, by this server or another. */
export interface LogFeed<Id, Kept = DecisionLog> {
  /** Tells of every later change of a log, as it is then; a change may stand for several events. Until the returned function is called. */
  listen(id: Id, listener: LogListener<Kept>): () => void;

  /** Feeds the listeners until the signal; never throws. */
  run(signal: AbortSignal): Promise<void>;
}

/** Told the log, or why it cannot be read. */
export type LogListener<Kept = DecisionLog> = (change: Kept | Error) => void;

/** Pause before the subscription is taken up again after the store failed, in milliseconds. */
const RETRY = 500;

export function createLogFeed<Id, Kept = DecisionLog>(ports: {
  readonly store: EventStore;
  readonly subscription: Pick<DecisionSubscription, "follow">;
  readonly logs: { load(id: Id): Promise<Kept | undefined> };
  /** The log that an event changes; undefined if readers see nothing of it. */
  readonly changedBy: (event: StoredEvent) => Id | undefined;
  readonly clock: Clock;
  readonly log: Log;
}): LogFeed<Id, Kept> {
  const { store, subscription, logs, changedBy, clock, log } = ports;
  const listeners = new Map<Id, Set<LogListener<Kept>>>();

  return {
    listen(id, listener) {
      const own: LogListener<Kept> = (change) => listener(change);
      const all = listeners.get(id) ?? new Set();
      listeners.set(id, all.add(own));
      return () => {
        all.delete(own);
        if (all.size === 0 && listeners.get(id) === all) listeners.delete(id);
      };
    },
    async run(signal) {
      let position: Position | undefined;
      let started = false;
      while (!signal.aborted) {
        try {
          if (!started) {
            position = await store.head({ signal });
            // Whoever listens already may have looked before that head and would never be told what came in between.
            for (const id of listeners.keys()) await tell(id);
            started = true;
          }
          for await (const message of subscription.follow(position, signal)) {
            if (message.kind !== "event") continue;
            const changed = changedBy(message.event);
            if (changed !== undefined) await tell(changed);
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

  async function tell(id: Id): Promise<void> {
    const interested = listeners.get(id);
    if (interested === undefined) return;
    let change: Kept | Error | undefined;
    try {
      change = await logs.load(id);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      change = error;
    }
    // A listener may wait for a log that is yet to come.
    if (change === undefined) return;
    for (const listener of interested) listener(change);
  }
}
