import { create } from "@bufbuild/protobuf";
import { DecisionEventSchema, type DecisionEvent as WireEvent } from "../../gen/ts/nexus/attest/v1/event_pb.ts";
import type { DecisionEvent } from "../domain/event.ts";
import type { DecisionId, Digest } from "../domain/ids.ts";
import { fromWireActor, toWireActor } from "./actor.ts";
import { CodecError } from "./codec-error.ts";
import { fromWireBody, toWireBody } from "./event-body.ts";
import { fromTimestamp, toTimestamp } from "./timestamp.ts";

export function toWireEvent(event: DecisionEvent): WireEvent {
  const wire = create(DecisionEventSchema, {
    eventId: event.eventId,
    decisionId: event.decisionId,
    seq: event.seq,
    occurredAt: toTimestamp(event.occurredAt),
    actor: toWireActor(event.actor),
    requestId: event.requestId,
    previousDigest: event.previousDigest,
    body: toWireBody(event.body),
  });
  if (event.delegate !== undefined) wire.delegate = toWireActor(event.delegate);
  return wire;
}

/** @throws {CodecError} if something that every event has is missing. */
export function fromWireEvent(wire: WireEvent): DecisionEvent {
  if (wire.occurredAt === undefined) throw new CodecError("occurred_at is missing");
  if (wire.eventId === "") throw new CodecError("event_id is missing");
  return {
    eventId: wire.eventId,
    decisionId: wire.decisionId as DecisionId,
    seq: wire.seq,
    occurredAt: fromTimestamp(wire.occurredAt, "occurred_at"),
    actor: fromWireActor(wire.actor, "actor"),
    delegate: wire.delegate === undefined ? undefined : fromWireActor(wire.delegate, "delegate"),
    requestId: wire.requestId,
    previousDigest: wire.previousDigest as Digest | "",
    body: fromWireBody(wire.body),
  };
}
