import type { DecisionId, Digest, Instant } from "../domain/ids.ts";
import type { ApproverKeys } from "./approver-keys.ts";
import type { Clock } from "./clock.ts";
import type { DecisionIndex, IndexKey, IndexRow } from "./decision-index.ts";
import { type DecisionLog, type DecisionLogs, decisionOf } from "./decision-logs.ts";
import type { DecisionSubscription } from "./decision-subscription.ts";
import { type Position, StoreUnavailable, UnknownPosition } from "./event-store.ts";
import { createIndexLag, type Lag } from "./index-lag.ts";
import { indexRow } from "./index-row.ts";
import type { Log } from "./log.ts";
import { createOneAtATime } from "./one-at-a-time.ts";
import { Refused } from "./refused.ts";
import { createWake } from "./wake.ts";

/** Feeds the index: from the store, from the clock, and from the registry of approvers' keys. */
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

  /** How far the index is behind the store. */
  lag(): Lag;

  /** Rings after every change of the index, until the returned function is called. */
  listen(ring: () => void): () => void;
}

/** How long a reader waits for the index, in milliseconds. */
export const WAIT_FOR_INDEX = 5_000;

/** Decisions that are written in one transaction. */
const BATCH = 256;

/** Logs that are read at the same time for that. */
const LOADS_AT_ONCE = 16;

/** How long after a clock was moved a change by time is noticed at the latest, in milliseconds. */
const LONGEST_NAP = 15_000;

/** Pause before the subscription is taken up again, in milliseconds. */
const RETRY = 500;

const EVERYTHING = {
  labels: [],
  requesterId: undefined,
  adapterId: undefined,
  mode: undefined,
  createdFrom: undefined,
  createdUntil: undefined,
} as const;

export function createIndexer(ports: {
  readonly subscription: Pick<DecisionSubscription, "follow">;
  readonly index: DecisionIndex;
  readonly logs: DecisionLogs;
  readonly approverKeys: ApproverKeys;
  readonly clock: Clock;
  readonly log: Log;
}): Indexer {
  const { subscription, index, logs, approverKeys, clock, log } = ports;
  const listeners = new Set<() => void>();
  const caughtUp = Promise.withResolvers<void>();
  const clockWake = createWake(clock);
  /** Rows are worked out and written by one of the two feeds at a time: an older row must not take a newer one's place. */
  const oneAtATime = createOneAtATime<"put">();
  const lag = createIndexLag(ports);

  return {
    caughtUp: caughtUp.promise,
    async run(signal) {
      await Promise.all([
        untilStopped(signal, () => followStore(signal)),
        untilStopped(signal, () => followClock(signal)),
        untilStopped(signal, () => followKeys(signal)),
        lag.watch(signal),
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
    lag: () => lag.now(),
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
        if (error instanceof UnknownPosition) {
          log.warn({ error }, "the index does not belong to these events: building it anew");
          index.clear();
        } else if (!(error instanceof StoreUnavailable))
          log.error({ error }, "feeding the index failed: taking it up again");
      }
      await clock.sleep(RETRY, signal);
    }
  }

  async function followStore(signal: AbortSignal): Promise<void> {
    /** Decisions, with the last revision that has come. */
    let changed = new Map<DecisionId, number>();
    let position: Position | undefined = index.position();
    for await (const message of subscription.follow(position, signal)) {
      if (message.kind === "event") {
        lag.came();
        const { stream, revision } = message.event;
        logs.follow(message.event);
        changed.set(decisionOf(stream), revision);
        position = message.event.position;
        if (changed.size < BATCH) continue;
      }
      const gathered = changed;
      changed = new Map();
      if (gathered.size > 0) await oneAtATime("put", () => put(gathered, position, "event"));
      if (message.kind === "interrupted") lag.interrupted();
      if (message.kind !== "caught_up") continue;
      lag.caughtUp();
      caughtUp.resolve();
    }
  }

  async function followClock(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const changed = await oneAtATime("put", async () => {
        const due = new Map(index.due(clock.now(), BATCH).map(({ decisionId, headSeq }) => [decisionId, headSeq]));
        if (due.size > 0) await put(due, undefined, "time");
        return due.size > 0;
      });
      if (changed) continue;
      const nap = (index.nextDue() ?? Number.POSITIVE_INFINITY) - clock.now();
      if (nap > 0) await clockWake.wait(Math.min(nap, LONGEST_NAP), signal);
    }
  }

  /** Judges anew the open decisions whose approvers lost keys: at the start of all there are, for nobody knows by which keys the index was fed last. */
  async function followKeys(signal: AbortSignal): Promise<void> {
    const wake = createWake(clock);
    const stop = approverKeys.listen(wake.ring);
    const done = new Set<Digest>();
    try {
      while (!signal.aborted) {
        const { registry } = await approverKeys.load(signal);
        const lost = [...registry.keys.values()].filter(({ keyId, revoked }) => revoked && !done.has(keyId));
        for (const approverId of new Set(lost.map(({ approver }) => approver.id))) await judgeAnew(approverId, signal);
        for (const { keyId } of lost) done.add(keyId);
        await wake.wait(LONGEST_NAP, signal);
      }
    } catch (error) {
      // A damaged registry is told by whoever reads it for a decision; here nothing follows from it.
      if (!(error instanceof Refused)) throw error;
      await wake.wait(LONGEST_NAP, signal);
    } finally {
      stop();
    }
  }

  async function judgeAnew(approverId: string, signal: AbortSignal): Promise<void> {
    const filter = { ...EVERYTHING, approverId, states: ["APPROVED", "PENDING_APPROVAL"] } as const;
    let after: IndexKey | undefined;
    do {
      const rows: readonly IndexRow[] = index.list({ filter, order: "oldest_first", after, limit: BATCH });
      const open = new Map(rows.map(({ decisionId, headSeq }) => [decisionId, headSeq]));
      if (open.size > 0) await oneAtATime("put", () => put(open, undefined, "key"));
      after = rows.length < BATCH ? undefined : rows.at(-1);
    } while (after !== undefined && !signal.aborted);
  }

  /** Judges decisions by the clock and writes their rows. A change by time, or by the loss of a key, gets the next numbers. */
  async function put(
    changed: ReadonlyMap<DecisionId, number>,
    position: Position | undefined,
    cause: "event" | "time" | "key",
  ): Promise<void> {
    const rows: IndexRow[] = [];
    let lastTimeChange = index.lastTimeChange();
    let newest: Instant | undefined;
    const loads = await loadAll(changed, cause);
    for (const [decisionId, revision] of changed) {
      const loaded = loads.get(decisionId);
      if (loaded instanceof Refused) log.error({ decision_id: decisionId, error: loaded }, "not indexed");
      if (loaded === undefined || loaded instanceof Refused) {
        rows.push(...resting(decisionId));
        continue;
      }
      newest = Math.max(newest ?? 0, loaded.events[revision]?.event.occurredAt ?? 0);
      const { keys, notBefore } = await approverKeys.viewOrUnknown(loaded.decision);
      const now = Math.max(clock.now(), loaded.decision.head.occurredAt, notBefore);
      const before = index.get(decisionId);
      const row = indexRow(loaded.decision, now, before?.timeChange ?? 0, keys);
      if (cause === "key" && before !== undefined && isSameStanding(before, row)) continue;
      rows.push(cause === "event" ? row : { ...row, timeChange: ++lastTimeChange });
    }
    if (rows.length === 0 && position === undefined) return;
    index.apply(rows, position);
    if (cause === "event") lag.indexed(newest);
    clockWake.ring();
    for (const ring of listeners) ring();
  }

  /**
   * After an event what is known by following will do; whatever else is read, several at a time: over a network most of the time is waiting. What is known is
   * looked up here and not when the event comes, or an older row could take a newer one's place.
   */
  async function loadAll(changed: ReadonlyMap<DecisionId, number>, cause: "event" | "time" | "key") {
    const loads = new Map<DecisionId, DecisionLog | Refused | undefined>();
    const left = changed.entries();
    const loader = async () => {
      for (const [id, revision] of left) {
        const known = cause === "event" ? logs.known(id, revision) : undefined;
        loads.set(id, known ?? (await logs.load(id).catch(refusalOrThrow)));
      }
    };
    await Promise.all(Array.from({ length: LOADS_AT_ONCE }, loader));
    return loads;
  }

  /** The row of a decision that cannot be judged, as it was: it must not come due for ever. */
  function resting(decisionId: DecisionId): readonly IndexRow[] {
    const row = index.get(decisionId);
    return row === undefined ? [] : [{ ...row, nextChangeAt: undefined }];
  }
}

function isSameStanding(a: IndexRow, b: IndexRow): boolean {
  return a.state === b.state && a.progress.approvalsValid === b.progress.approvalsValid;
}

function refusalOrThrow(error: unknown): Refused {
  if (error instanceof Refused) return error;
  throw error;
}
