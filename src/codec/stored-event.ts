import { fromJson, type JsonValue, toJson } from "@bufbuild/protobuf";
import { DecisionEventSchema } from "../../gen/ts/nexus/attest/v1/event_pb.ts";
import type { DecisionEvent } from "../domain/event.ts";
import { canonicalJson, type Json, parseJson } from "./canonical-json.ts";
import { CodecError } from "./codec-error.ts";
import { fromWireEvent, toWireEvent } from "./event.ts";

/** The stored form of an event: the canonical JSON of its ProtoJSON. Its digest is taken of exactly this text. */
export function encodeEvent(event: DecisionEvent): string {
  return canonicalJson(toJson(DecisionEventSchema, toWireEvent(event)));
}

/**
 * Reads an event from its stored form.
 *
 * @throws {CodecError} unless writing the event again gives the very same text: so an unknown field or type, another order or another spelling is
 * refused, never skipped.
 */
export function decodeEvent(text: string): DecisionEvent {
  const event = eventFromJson(parseJson(text));
  if (encodeEvent(event) !== text) throw new CodecError("not in canonical form");
  return event;
}

function eventFromJson(json: Json): DecisionEvent {
  try {
    return fromWireEvent(fromJson(DecisionEventSchema, json as JsonValue));
  } catch (cause) {
    if (cause instanceof CodecError) throw cause;
    throw new CodecError((cause as Error).message, { cause });
  }
}
