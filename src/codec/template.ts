import { create, fromJson, type JsonValue, toJson } from "@bufbuild/protobuf";
import {
  TemplateCreatedSchema,
  TemplateEventSchema,
  TemplateSchema,
  type Template as WireTemplate,
  type TemplateCreated as WireTemplateCreated,
  type TemplateEvent as WireTemplateEvent,
} from "../../gen/ts/nexus/attest/v1/template_pb.ts";
import type { Template, TemplateCreated, TemplateEvent } from "../domain/template.ts";
import { fromWireActor, toWireActor } from "./actor.ts";
import { canonicalJson, parseJson } from "./canonical-json.ts";
import { CodecError } from "./codec-error.ts";
import { fromWirePolicy, toWirePolicy } from "./policy.ts";
import { fromWireLabels, toWireLabels } from "./request.ts";
import { fromTimestamp, toTimestamp } from "./timestamp.ts";

/** The stored form of a template's event: the canonical JSON of its ProtoJSON. Its digest is taken of exactly this text. */
export function encodeTemplateEvent(event: TemplateEvent): string {
  return canonicalJson(toJson(TemplateEventSchema, toWireTemplateEvent(event)));
}

/**
 * Reads a template's event from its stored form.
 *
 * @throws {CodecError} unless writing the event again gives the very same text.
 */
export function decodeTemplateEvent(text: string): TemplateEvent {
  const json = parseJson(text);
  let event: TemplateEvent;
  try {
    event = fromWireTemplateEvent(fromJson(TemplateEventSchema, json as JsonValue));
  } catch (cause) {
    if (cause instanceof CodecError) throw cause;
    throw new CodecError((cause as Error).message, { cause });
  }
  if (encodeTemplateEvent(event) !== text) throw new CodecError("not in canonical form");
  return event;
}

export function toWireTemplate(template: Template): WireTemplate {
  return create(TemplateSchema, {
    name: template.name,
    policy: toWirePolicy(template.policy),
    matchLabels: toWireLabels(template.matchLabels),
    description: template.description,
    creator: toWireActor(template.creator),
    createdAt: toTimestamp(template.createdAt),
    digest: template.digest,
  });
}

/** Also reads the fields of the same names in a CreateTemplateRequest. */
export function fromWireTemplateCreated(
  wire: Pick<WireTemplateCreated, "policy" | "matchLabels" | "description">,
): TemplateCreated {
  if (wire.policy === undefined) throw new CodecError("policy is missing");
  return {
    type: "TEMPLATE_CREATED",
    policy: fromWirePolicy(wire.policy),
    matchLabels: fromWireLabels(wire.matchLabels),
    description: wire.description,
  };
}

function toWireTemplateEvent(event: TemplateEvent): WireTemplateEvent {
  const { policy, matchLabels, description } = event.body;
  const wire = create(TemplateEventSchema, {
    eventId: event.eventId,
    name: event.name,
    occurredAt: toTimestamp(event.occurredAt),
    actor: toWireActor(event.actor),
    requestId: event.requestId,
    templateCreated: create(TemplateCreatedSchema, {
      policy: toWirePolicy(policy),
      matchLabels: toWireLabels(matchLabels),
      description,
    }),
  });
  if (event.delegate !== undefined) wire.delegate = toWireActor(event.delegate);
  return wire;
}

function fromWireTemplateEvent(wire: WireTemplateEvent): TemplateEvent {
  if (wire.occurredAt === undefined) throw new CodecError("occurred_at is missing");
  if (wire.eventId === "") throw new CodecError("event_id is missing");
  if (wire.templateCreated === undefined)
    throw new CodecError("the event has no body, or one of a type that this version does not know");
  return {
    eventId: wire.eventId,
    name: wire.name,
    occurredAt: fromTimestamp(wire.occurredAt, "occurred_at"),
    actor: fromWireActor(wire.actor, "actor"),
    delegate: wire.delegate === undefined ? undefined : fromWireActor(wire.delegate, "delegate"),
    requestId: wire.requestId,
    body: fromWireTemplateCreated(wire.templateCreated),
  };
}
