import type { RecordedEvent } from "../domain/event.ts";
import { evolve } from "../domain/evolve.ts";
import type { DecisionId, Instant } from "../domain/ids.ts";
import type { KeyView } from "../domain/key-view.ts";
import { type Lifecycle, lifecycle } from "../domain/lifecycle.ts";
import type { Decision } from "../domain/state.ts";
import { timelineOf } from "../domain/timeline.ts";
import type { TimelineEntry } from "../domain/timeline-entry.ts";
import type { AdapterViews } from "./adapter-view.ts";
import type { ApproverKeys } from "./approver-keys.ts";
import type { Clock } from "./clock.ts";
import type { DecisionLogs } from "./decision-logs.ts";
import { noSuchDecision, Refused } from "./refused.ts";

/** A decision at a point of its history, judged by a clock. */
export interface DecisionView {
  readonly decision: Decision;
  readonly lifecycle: Lifecycle;
  /** What it was judged by. */
  readonly keys: KeyView;
  /** All entries, oldest first. */
  readonly timeline: readonly TimelineEntry[];
}

/**
 * One decision, at any point of its past, judged by any clock.
 *
 * @throws {Refused} DECISION_NOT_FOUND, SEQ_OUT_OF_RANGE, STORED_LOG_CORRUPT.
 */
export type GetDecision = (
  decisionId: DecisionId,
  at: {
    readonly asOf: { readonly seq: number } | { readonly time: Instant } | undefined;
    /** Undefined: the time of asOf, or now. */
    readonly evaluateAt: Instant | undefined;
  },
  signal?: AbortSignal,
) => Promise<DecisionView>;

export function createGetDecision(ports: {
  readonly logs: DecisionLogs;
  readonly adapters: AdapterViews;
  readonly approverKeys: ApproverKeys;
  readonly clock: Clock;
}): GetDecision {
  const { logs, adapters, approverKeys, clock } = ports;
  return async (decisionId, { asOf, evaluateAt }, signal) => {
    const log = await logs.load(decisionId, signal);
    if (log === undefined) throw noSuchDecision(decisionId);
    const events = asOf === undefined ? log.events : past(log.events, asOf);
    const decision = asOf === undefined ? log.decision : replay(events);
    const byTime = asOf !== undefined && "time" in asOf ? asOf.time : undefined;
    const { keys, notBefore } = await approverKeys.viewFor(decision, signal);
    const now = evaluateAt ?? byTime ?? Math.max(clock.now(), decision.head.occurredAt, notBefore);
    const adapter = await adapters.recent(decision, signal);
    const judged = lifecycle(decision, now, adapter, keys);
    return { decision, lifecycle: judged, keys, timeline: timelineOf(events, now, keys) };
  };
}

function past(
  events: readonly RecordedEvent[],
  asOf: { readonly seq: number } | { readonly time: Instant },
): readonly RecordedEvent[] {
  if ("seq" in asOf) {
    if (asOf.seq < events.length) return events.slice(0, asOf.seq + 1);
    throw new Refused("SEQ_OUT_OF_RANGE", `as_of_seq ${asOf.seq}: the decision's last event is ${events.length - 1}.`, {
      facts: { head_seq: `${events.length - 1}` },
    });
  }
  const until = events.filter(({ event }) => event.occurredAt <= asOf.time);
  if (until.length > 0) return until;
  throw new Refused("DECISION_NOT_FOUND", "The decision did not exist at that time.");
}

function replay(events: readonly RecordedEvent[]): Decision {
  const decision = events.reduce<Decision | undefined>(evolve, undefined);
  if (decision === undefined) throw new TypeError("a log has at least one event");
  return decision;
}
