import type { Clock } from "./clock.ts";
import { DECISION_STREAMS } from "./decision-logs.ts";
import {
  type EventStore,
  type FollowMessage,
  type Position,
  type StoredEvent,
  StoreUnavailable,
} from "./event-store.ts";
import type { Log } from "./log.ts";

/** This server's one subscription to all decisions, shared by whoever follows them. */
export interface DecisionSubscription {
  /**
   * What {@link EventStore.follow} gives for all decisions: what was committed lately comes from memory, what is older from the store. At the live end a store
   * that fails does not end it: it goes on when the store does.
   *
   * @throws {StoreUnavailable} if the store fails before that.
   * @throws {UnknownPosition} as the store does.
   */
  follow(after: Position | undefined, signal: AbortSignal): AsyncIterable<FollowMessage>;

  /** Keeps it up until the signal; never throws. */
  run(signal: AbortSignal): Promise<void>;
}

/** How much is kept in memory at most: so many events, and so many characters of them. */
const MAX_EVENTS = 4_096;
const MAX_CHARACTERS = 8 * 1024 * 1024;

/** Pause before the subscription is taken up again after the store failed, in milliseconds. */
const RETRY = 500;

export function createDecisionSubscription(ports: {
  readonly store: EventStore;
  readonly clock: Clock;
  readonly log: Log;
  /** What the streams that are followed begin with; default: those of decisions. */
  readonly prefix?: string;
}): DecisionSubscription {
  const { store, clock, log, prefix = DECISION_STREAMS } = ports;
  const waiting = new Set<() => void>();
  /** Every event later than `start` and not later than `end`, in commit order. */
  const recent: StoredEvent[] = [];
  let start: Position | undefined;
  let end: Position | undefined;
  let isLive = false;
  let characters = 0;
  /** Changes with every mark that all that was committed has been delivered; undefined when there is more. */
  let mark: object | undefined;
  /** Changes with every interruption; undefined when something has arrived since. */
  let interruption: object | undefined;

  return {
    async run(signal) {
      while (!signal.aborted) {
        try {
          if (!isLive) start = end = await store.head({ signal });
          isLive = true;
          wakeAll();
          for await (const message of store.follow(prefix, end, { signal })) take(message);
        } catch (error) {
          if (signal.aborted) return;
          if (!(error instanceof StoreUnavailable))
            log.error({ error }, "the subscription to the store failed: taking it up again");
        }
        await clock.sleep(RETRY, signal);
      }
    },
    async *follow(after, signal) {
      let position = after;
      let told: object | undefined;
      let toldOf: object | undefined;
      while (!signal.aborted) {
        if (!isLive) await nextMessage(signal);
        else if (!isInMemory(position)) {
          for await (const message of store.follow(prefix, position, { signal })) {
            position = placeOf(message) ?? position;
            yield message;
            if (isInMemory(position)) break;
          }
        } else {
          const event = recent[indexAfter(position)];
          if (event !== undefined) {
            position = event.position;
            yield { kind: "event", event };
          } else if (mark !== told && mark !== undefined) {
            told = mark;
            position = end;
            yield { kind: "caught_up", position };
          } else if (interruption !== toldOf && interruption !== undefined) {
            toldOf = interruption;
            yield { kind: "interrupted" };
          } else await nextMessage(signal);
        }
      }
    },
  };

  function take(message: FollowMessage): void {
    interruption = undefined;
    if (message.kind === "interrupted") {
      mark = undefined;
      interruption = {};
    } else if (message.kind === "event") {
      mark = undefined;
      end = message.event.position;
      recent.push(message.event);
      characters += lengthOf(message.event);
      if (recent.length > MAX_EVENTS || characters > MAX_CHARACTERS) dropOlderHalf();
    } else {
      mark = {};
      end = message.position ?? end;
    }
    wakeAll();
  }

  function wakeAll(): void {
    for (const wake of waiting) wake();
  }

  /** Half at a time, so that keeping the limit costs next to nothing. Whoever has not read it yet finds it in the store. */
  function dropOlderHalf(): void {
    const dropped = recent.splice(0, Math.ceil(recent.length / 2));
    start = dropped.at(-1)?.position ?? start;
    characters = recent.reduce((sum, event) => sum + lengthOf(event), 0);
  }

  function isInMemory(position: Position | undefined): boolean {
    return !isLater(start, position) && !isLater(position, end);
  }

  /** Where in memory the first event after a position is; undefined stands for the beginning. */
  function indexAfter(position: Position | undefined): number {
    let [low, high] = [0, recent.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isLater(recent[middle]?.position, position)) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  function isLater(position: Position | undefined, other: Position | undefined): boolean {
    return position !== undefined && (other === undefined || store.isLater(position, other));
  }

  /** Resolves with the next message, or when the signal aborts. */
  function nextMessage(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        waiting.delete(wake);
        signal.removeEventListener("abort", wake);
        resolve();
      };
      waiting.add(wake);
      signal.addEventListener("abort", wake);
      if (signal.aborted) wake();
    });
  }
}

function lengthOf({ data, metadata = "" }: StoredEvent): number {
  return data.length + metadata.length;
}

/** Where in the order of commits a message leaves its reader. */
function placeOf(message: FollowMessage): Position | undefined {
  switch (message.kind) {
    case "event":
      return message.event.position;
    case "caught_up":
      return message.position;
    case "interrupted":
      return undefined;
  }
}
