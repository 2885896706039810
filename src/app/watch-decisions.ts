import type { RecordedEvent } from "../domain/event.ts";
import type { Instant } from "../domain/ids.ts";
import { type KeyView, keyLostAt } from "../domain/key-view.ts";
import type { Decision } from "../domain/state.ts";
import type { ApproverKeys } from "./approver-keys.ts";
import type { Clock } from "./clock.ts";
import { decisionAfter } from "./decision-after.ts";
import { type DecisionIndex, type IndexFilter, type IndexKey, type IndexRow, matches } from "./decision-index.ts";
import { DECISION_STREAMS, type DecisionLogs, decisionOf } from "./decision-logs.ts";
import type { DecisionSubscription } from "./decision-subscription.ts";
import { type FollowMessage, type Position, type StoredEvent, UnknownPosition } from "./event-store.ts";
import { indexRow } from "./index-row.ts";
import type { Log } from "./log.ts";
import type { Indexer } from "./log-indexer.ts";
import { Refused } from "./refused.ts";
import { type Sight, sees } from "./sight.ts";
import { createWake } from "./wake.ts";

export type DecisionsMessage =
  | { readonly kind: "change"; readonly change: DecisionChange }
  | { readonly kind: "caught_up"; readonly cursor: string }
  | { readonly kind: "heartbeat"; readonly time: Instant };

export interface DecisionChange {
  readonly row: IndexRow;
  readonly cause: "INITIAL" | "EVENT" | "TIME";
  /** With cause EVENT. */
  readonly recorded: RecordedEvent | undefined;
  /** False: it matched before and has left. */
  readonly matches: boolean;
  readonly cursor: string;
}

/**
 * Follows all decisions that match a filter: without a cursor first each as it stands, oldest first, then every event, in commit order, and every change of a
 * state by time alone. A slow reader holds one page.
 *
 * @throws {Refused} INVALID_CURSOR; SERVER_DRAINING when `draining` aborts.
 */
export type WatchDecisions = (
  filter: IndexFilter,
  cursor: string,
  /** What whoever watches may know of, asked anew for each message. */
  sight: () => Sight,
  signal: AbortSignal,
) => AsyncIterable<DecisionsMessage>;

const PAGE = 100;

export function createWatchDecisions(ports: {
  readonly subscription: DecisionSubscription;
  readonly index: DecisionIndex;
  readonly indexer: Indexer;
  readonly logs: DecisionLogs;
  readonly approverKeys: ApproverKeys;
  readonly clock: Clock;
  readonly log: Log;
  /** Time without a message after which one says that the connection is alive, in milliseconds. */
  readonly heartbeat: number;
  /** Aborts when the server is shutting down. */
  readonly draining: AbortSignal;
}): WatchDecisions {
  const { subscription, index, indexer, logs, approverKeys, clock, log, heartbeat, draining } = ports;

  return async function* watch(filter, cursor, sight, caller) {
    const ended = new AbortController();
    const signal = AbortSignal.any([caller, draining, ended.signal]);
    const place =
      cursor === "" ? { position: index.position(), timeChange: index.lastTimeChange() } : parseCursor(cursor);
    if (cursor === "") {
      for (const row of initialRows(filter, sight))
        yield { kind: "change", change: { row, cause: "INITIAL", recorded: undefined, matches: true, cursor: "" } };
      yield { kind: "caught_up", cursor: cursorAt(place.position, place.timeChange) };
    }
    // An index that was built anew counts from 1 again.
    let timeChange = Math.min(place.timeChange, index.lastTimeChange());
    let position = place.position;

    const wake = createWake(clock);
    const stop = indexer.listen(wake.ring);
    const events = subscription.follow(position, signal)[Symbol.asyncIterator]();
    let arrived: IteratorResult<FollowMessage> | Error | undefined;
    let spokenAt = performance.now();
    pull();
    try {
      for (;;) {
        caller.throwIfAborted();
        if (draining.aborted)
          throw new Refused("SERVER_DRAINING", "The server is shutting down: watch again from the last cursor.");
        if (arrived instanceof UnknownPosition) throw invalidCursor(arrived);
        if (arrived instanceof Error) throw arrived;
        if (arrived?.done === true) throw new Error("the subscription to the store ended by itself");
        if (arrived !== undefined) {
          const message = arrived.value;
          arrived = undefined;
          pull();
          if (message.kind !== "event") continue;
          position = message.event.position;
          const change = await changeByEvent(message.event, filter, cursorAt(position, timeChange));
          if (change === undefined || !sees(sight(), change.row)) continue;
          yield { kind: "change", change };
        } else {
          const [row] = index.timeChangedAfter(timeChange, 1);
          if (row !== undefined) {
            timeChange = row.timeChange;
            const change = await changeByTime(row, filter, cursorAt(position, timeChange));
            if (change === undefined || !sees(sight(), change.row)) continue;
            yield { kind: "change", change };
          } else {
            const silence = performance.now() - spokenAt;
            if (silence < heartbeat) {
              await wake.wait(Math.max(1, heartbeat - silence), signal);
              continue;
            }
            yield { kind: "heartbeat", time: clock.now() };
          }
        }
        spokenAt = performance.now();
      }
    } finally {
      stop();
      ended.abort();
      await events.return?.();
    }

    /** Asks for one more event; at most one is held here. */
    function pull(): void {
      events.next().then(
        (result) => {
          arrived = result;
          wake.ring();
        },
        (error: unknown) => {
          arrived = error instanceof Error ? error : new Error(String(error));
          wake.ring();
        },
      );
    }
  };

  function* initialRows(filter: IndexFilter, sight: () => Sight): Iterable<IndexRow> {
    let after: IndexKey | undefined;
    for (;;) {
      const rows: readonly IndexRow[] = index.list({
        filter,
        sight: sight(),
        order: "oldest_first",
        after,
        limit: PAGE,
      });
      yield* rows;
      after = rows.at(-1);
      if (rows.length < PAGE) return;
    }
  }

  async function changeByEvent(
    stored: StoredEvent,
    filter: IndexFilter,
    cursor: string,
  ): Promise<DecisionChange | undefined> {
    const seq = stored.revision;
    const loaded = await readable(stored.stream);
    const recorded = loaded?.events[seq];
    if (loaded === undefined || recorded === undefined) return undefined;
    const { keys, notBefore } = await approverKeys.viewOrUnknown(loaded.decision);
    const now = Math.max(clock.now(), loaded.decision.head.occurredAt, notBefore);
    const before = seq === 0 ? undefined : rowOf(decisionAfter(loaded, seq - 1), recorded.event.occurredAt - 1, keys);
    const row = rowOf(decisionAfter(loaded, seq), now, keys);
    const change = { row, cause: "EVENT", recorded, matches: matches(filter, row), cursor } as const;
    return change.matches || (before !== undefined && matches(filter, before)) ? change : undefined;
  }

  async function changeByTime(row: IndexRow, filter: IndexFilter, cursor: string): Promise<DecisionChange | undefined> {
    const change = { row, cause: "TIME", recorded: undefined, matches: matches(filter, row), cursor } as const;
    if (change.matches) return change;
    const loaded = await readable(row.decisionId);
    if (loaded === undefined) return undefined;
    const { keys, notBefore } = await approverKeys.viewOrUnknown(loaded.decision);
    const now = Math.max(clock.now(), notBefore);
    const ends = loaded.decision.approvals.flatMap((a) => [a.expiresAt, keyLostAt(a, keys)]);
    const last = Math.max(...ends.filter((end) => end !== undefined && end <= now).map(Number));
    return matches(filter, rowOf(loaded.decision, last - 1, keys)) ? change : undefined;
  }

  function rowOf(decision: Decision, now: Instant, keys: KeyView): IndexRow {
    return indexRow(decision, now, 0, keys);
  }

  /** A log that does not replay is reported to whoever asks for it, and left out here. */
  async function readable(streamOrId: string) {
    try {
      return await logs.load(
        streamOrId.startsWith(DECISION_STREAMS) ? decisionOf(streamOrId) : (streamOrId as IndexRow["decisionId"]),
      );
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      log.warn({ error }, "left out of a watch");
      return undefined;
    }
  }
}

/** A cursor names a place in the store and in the numbering of changes by time. */
function cursorAt(position: Position | undefined, timeChange: number): string {
  return `${timeChange}.${position ?? ""}`;
}

function parseCursor(cursor: string): { readonly position: Position | undefined; readonly timeChange: number } {
  const [, timeChange, position] = /^([0-9]{1,15})\.([A-Za-z0-9/_-]{0,64})$/.exec(cursor) ?? [];
  if (timeChange === undefined) throw invalidCursor();
  return { position: position === "" ? undefined : (position as Position), timeChange: Number(timeChange) };
}

function invalidCursor(cause?: UnknownPosition): Refused {
  return new Refused("INVALID_CURSOR", "cursor: pass the last one that this watch returned.", { cause });
}
