import { create, fromJson, type JsonValue, type MessageInitShape, toJson } from "@bufbuild/protobuf";
import {
  ApproverKeyEventSchema,
  ApproverKeySchema,
  type ApproverKeyEvent as WireEvent,
  type ApproverKey as WireKey,
} from "../../gen/ts/nexus/attest/v1/approver_key_pb.ts";
import type { ApproverKey, ApproverKeyEvent, KeyEventBody } from "../domain/approver-key.ts";
import type { Digest } from "../domain/ids.ts";
import { fromWireActor, toWireActor } from "./actor.ts";
import { canonicalJson, parseJson } from "./canonical-json.ts";
import { CodecError } from "./codec-error.ts";
import { fromTimestamp, toTimestamp } from "./timestamp.ts";

export function toWireApproverKey(key: ApproverKey): WireKey {
  const { keyId, approver, publicKey, description, enrolledAt, enrolledBy, revoked } = key;
  return create(ApproverKeySchema, {
    keyId,
    approver: toWireActor(approver),
    publicKey: new Uint8Array(publicKey),
    description,
    enrolledAt: toTimestamp(enrolledAt),
    enrolledBy: toWireActor(enrolledBy),
    ...(revoked === undefined
      ? {}
      : {
          revokedAt: toTimestamp(revoked.at),
          revokedBy: toWireActor(revoked.by),
          revocationReason: revoked.reason,
        }),
  });
}

/** The stored form of an event of the registry: the canonical JSON of its ProtoJSON. Its digest is taken of exactly this text. */
export function encodeKeyEvent(event: ApproverKeyEvent): string {
  return canonicalJson(toJson(ApproverKeyEventSchema, toWireKeyEvent(event)));
}

/**
 * Reads an event of the registry from its stored form.
 *
 * @throws {CodecError} unless writing it again gives the very same text, as for the events of decisions.
 */
export function decodeKeyEvent(text: string): ApproverKeyEvent {
  const json = parseJson(text) as JsonValue;
  let event: ApproverKeyEvent;
  try {
    event = fromWireKeyEvent(fromJson(ApproverKeyEventSchema, json));
  } catch (cause) {
    throw cause instanceof CodecError ? cause : new CodecError((cause as Error).message, { cause });
  }
  if (encodeKeyEvent(event) !== text) throw new CodecError("not in canonical form");
  return event;
}

function toWireKeyEvent(event: ApproverKeyEvent): WireEvent {
  const { eventId, seq, occurredAt, actor, delegate, requestId, previousDigest, body } = event;
  return create(ApproverKeyEventSchema, {
    eventId,
    seq,
    occurredAt: toTimestamp(occurredAt),
    actor: toWireActor(actor),
    ...(delegate === undefined ? {} : { delegate: toWireActor(delegate) }),
    requestId,
    previousDigest,
    body: toWireBody(body),
  });
}

function toWireBody(body: KeyEventBody): NonNullable<MessageInitShape<typeof ApproverKeyEventSchema>["body"]> {
  switch (body.type) {
    case "KEY_ENROLLED": {
      const { keyId, approver, publicKey, description } = body;
      const value = { keyId, approver: toWireActor(approver), publicKey: new Uint8Array(publicKey), description };
      return { case: "keyEnrolled", value };
    }
    case "KEY_REVOKED":
      return { case: "keyRevoked", value: { keyId: body.keyId, reason: body.reason } };
  }
}

function fromWireKeyEvent(wire: WireEvent): ApproverKeyEvent {
  if (wire.occurredAt === undefined) throw new CodecError("occurred_at is missing");
  if (wire.eventId === "") throw new CodecError("event_id is missing");
  return {
    eventId: wire.eventId,
    seq: wire.seq,
    occurredAt: fromTimestamp(wire.occurredAt, "occurred_at"),
    actor: fromWireActor(wire.actor, "actor"),
    delegate: wire.delegate === undefined ? undefined : fromWireActor(wire.delegate, "delegate"),
    requestId: wire.requestId,
    previousDigest: wire.previousDigest as Digest | "",
    body: fromWireBody(wire.body),
  };
}

function fromWireBody(body: WireEvent["body"]): KeyEventBody {
  switch (body.case) {
    case undefined:
      throw new CodecError("the event has no body, or one of a type that this version does not know");
    case "keyEnrolled": {
      const { keyId, approver, publicKey, description } = body.value;
      return {
        type: "KEY_ENROLLED",
        keyId: keyId as Digest,
        approver: fromWireActor(approver, "key_enrolled.approver"),
        publicKey,
        description,
      };
    }
    case "keyRevoked":
      return { type: "KEY_REVOKED", keyId: body.value.keyId as Digest, reason: body.value.reason };
  }
}
