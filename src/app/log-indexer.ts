import type { DecisionId, Instant } from "../domain/ids.ts";
import { createBell } from "./bell.ts";
import type { Clock } from "./clock.ts";
import type { IndexedRow, LogIndex } from "./decision-index.ts";
import type { DecisionSubscription } from "./decision-subscription.ts";
import { type Position, type StoredEvent, StoreUnavailable, UnknownPosition } from "./event-store.ts";
import type { IndexLag, Lag } from "./index-lag.ts";
import type { Log } from "./log.ts";
import { createOneAtATime } from "./one-at-a-time.ts";
import { Refused } from "./refused.ts";
import { createWake } from "./wake.ts";

/** Feeds an index: from the store, from the clock, and where logs are judged by them from the registry of approvers' keys. */
export interface Indexer<Id = DecisionId> {
  /** Feeds it until the signal; never throws. */
  run(signal: AbortSignal): Promise<void>;

  /** Resolves once the index holds everything that was in the store when this server started. */
  readonly caughtUp: Promise<void>;

  /**
   * Waits until the index has seen an event, at most {@link WAIT_FOR_INDEX} milliseconds.
   *
   * @param isInSight whether whoever asks may know of it: if not, they wait as for what there is not.
   *
   * @throws {StoreUnavailable} if it has not by then.
   */
  waitFor(id: Id, seq: number, signal?: AbortSignal, isInSight?: (id: Id) => boolean): Promise<void>;

  /** How far the index is behind the store. */
  lag(): Lag;

  /** Rings after every change of the index, until the returned function is called. */
  listen(ring: () => void): () => void;
}

/** How long a reader waits for the index, in milliseconds. */
export const WAIT_FOR_INDEX = 5_000;

/** Logs that are written in one transaction. */
const BATCH = 256;

/** Logs that are read at the same time for that. */
const LOADS_AT_ONCE = 16;

/** How long after a clock was moved a change by time is noticed at the latest, in milliseconds. */
const LONGEST_NAP = 15_000;

/** How often the place in the store is kept though no log has changed, in milliseconds. */
const KEEP_PLACE_EVERY = 10_000;

/** Pause before the subscription is taken up again, in milliseconds. */
const RETRY = 500;

/** Feeds an index of logs of any kind. */
export function createLogIndexer<Id, Kept, Row extends IndexedRow>(ports: {
  readonly subscription: Pick<DecisionSubscription, "follow">;
  readonly index: LogIndex<Id, Row>;
  readonly logs: {
    load(id: Id): Promise<Kept | undefined>;
    /** Takes up what comes by following, where that spares a read. */
    follow?(event: StoredEvent): void;
    /** The log as of a revision, if that is known by following. */
    known?(id: Id, revision: number): Kept | undefined;
  };
  /** The log that an event changes; undefined if readers see nothing of it. */
  readonly changedBy: (event: StoredEvent) => Id | undefined;
  /** When the event of a revision occurred, by this server's clock or one of its peers. */
  readonly occurredAt: (log: Kept, revision: number) => Instant | undefined;
  /** The time that a log is judged by at the earliest. */
  readonly notBefore: (log: Kept) => Instant;
  /** The row of a log, by a clock. */
  readonly rowOf: (log: Kept, now: Instant, timeChange: number) => Row | Promise<Row>;
  /** Where the loss of a key changes rows. */
  readonly keyLosses?: {
    /** Whether it left a row as it was. */
    isSame(before: Row, after: Row): boolean;
    /** Has those judged anew that it may change, until the signal. */
    follow(judge: (open: ReadonlyMap<Id, number>) => Promise<void>, signal: AbortSignal): Promise<void>;
  };
  readonly idOf: (row: Row) => Id;
  /** How the server's log names it. */
  readonly named: (id: Id) => object;
  readonly lag: IndexLag;
  readonly clock: Clock;
  readonly log: Log;
}): Indexer<Id> {
  const {
    subscription,
    index,
    logs,
    changedBy,
    occurredAt,
    notBefore,
    rowOf,
    keyLosses,
    idOf,
    named,
    lag,
    clock,
    log,
  } = ports;
  const bell = createBell();
  const caughtUp = Promise.withResolvers<void>();
  const clockWake = createWake(clock);
  let placeKeptAt: Instant | undefined;
  /** Rows are worked out and written by one of the two feeds at a time: an older row must not take a newer one's place. */
  const oneAtATime = createOneAtATime<"put">();

  return {
    caughtUp: caughtUp.promise,
    async run(signal) {
      await Promise.all([
        untilStopped(signal, () => followStore(signal)),
        untilStopped(signal, () => followClock(signal)),
        ...(keyLosses === undefined ? [] : [untilStopped(signal, () => keyLosses.follow(judgeAnew, signal))]),
        lag.watch(signal),
      ]);
    },
    async waitFor(id, seq, signal, isInSight = () => true) {
      const deadline = AbortSignal.timeout(WAIT_FOR_INDEX);
      const either = signal === undefined ? deadline : AbortSignal.any([signal, deadline]);
      const wake = createWake(clock);
      const stop = bell.listen(wake.ring);
      try {
        while ((index.get(id)?.headSeq ?? -1) < seq || !isInSight(id)) {
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
    listen: bell.listen,
  };

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
    /** Logs, with the last revision that has come. */
    let changed = new Map<Id, number>();
    let position: Position | undefined = index.position();
    for await (const message of subscription.follow(position, signal)) {
      if (message.kind === "event") {
        lag.came();
        logs.follow?.(message.event);
        const id = changedBy(message.event);
        if (id !== undefined) changed.set(id, message.event.revision);
        position = message.event.position;
        if (changed.size < BATCH) continue;
      }
      const gathered = changed;
      changed = new Map();
      if (gathered.size > 0) await oneAtATime("put", () => put(gathered, position, "event"));
      if (message.kind === "interrupted") lag.interrupted();
      if (message.kind !== "caught_up") continue;
      if (gathered.size === 0) keepPlace(message.position);
      lag.caughtUp();
      caughtUp.resolve();
    }
  }

  /** Where all that comes is of other kinds, the place is kept all the same: the next start shall not read through all of it again. */
  function keepPlace(position: Position | undefined): void {
    if (position === undefined || position === index.position()) return;
    if (placeKeptAt !== undefined && clock.now() - placeKeptAt < KEEP_PLACE_EVERY) return;
    placeKeptAt = clock.now();
    index.apply([], position);
  }

  async function followClock(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const changed = await oneAtATime("put", async () => {
        const due = new Map(index.due(clock.now(), BATCH).map((row) => [idOf(row), row.headSeq]));
        if (due.size > 0) await put(due, undefined, "time");
        return due.size > 0;
      });
      if (changed) continue;
      const nap = (index.nextDue() ?? Number.POSITIVE_INFINITY) - clock.now();
      if (nap > 0) await clockWake.wait(Math.min(nap, LONGEST_NAP), signal);
    }
  }

  async function judgeAnew(open: ReadonlyMap<Id, number>): Promise<void> {
    await oneAtATime("put", () => put(open, undefined, "key"));
  }

  /** Judges logs by the clock and writes their rows. A change by time, or by the loss of a key, gets the next numbers. */
  async function put(
    changed: ReadonlyMap<Id, number>,
    position: Position | undefined,
    cause: "event" | "time" | "key",
  ): Promise<void> {
    const rows: Row[] = [];
    let lastTimeChange = index.lastTimeChange();
    let newest: Instant | undefined;
    const loads = await loadAll(changed, cause);
    for (const [id, revision] of changed) {
      const loaded = loads.get(id);
      if (loaded instanceof Refused) log.error({ ...named(id), error: loaded }, "not indexed");
      if (loaded === undefined || loaded instanceof Refused) {
        rows.push(...resting(id));
        continue;
      }
      newest = Math.max(newest ?? 0, occurredAt(loaded, revision) ?? 0);
      const now = Math.max(clock.now(), notBefore(loaded));
      const before = index.get(id);
      const timeChange = cause === "event" ? (before?.timeChange ?? 0) : lastTimeChange + 1;
      const row = await rowOf(loaded, now, timeChange);
      if (cause === "key" && before !== undefined && keyLosses?.isSame(before, row)) continue;
      rows.push(row);
      lastTimeChange = Math.max(lastTimeChange, timeChange);
    }
    if (rows.length === 0 && position === undefined) return;
    index.apply(rows, position);
    if (cause === "event") lag.indexed(newest);
    clockWake.ring();
    bell.ring();
  }

  /**
   * After an event what is known by following will do; whatever else is read, several at a time: over a network most of the time is waiting. What is known is
   * looked up here and not when the event comes, or an older row could take a newer one's place.
   */
  async function loadAll(changed: ReadonlyMap<Id, number>, cause: "event" | "time" | "key") {
    const loads = new Map<Id, Kept | Refused | undefined>();
    const left = changed.entries();
    const loader = async () => {
      for (const [id, revision] of left) {
        const known = cause === "event" ? logs.known?.(id, revision) : undefined;
        loads.set(id, known ?? (await logs.load(id).catch(refusalOrThrow)));
      }
    };
    await Promise.all(Array.from({ length: LOADS_AT_ONCE }, loader));
    return loads;
  }

  /** The row of a log that cannot be judged, as it was: it must not come due for ever. */
  function resting(id: Id): readonly Row[] {
    const row = index.get(id);
    return row === undefined ? [] : [{ ...row, nextChangeAt: undefined }];
  }
}

function refusalOrThrow(error: unknown): Refused {
  if (error instanceof Refused) return error;
  throw error;
}
