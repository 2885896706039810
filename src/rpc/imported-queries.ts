import { create } from "@bufbuild/protobuf";
import type { ServiceImpl } from "@connectrpc/connect";
import {
  type ImportedDecisionService,
  type ImportedDecisionSummary,
  ImportedDecisionSummarySchema,
  type ImportedSegment,
  ImportedSegmentSchema,
} from "../../gen/ts/nexus/attest/v1/imported_decision_service_pb.ts";
import type { ImportRow } from "../app/import-index.ts";
import type { ImportedLog } from "../app/import-reader.ts";
import type { ImportedDecisions } from "../app/imported-decisions.ts";
import type { ListImports } from "../app/list-imports.ts";
import { toWireActor } from "../codec/actor.ts";
import { IMPORTED_FORMATS } from "../codec/enums.ts";
import { fromWireLabels } from "../codec/request.ts";
import { toTimestamp } from "../codec/timestamp.ts";
import type { DecisionId, ImportId } from "../domain/ids.ts";
import { identityOf } from "./authentication.ts";
import { DEFAULT_TIMELINE, decisionMessage } from "./decision-message.ts";
import { foreignEventMessage, foreignLogMessage, foreignPage, foreignSummaryMessage } from "./foreign-messages.ts";
import { createLogMessages, summaryOf } from "./log-messages.ts";
import { viewedAtOf } from "./viewed-at.ts";

const DEFAULT_PAGE = 50;

/** The RPCs that read imports. */
export function createImportedQueries(app: {
  readonly imported: ImportedDecisions;
  readonly listImports: ListImports;
}) {
  const { imported, listImports } = app;
  const messages = createLogMessages();

  return {
    async listImportedDecisions(request, context) {
      identityOf(context.values);
      const { decisionId, labels, pageToken } = request;
      const filter = {
        decisionId: decisionId === "" ? undefined : (decisionId as DecisionId),
        labels: fromWireLabels(labels),
      };
      const pageSize = request.pageSize === 0 ? DEFAULT_PAGE : request.pageSize;
      const { rows, nextPageToken } = listImports({ filter, pageSize, pageToken });
      return { imports: rows.map(importSummaryOf), nextPageToken };
    },

    async getImportedDecision(request, context) {
      identityOf(context.values);
      const { importId, timelineLimit } = request;
      const { log, view } = await imported.get(importId as ImportId, viewedAtOf(request), context.signal);
      const segments = log.segments.map(toWireSegment);
      if (view === undefined) return { importedDecision: { importId, foreignLog: foreignLogMessage(log), segments } };
      const decision = decisionMessage(view, timelineLimit === 0 ? DEFAULT_TIMELINE : timelineLimit);
      return { importedDecision: { importId, decision, segments } };
    },

    async listImportedDecisionEvents(request, context) {
      identityOf(context.values);
      const log = await imported.load(request.importId as ImportId, context.signal);
      return log.kind === "own" ? messages.page(log, request) : foreignPage(log, request);
    },

    async *watchImportedDecision(request, context) {
      identityOf(context.values);
      const { importId, fromSeq } = request;
      for await (const message of imported.watch(importId as ImportId, fromSeq, context.signal))
        if (message.kind === "foreign_event")
          yield { kind: { case: "foreignEvent" as const, value: foreignEventMessage(message.recorded) } };
        else if (message.kind !== "progress") yield { kind: messages.watched(message) };
    },

    async exportImportedBundle(request, context) {
      identityOf(context.values);
      const { json, controlDigest } = await imported.exportBundle(request.importId as ImportId, context.signal);
      return { bundleJson: new TextEncoder().encode(json), controlDigest };
    },
  } satisfies Partial<ServiceImpl<typeof ImportedDecisionService>>;
}

function importSummaryOf(row: ImportRow): ImportedDecisionSummary {
  const { importId, decision, foreign, importedBy, importedAt, source } = row;
  return create(ImportedDecisionSummarySchema, {
    importId,
    ...(decision === undefined ? {} : { decision: summaryOf(decision) }),
    ...(foreign === undefined ? {} : { foreignLog: foreignSummaryMessage(foreign) }),
    importedBy: toWireActor(importedBy),
    importedAt: toTimestamp(importedAt),
    source,
  });
}

function toWireSegment(segment: ImportedLog["segments"][number]): ImportedSegment {
  const { firstSeq, lastSeq, headDigest, importedBy, delegate, importedAt, source, format } = segment;
  return create(ImportedSegmentSchema, {
    firstSeq,
    lastSeq,
    headDigest,
    importedBy: toWireActor(importedBy),
    importedAt: toTimestamp(importedAt),
    source,
    format: IMPORTED_FORMATS[format],
    ...(delegate === undefined ? {} : { delegate: toWireActor(delegate) }),
  });
}
