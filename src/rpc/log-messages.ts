import { create, toBinary } from "@bufbuild/protobuf";
import { type DecisionSummary, DecisionSummarySchema } from "../../gen/ts/nexus/attest/v1/decision_pb.ts";
import { LifecycleCause } from "../../gen/ts/nexus/attest/v1/decision_service_pb.ts";
import { RecordedEventSchema, type RecordedEvent as WireRecordedEvent } from "../../gen/ts/nexus/attest/v1/event_pb.ts";
import type { IndexRow } from "../app/decision-index.ts";
import type { DecisionLog } from "../app/decision-logs.ts";
import { Refused } from "../app/refused.ts";
import type { WatchMessage } from "../app/watch-log.ts";
import { toWireActor } from "../codec/actor.ts";
import { toWireRecordedEvent } from "../codec/decision.ts";
import { DECISION_STATES, MODES } from "../codec/enums.ts";
import { toWireLifecycle, toWireProgress, toWireReview, toWireTimelineEntry } from "../codec/lifecycle.ts";
import { toWireLabels } from "../codec/request.ts";
import { toTimestamp } from "../codec/timestamp.ts";
import type { RecordedEvent } from "../domain/event.ts";

const DEFAULT_EVENTS_PAGE = 100;

/** A page of events ends before it exceeds so many bytes. */
const MAX_EVENTS_PAGE_BYTES = 2 * 1024 * 1024;

/** Logs for the wire, whoever's they are. */
export function createLogMessages() {
  /** The wire form of events that many watchers are sent. */
  const wireEvents = new WeakMap<RecordedEvent, WireRecordedEvent>();

  return { event: wireEvent, page, watched };

  function wireEvent(recorded: RecordedEvent): WireRecordedEvent {
    const known = wireEvents.get(recorded) ?? toWireRecordedEvent(recorded);
    wireEvents.set(recorded, known);
    return known;
  }

  function page(log: DecisionLog, request: EventsPage) {
    return pageOf(log.events, request, wireEvent, (wire) => toBinary(RecordedEventSchema, wire).length);
  }

  /** What a watcher is told; a run's progress is none of a log's. */
  function watched(message: Exclude<WatchMessage, { readonly kind: "progress" }>) {
    switch (message.kind) {
      case "event":
        return { case: "event", value: wireEvent(message.recorded) } as const;
      case "lifecycle": {
        const { lifecycle, cause, newEntries } = message.update;
        const value = {
          lifecycle: toWireLifecycle(lifecycle),
          cause: LifecycleCause[cause],
          newEntries: newEntries.map(toWireTimelineEntry),
        };
        return { case: "lifecycle", value } as const;
      }
      case "caught_up":
        return { case: "caughtUp", value: { headSeq: message.headSeq } } as const;
      case "heartbeat":
        return { case: "heartbeat", value: { time: toTimestamp(message.time) } } as const;
    }
  }
}

/** Which page of a log is asked for. */
export interface EventsPage {
  readonly fromSeq: number;
  readonly pageSize: number;
  readonly pageToken: string;
}

/** A page of a log's events, bounded by number and by bytes. */
export function pageOf<Recorded, Wire>(
  log: readonly Recorded[],
  { fromSeq, pageSize, pageToken }: EventsPage,
  toWire: (recorded: Recorded) => Wire,
  bytesOf: (wire: Wire) => number,
) {
  const from = pageToken === "" ? fromSeq : seqOf(pageToken);
  const size = pageSize === 0 ? DEFAULT_EVENTS_PAGE : pageSize;
  const events: Wire[] = [];
  let bytes = 0;
  for (const recorded of log.slice(from, from + size)) {
    const wire = toWire(recorded);
    bytes += bytesOf(wire);
    if (events.length > 0 && bytes > MAX_EVENTS_PAGE_BYTES) break;
    events.push(wire);
  }
  const next = from + events.length;
  return { events, nextPageToken: next < log.length ? `${next}` : "" };
}

/** A decision in a list. */
export function summaryOf(row: IndexRow): DecisionSummary {
  return create(DecisionSummarySchema, {
    decisionId: row.decisionId,
    requester: toWireActor(row.requester),
    goal: row.goal,
    mode: MODES[row.mode],
    adapterId: row.adapterId,
    labels: toWireLabels(row.labels),
    state: DECISION_STATES[row.state],
    progress: toWireProgress(row.progress),
    createdAt: toTimestamp(row.createdAt),
    updatedAt: toTimestamp(row.updatedAt),
    headSeq: row.headSeq,
    ...(row.review === undefined ? {} : { review: toWireReview(row.review) }),
  });
}

function seqOf(pageToken: string): number {
  if (!/^[0-9]{1,6}$/.test(pageToken))
    throw new Refused("INVALID_PAGE_TOKEN", "page_token: pass the next_page_token of the page before.");
  return Number(pageToken);
}
