import type { DecisionId } from "../domain/ids.ts";
import type { Clock } from "./clock.ts";
import type { DecisionIndex } from "./decision-index.ts";
import { DECISION_STREAMS, type DecisionLogs, decisionOf } from "./decision-logs.ts";
import { type EventStore, type Position, StoreUnavailable } from "./event-store.ts";
import { indexRow } from "./index-row.ts";
import type { Log } from "./log.ts";
import { Refused } from "./refused.ts";
import { createWake } from "./wake.ts";

/** Feeds the index: from the store, and from the clock. */
export interface Indexer {
  /** Feeds it until the signal; never throws. */
  run(signal: AbortSignal): Promise<void>;

  /** Resolves once the index holds everything that was in the store when this server started. */
  readonly caughtUp: Promise<void>;

  /**
   * Waits until the index has seen an event, at most {@link WAIT_FOR_INDEX} milliseconds.
   *
   * @throws {StoreUnavailable} if it has not by then.
   */
  waitFor(decisionId: DecisionId, seq: number, signal?: AbortSignal): Promise<void>;

  /** Rings after every change of the index, until the returned function is called. */
  listen(ring: () => void): () => void;
}

/** How long a reader waits for the index, in milliseconds. */
export const WAIT_FOR_INDEX = 5_000;

/** Decisions that are written in one transaction. */
const BATCH = 256;

/** How long after a clock was moved a change by time is noticed at the latest, in milliseconds. */
const LONGEST_NAP = 15_000;

/** Pause before the subscription is taken up again, in milliseconds. */
const RETRY = 500;

export function createIndexer(ports: {
  readonly store: EventStore;
  readonly index: DecisionIndex;
  readonly logs: DecisionLogs;
  readonly clock: Clock;
  readonly log: Log;
}): Indexer {
  const { store, index, logs, clock, log } = ports;
  const listeners = new Set<() => void>();
  const caughtUp = Promise.withResolvers<void>();
  const clockWake = createWake(clock);

  return {
    caughtUp: caughtUp.promise,
    async run(signal) {
      await Promise.all([
        untilStopped(signal, () => followStore(signal)),
        untilStopped(signal, () => followClock(signal)),
      ]);
    },
    async waitFor(decisionId, seq, signal) {
      const deadline = AbortSignal.timeout(WAIT_FOR_INDEX);
      const either = signal === undefined ? deadline : AbortSignal.any([signal, deadline]);
      const wake = createWake(clock);
      const stop = listen(wake.ring);
      try {
        while ((index.get(decisionId)?.headSeq ?? -1) < seq) {
          signal?.throwIfAborted();
          if (deadline.aborted)
            throw new StoreUnavailable("the index of decisions has not caught up with this write yet");
          await wake.wait(WAIT_FOR_INDEX, either);
        }
      } finally {
        stop();
      }
    },
    listen,
  };

  function listen(ring: () => void): () => void {
    const own = () => ring();
    listeners.add(own);
    return () => void listeners.delete(own);
  }

  async function untilStopped(signal: AbortSignal, feed: () => Promise<void>): Promise<void> {
    while (!signal.aborted) {
      try {
        await feed();
      } catch (error) {
        if (signal.aborted) return;
        if (!(error instanceof StoreUnavailable)) log.error({ error }, "feeding the index failed: taking it up again");
      }
      await clock.sleep(RETRY, signal);
    }
  }

  async function followStore(signal: AbortSignal): Promise<void> {
    let changed = new Set<DecisionId>();
    let position: Position | undefined = index.position();
    for await (const message of store.follow(DECISION_STREAMS, position, { signal })) {
      if (message.kind === "event") {
        changed.add(decisionOf(message.event.stream));
        position = message.event.position;
        if (changed.size < BATCH) continue;
      }
      if (changed.size > 0) await put(changed, position, 0);
      changed = new Set();
      if (message.kind === "caught_up") caughtUp.resolve();
    }
  }

  async function followClock(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const due = index.due(clock.now(), BATCH);
      if (due.length > 0) {
        const changed = new Set(due.map((row) => row.decisionId));
        await put(changed, undefined, index.lastTimeChange() + 1);
        continue;
      }
      const next = index.nextDue();
      const nap = next === undefined ? LONGEST_NAP : next - clock.now();
      await clockWake.wait(Math.min(Math.max(nap, 1), LONGEST_NAP), signal);
    }
  }

  /** Judges decisions by the clock and writes their rows. A change by time gets the next numbers. */
  async function put(
    changed: ReadonlySet<DecisionId>,
    position: Position | undefined,
    timeChange: number,
  ): Promise<void> {
    const rows = [];
    let number = timeChange;
    for (const decisionId of changed) {
      try {
        const loaded = await logs.load(decisionId);
        if (loaded === undefined) continue;
        const now = Math.max(clock.now(), loaded.decision.head.occurredAt);
        const known = index.get(decisionId)?.timeChange ?? 0;
        rows.push(indexRow(loaded.decision, now, timeChange === 0 ? known : number++));
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        log.error({ decisionId, error }, "not indexed");
        // Its old row must not come due for ever.
        const old = index.get(decisionId);
        if (old !== undefined) rows.push({ ...old, nextChangeAt: undefined });
      }
    }
    index.apply(rows, position);
    clockWake.ring();
    for (const ring of listeners) ring();
  }
}
