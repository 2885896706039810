import type { RecordedEvent } from "../domain/event.ts";
import { evolve } from "../domain/evolve.ts";
import type { Instant } from "../domain/ids.ts";
import type { KeyView } from "../domain/key-view.ts";
import type { Lifecycle } from "../domain/lifecycle.ts";
import type { Decision } from "../domain/state.ts";
import { timelineOf } from "../domain/timeline.ts";
import type { TimelineEntry } from "../domain/timeline-entry.ts";
import type { Circumstances, FindCircumstances } from "./circumstances.ts";
import type { Clock } from "./clock.ts";
import type { DecisionLog } from "./decision-logs.ts";
import { Refused } from "./refused.ts";

/** A decision at a point of its history, judged by a clock. */
export interface DecisionView {
  readonly decision: Decision;
  readonly lifecycle: Lifecycle;
  /** What it was judged by. */
  readonly keys: KeyView;
  /** All entries, oldest first. */
  readonly timeline: readonly TimelineEntry[];
}

/** A point of a log, and the clock to judge it by. */
export interface ViewedAt {
  readonly asOf: { readonly seq: number } | { readonly time: Instant } | undefined;
  /** Undefined: the time of asOf, or now. */
  readonly evaluateAt: Instant | undefined;
}

/**
 * Logs at any point of their past, judged by any clock.
 *
 * @throws {Refused} SEQ_OUT_OF_RANGE, and what the ports say of a log that is not there, or was not yet.
 */
export function createViewOfLog<Id, Log extends DecisionLog = DecisionLog>(ports: {
  readonly logs: { load(id: Id, signal?: AbortSignal): Promise<Log | undefined> };
  readonly findCircumstances: FindCircumstances;
  readonly judge: (decision: Decision, now: Instant, circumstances: Circumstances) => Lifecycle;
  readonly clock: Clock;
  readonly absent: (id: Id) => Refused;
  readonly notYet: () => Refused;
}): (id: Id, at: ViewedAt, signal?: AbortSignal) => Promise<{ readonly log: Log; readonly view: DecisionView }> {
  const { logs, findCircumstances, judge, clock, absent, notYet } = ports;
  return async (id, { asOf, evaluateAt }, signal) => {
    const log = await logs.load(id, signal);
    if (log === undefined) throw absent(id);
    const events = asOf === undefined ? log.events : past(log.events, asOf, notYet);
    const decision = asOf === undefined ? log.decision : replay(events);
    const byTime = asOf !== undefined && "time" in asOf ? asOf.time : undefined;
    const circumstances = await findCircumstances(decision, signal);
    const { keys, notBefore } = circumstances;
    const now = evaluateAt ?? byTime ?? Math.max(clock.now(), decision.head.occurredAt, notBefore);
    const judged = judge(decision, now, circumstances);
    return { log, view: { decision, lifecycle: judged, keys, timeline: timelineOf(events, now, keys) } };
  };
}

function past(
  events: readonly RecordedEvent[],
  asOf: NonNullable<ViewedAt["asOf"]>,
  notYet: () => Refused,
): readonly RecordedEvent[] {
  if ("seq" in asOf) {
    if (asOf.seq < events.length) return events.slice(0, asOf.seq + 1);
    throw new Refused("SEQ_OUT_OF_RANGE", `as_of_seq ${asOf.seq}: the decision's last event is ${events.length - 1}.`, {
      facts: { head_seq: `${events.length - 1}` },
    });
  }
  const until = events.filter(({ event }) => event.occurredAt <= asOf.time);
  if (until.length > 0) return until;
  throw notYet();
}

function replay(events: readonly RecordedEvent[]): Decision {
  const decision = events.reduce<Decision | undefined>(evolve, undefined);
  if (decision === undefined) throw new TypeError("a log has at least one event");
  return decision;
}
