import { create, toBinary } from "@bufbuild/protobuf";
import type { ServiceImpl } from "@connectrpc/connect";
import { type DecisionSummary, DecisionSummarySchema } from "../../gen/ts/nexus/attest/v1/decision_pb.ts";
import {
  DecisionChangeCause,
  type DecisionFilter,
  type DecisionService,
  LifecycleCause,
} from "../../gen/ts/nexus/attest/v1/decision_service_pb.ts";
import { RecordedEventSchema, type RecordedEvent as WireRecordedEvent } from "../../gen/ts/nexus/attest/v1/event_pb.ts";
import type { IndexFilter, IndexRow } from "../app/decision-index.ts";
import type { DecisionLogs } from "../app/decision-logs.ts";
import type { GetDecision } from "../app/get-decision.ts";
import type { ListDecisions } from "../app/list-decisions.ts";
import { noSuchDecision, Refused } from "../app/refused.ts";
import type { WatchDecision } from "../app/watch-decision.ts";
import type { WatchDecisions } from "../app/watch-decisions.ts";
import { toWireActor } from "../codec/actor.ts";
import { toWireRecordedEvent } from "../codec/decision.ts";
import { DECISION_STATES, MODES, nameOf } from "../codec/enums.ts";
import { toWireLifecycle, toWireProgress, toWireTimelineEntry } from "../codec/lifecycle.ts";
import { fromWireLabels, toWireLabels } from "../codec/request.ts";
import { fromTimestamp, toTimestamp } from "../codec/timestamp.ts";
import type { RecordedEvent } from "../domain/event.ts";
import type { DecisionId } from "../domain/ids.ts";
import { identityOf } from "./authentication.ts";
import { DEFAULT_TIMELINE, decisionMessage } from "./decision-message.ts";

const DEFAULT_PAGE = 50;
const DEFAULT_EVENTS_PAGE = 100;

/** A page of events ends before it exceeds so many bytes. */
const MAX_EVENTS_PAGE_BYTES = 2 * 1024 * 1024;

/** The RPCs that read. */
export function createDecisionQueries(app: {
  readonly getDecision: GetDecision;
  readonly listDecisions: ListDecisions;
  readonly logs: DecisionLogs;
  readonly watchDecision: WatchDecision;
  readonly watchDecisions: WatchDecisions;
}) {
  /** The wire form of events that many watchers are sent. */
  const wireEvents = new WeakMap<RecordedEvent, WireRecordedEvent>();

  return {
    async getDecision(request, context) {
      identityOf(context.values);
      const { asOf, evaluateAt, timelineLimit } = request;
      const at = {
        asOf:
          asOf.case === "asOfSeq"
            ? { seq: asOf.value }
            : asOf.case === "asOfTime"
              ? { time: fromTimestamp(asOf.value, "as_of_time") }
              : undefined,
        evaluateAt: evaluateAt && fromTimestamp(evaluateAt, "evaluate_at"),
      };
      const view = await app.getDecision(request.decisionId as DecisionId, at, context.signal);
      return { decision: decisionMessage(view, timelineLimit === 0 ? DEFAULT_TIMELINE : timelineLimit) };
    },

    async listDecisions(request, context) {
      identityOf(context.values);
      const { pageToken, consistencyToken } = request;
      const pageSize = request.pageSize === 0 ? DEFAULT_PAGE : request.pageSize;
      const query = { filter: filterOf(request.filter), pageSize, pageToken, consistencyToken };
      const { rows, nextPageToken } = await app.listDecisions(query, context.signal);
      return { decisions: rows.map(summaryOf), nextPageToken };
    },

    async listDecisionEvents(request, context) {
      identityOf(context.values);
      const decisionId = request.decisionId as DecisionId;
      const log = await app.logs.load(decisionId, context.signal);
      if (log === undefined) throw noSuchDecision(decisionId);
      const from = request.pageToken === "" ? request.fromSeq : seqOf(request.pageToken);
      const size = request.pageSize === 0 ? DEFAULT_EVENTS_PAGE : request.pageSize;
      const events: WireRecordedEvent[] = [];
      let bytes = 0;
      for (const recorded of log.events.slice(from, from + size)) {
        const wire = wireEvent(recorded);
        bytes += toBinary(RecordedEventSchema, wire).length;
        if (events.length > 0 && bytes > MAX_EVENTS_PAGE_BYTES) break;
        events.push(wire);
      }
      const next = from + events.length;
      return { events, nextPageToken: next < log.events.length ? `${next}` : "" };
    },

    async *watchDecision(request, context) {
      identityOf(context.values);
      const messages = app.watchDecision(request.decisionId as DecisionId, request.fromSeq, context.signal);
      for await (const message of messages) {
        switch (message.kind) {
          case "event":
            yield { kind: { case: "event", value: wireEvent(message.recorded) } };
            break;
          case "lifecycle": {
            const { lifecycle, cause, newEntries } = message.update;
            const value = {
              lifecycle: toWireLifecycle(lifecycle),
              cause: LifecycleCause[cause],
              newEntries: newEntries.map(toWireTimelineEntry),
            };
            yield { kind: { case: "lifecycle", value } };
            break;
          }
          case "caught_up":
            yield { kind: { case: "caughtUp", value: { headSeq: message.headSeq } } };
            break;
          case "progress":
            yield { kind: { case: "runProgress", value: message.progress } };
            break;
          case "heartbeat":
            yield { kind: { case: "heartbeat", value: { time: toTimestamp(message.time) } } };
        }
      }
    },

    async *watchDecisions(request, context) {
      identityOf(context.values);
      for await (const message of app.watchDecisions(filterOf(request.filter), request.cursor, context.signal)) {
        switch (message.kind) {
          case "change": {
            const { row, cause, recorded, matches, cursor } = message.change;
            const event = recorded === undefined ? {} : { event: wireEvent(recorded) };
            const value = { decision: summaryOf(row), cause: DecisionChangeCause[cause], matches, cursor, ...event };
            yield { kind: { case: "change", value } };
            break;
          }
          case "caught_up":
            yield { kind: { case: "caughtUp", value: { cursor: message.cursor } } };
            break;
          case "heartbeat":
            yield { kind: { case: "heartbeat", value: { time: toTimestamp(message.time) } } };
        }
      }
    },
  } satisfies Partial<ServiceImpl<typeof DecisionService>>;

  function wireEvent(recorded: RecordedEvent): WireRecordedEvent {
    const known = wireEvents.get(recorded) ?? toWireRecordedEvent(recorded);
    wireEvents.set(recorded, known);
    return known;
  }
}

function filterOf(filter: DecisionFilter | undefined): IndexFilter {
  return {
    states: filter?.states.map((state) => nameOf(DECISION_STATES, state, "filter.states")) ?? [],
    labels: filter === undefined ? [] : fromWireLabels(filter.labels),
    requesterId: filter?.requesterId || undefined,
    approverId: filter?.approverId || undefined,
    adapterId: filter?.adapterId || undefined,
    mode: filter?.mode ? nameOf(MODES, filter.mode, "filter.mode") : undefined,
    createdFrom: filter?.createdFrom && fromTimestamp(filter.createdFrom, "filter.created_from"),
    createdUntil: filter?.createdUntil && fromTimestamp(filter.createdUntil, "filter.created_until"),
  };
}

function summaryOf(row: IndexRow): DecisionSummary {
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
  });
}

function seqOf(pageToken: string): number {
  if (!/^[0-9]{1,6}$/.test(pageToken))
    throw new Refused("INVALID_PAGE_TOKEN", "page_token: pass the next_page_token of the page before.");
  return Number(pageToken);
}
