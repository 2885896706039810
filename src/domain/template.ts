import type { Actor } from "./actor.ts";
import type { Digest, Instant } from "./ids.ts";
import type { Policy } from "./policy.ts";
import type { Label } from "./request.ts";

/** Body of TEMPLATE_CREATED. */
export interface TemplateCreated {
  readonly type: "TEMPLATE_CREATED";
  readonly policy: Policy;
  /** Empty: used by name only. */
  readonly matchLabels: readonly Label[];
  readonly description: string;
}

/** The only event that a template ever has. */
export interface TemplateEvent {
  readonly eventId: string;
  readonly name: string;
  readonly occurredAt: Instant;
  readonly actor: Actor;
  /** The service that made the call on the actor's behalf. */
  readonly delegate: Actor | undefined;
  readonly requestId: string;
  readonly body: TemplateCreated;
}

/** A template's event with the digest of its stored form. */
export interface RecordedTemplate {
  readonly event: TemplateEvent;
  readonly digest: Digest;
}

/** A named, immutable policy. */
export interface Template {
  readonly name: string;
  readonly policy: Policy;
  readonly matchLabels: readonly Label[];
  readonly description: string;
  readonly creator: Actor;
  readonly createdAt: Instant;
  readonly requestId: string;
  /** That of its event, so of everything about it. */
  readonly digest: Digest;
}

/** The log says something of a template that cannot have happened. */
export class IllegalTemplateEvent extends Error {
  override readonly name = "IllegalTemplateEvent";
}

/**
 * The template after an event.
 *
 * @throws {IllegalTemplateEvent} for a second one: a template is never changed.
 */
export function evolveTemplate(template: Template | undefined, { event, digest }: RecordedTemplate): Template {
  if (template !== undefined) throw new IllegalTemplateEvent("a template has one event only");
  const { name, actor, occurredAt, requestId, body } = event;
  const { policy, matchLabels, description } = body;
  return { name, policy, matchLabels, description, creator: actor, createdAt: occurredAt, requestId, digest };
}
