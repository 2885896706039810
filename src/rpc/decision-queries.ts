import type { ServiceImpl } from "@connectrpc/connect";
import {
  DecisionChangeCause,
  type DecisionFilter,
  type DecisionService,
} from "../../gen/ts/nexus/attest/v1/decision_service_pb.ts";
import type { IndexFilter } from "../app/decision-index.ts";
import type { DecisionLogs } from "../app/decision-logs.ts";
import type { GetDecision } from "../app/get-decision.ts";
import type { ListDecisions } from "../app/list-decisions.ts";
import { noSuchDecision } from "../app/refused.ts";
import type { WatchDecision } from "../app/watch-decision.ts";
import type { WatchDecisions } from "../app/watch-decisions.ts";
import { DECISION_STATES, MODES, nameOf, REVIEW_STATUSES } from "../codec/enums.ts";
import { fromWireLabels } from "../codec/request.ts";
import { fromTimestamp, toTimestamp } from "../codec/timestamp.ts";
import type { DecisionId } from "../domain/ids.ts";
import { identityOf } from "./authentication.ts";
import { DEFAULT_TIMELINE, decisionMessage } from "./decision-message.ts";
import { createLogMessages, summaryOf } from "./log-messages.ts";
import { permissionsOf } from "./permissions.ts";
import { viewedAtOf } from "./viewed-at.ts";

const DEFAULT_PAGE = 50;

/** The RPCs that read. */
export function createDecisionQueries(app: {
  readonly getDecision: GetDecision;
  readonly listDecisions: ListDecisions;
  readonly logs: DecisionLogs;
  readonly watchDecision: WatchDecision;
  readonly watchDecisions: WatchDecisions;
}) {
  const messages = createLogMessages();

  return {
    async getDecision(request, context) {
      identityOf(context.values);
      const { timelineLimit } = request;
      const view = await app.getDecision(request.decisionId as DecisionId, viewedAtOf(request), context.signal);
      return { decision: decisionMessage(view, timelineLimit === 0 ? DEFAULT_TIMELINE : timelineLimit) };
    },

    async listDecisions(request, context) {
      identityOf(context.values);
      const { pageToken, consistencyToken } = request;
      const pageSize = request.pageSize === 0 ? DEFAULT_PAGE : request.pageSize;
      const sight = permissionsOf(context.values).sight();
      const query = { filter: filterOf(request.filter), sight, pageSize, pageToken, consistencyToken };
      const { rows, nextPageToken } = await app.listDecisions(query, context.signal);
      return { decisions: rows.map(summaryOf), nextPageToken };
    },

    async listDecisionEvents(request, context) {
      identityOf(context.values);
      const decisionId = request.decisionId as DecisionId;
      const log = await app.logs.load(decisionId, context.signal);
      if (log === undefined) throw noSuchDecision(decisionId);
      return messages.page(log, request);
    },

    async *watchDecision(request, context) {
      identityOf(context.values);
      const { decisionId, fromSeq } = request;
      for await (const message of app.watchDecision(decisionId as DecisionId, fromSeq, context.signal))
        yield message.kind === "progress"
          ? { kind: { case: "runProgress", value: message.progress } }
          : { kind: messages.watched(message) };
    },

    async *watchDecisions(request, context) {
      identityOf(context.values);
      const { sight } = permissionsOf(context.values);
      const changes = app.watchDecisions(filterOf(request.filter), request.cursor, sight, context.signal);
      for await (const message of changes) {
        switch (message.kind) {
          case "change": {
            const { row, cause, recorded, matches, cursor } = message.change;
            const event = recorded === undefined ? {} : { event: messages.event(recorded) };
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
}

function filterOf(filter: DecisionFilter | undefined): IndexFilter {
  return {
    states: filter?.states.map((state) => nameOf(DECISION_STATES, state, "filter.states")) ?? [],
    labels: filter === undefined ? [] : fromWireLabels(filter.labels),
    requesterId: filter?.requesterId || undefined,
    approverId: filter?.approverId || undefined,
    adapterId: filter?.adapterId || undefined,
    mode: filter?.mode ? nameOf(MODES, filter.mode, "filter.mode") : undefined,
    reviewStatuses:
      filter?.reviewStatuses.map((status) => nameOf(REVIEW_STATUSES, status, "filter.review_statuses")) ?? [],
    createdFrom: filter?.createdFrom && fromTimestamp(filter.createdFrom, "filter.created_from"),
    createdUntil: filter?.createdUntil && fromTimestamp(filter.createdUntil, "filter.created_until"),
  };
}
