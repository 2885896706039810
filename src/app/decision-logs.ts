import { LRUCache } from "lru-cache";
import type { RecordedEvent } from "../domain/event.ts";
import { evolve } from "../domain/evolve.ts";
import type { DecisionId } from "../domain/ids.ts";
import type { Decision } from "../domain/state.ts";
import { BrokenLog, type SealedEvent } from "../evidence/chain.ts";
import { type EventStore, type StoredEvent, StreamCorrupt } from "./event-store.ts";
import { Refused } from "./refused.ts";
import { takeUpStored } from "./take-up-stored.ts";

/** A decision and the events it follows from. */
export interface DecisionLog {
  readonly decision: Decision;
  /** All of them, in order. */
  readonly events: readonly RecordedEvent[];
}

/** The logs of decisions, read from the store and verified. */
export interface DecisionLogs {
  /**
   * The log as it is in the store now, or undefined if there is no such decision.
   *
   * @throws {Refused} STORED_LOG_CORRUPT if what is stored does not replay.
   */
  load(decisionId: DecisionId, signal?: AbortSignal): Promise<DecisionLog | undefined>;

  /** Takes up an event that came from the store by itself, if it is the next one of a log that is known up to there. What does not fit is left to load. */
  follow(stored: StoredEvent): void;

  /** The log as far as it is known without asking the store, if it holds the event of a revision. */
  known(decisionId: DecisionId, revision: number): DecisionLog | undefined;

  /** Takes up events that have just been appended, so that they need not be read back. */
  extend(log: DecisionLog | undefined, appended: readonly SealedEvent[]): DecisionLog;
}

/** How much of the stored text the cache may stand for. */
const CACHE_BYTES = 64 * 1024 * 1024;

const PREFIX = "decision-";

/** The stream of a decision. */
export function streamOf(decisionId: DecisionId): string {
  return PREFIX + decisionId;
}

/** The prefix of all streams of decisions, and the decision of a stream. */
export const DECISION_STREAMS = PREFIX;
export function decisionOf(stream: string): DecisionId {
  return stream.slice(PREFIX.length) as DecisionId;
}

interface CachedLog extends DecisionLog {
  readonly bytes: number;
}

/**
 * Logs over a store. What was verified once is kept, bounded, and continued from the store at every load: an event that another server has appended is
 * never missed.
 */
export function createDecisionLogs(store: EventStore): DecisionLogs {
  const cache = new LRUCache<DecisionId, CachedLog>({ maxSize: CACHE_BYTES, sizeCalculation: (log) => log.bytes + 1 });

  return {
    async load(decisionId, signal) {
      const known = cache.get(decisionId);
      let decision = known?.decision;
      let bytes = known?.bytes ?? 0;
      const fresh: RecordedEvent[] = [];
      try {
        for await (const stored of store.read(streamOf(decisionId), { from: known?.events.length ?? 0, signal })) {
          const taken = takeUpStored(decisionId, decision, stored);
          decision = taken.decision;
          fresh.push(taken.recorded);
          bytes += stored.data.length;
        }
      } catch (cause) {
        if (!(cause instanceof BrokenLog || cause instanceof StreamCorrupt)) throw cause;
        cache.delete(decisionId);
        throw corrupt(decisionId, cause);
      }
      if (decision === undefined) return undefined;
      if (known !== undefined && fresh.length === 0) return known;
      return keep({ decision, events: [...(known?.events ?? []), ...fresh], bytes });
    },

    follow(stored) {
      const decisionId = decisionOf(stored.stream);
      const known = cache.get(decisionId);
      const events = known?.events ?? [];
      // What stands beside an event that nothing of ours has written may have been left out on the way.
      if (stored.revision !== events.length || stored.metadata === undefined) return;
      try {
        const { decision, recorded } = takeUpStored(decisionId, known?.decision, stored);
        keep({ decision, events: [...events, recorded], bytes: (known?.bytes ?? 0) + stored.data.length });
      } catch (error) {
        if (!(error instanceof BrokenLog)) throw error;
      }
    },

    known(decisionId, revision) {
      const known = cache.get(decisionId);
      return known !== undefined && known.events.length > revision ? known : undefined;
    },

    extend(log, appended) {
      let decision = log?.decision;
      let bytes = log === undefined ? 0 : (cache.peek(log.decision.decisionId)?.bytes ?? 0);
      for (const sealed of appended) {
        decision = evolve(decision, sealed);
        bytes += sealed.text.length;
      }
      if (decision === undefined) throw new TypeError("nothing was appended");
      const events = appended.map(({ event, digest }) => ({ event, digest }));
      return keep({ decision, events: [...(log?.events ?? []), ...events], bytes });
    },
  };

  /** A log only grows: who read it earlier and is done later must not take the place of a longer one. */
  function keep(log: CachedLog): DecisionLog {
    const other = cache.peek(log.decision.decisionId);
    if (other !== undefined && other.events.length > log.events.length) return log;
    cache.set(log.decision.decisionId, log);
    return log;
  }
}

function corrupt(decisionId: DecisionId, cause: Error): Refused {
  const message = `The stored log of decision ${decisionId} does not replay: ${cause.message}. It answers nothing until it has been restored.`;
  return new Refused("STORED_LOG_CORRUPT", message, { cause });
}
