import { create, toBinary } from "@bufbuild/protobuf";
import {
  type ForeignEvent,
  ForeignEventSchema,
  ForeignFindingSchema,
  type ForeignLog,
  ForeignLogSchema,
} from "../../gen/ts/nexus/attest/v1/imported_decision_service_pb.ts";
import type { ForeignContent } from "../app/foreign-reading.ts";
import { actorIn, type ForeignSummary, foreignSummary, instantOf } from "../app/foreign-summary.ts";
import { toWireActor } from "../codec/actor.ts";
import { MODES } from "../codec/enums.ts";
import { toTimestamp } from "../codec/timestamp.ts";
import { say } from "../exchange/read-any-import.ts";
import { type EventsPage, pageOf } from "./log-messages.ts";

/** What can be told of a log in another's format. */
export function foreignLogMessage(log: ForeignContent): ForeignLog {
  const findings = log.bundle.findings.map((finding) => {
    const { name, isProven: proven } = finding;
    return create(ForeignFindingSchema, { name, proven, detail: say(finding).toWellFormed() });
  });
  return { ...foreignSummaryMessage(foreignSummary(log)), findings };
}

/** The same in a list. */
export function foreignSummaryMessage({
  requester,
  mode,
  createdAt,
  updatedAt,
  ...summary
}: ForeignSummary): ForeignLog {
  return create(ForeignLogSchema, {
    ...summary,
    labels: [...summary.labels],
    mode: MODES[mode],
    requester: toWireActor(requester),
    createdAt: toTimestamp(createdAt),
    updatedAt: toTimestamp(updatedAt),
  });
}

/** An event in another's format. */
export function foreignEventMessage({ event, text, digest }: ForeignContent["events"][number]): ForeignEvent {
  return create(ForeignEventSchema, {
    seq: event.seq,
    type: event.body.type,
    occurredAt: toTimestamp(instantOf(event)),
    actor: toWireActor(actorIn(event)),
    eventJson: text,
    digest,
  });
}

/** A page of them. */
export function foreignPage(log: ForeignContent, request: EventsPage) {
  const { events, nextPageToken } = pageOf(
    log.events,
    request,
    foreignEventMessage,
    (wire) => toBinary(ForeignEventSchema, wire).length,
  );
  return { foreignEvents: events, nextPageToken };
}
