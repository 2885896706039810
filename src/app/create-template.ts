import { CodecError } from "../codec/codec-error.ts";
import { decideTemplate, isOf, isTemplateRepeat } from "../domain/decide-template.ts";
import { evolveTemplate, type Template, type TemplateCreated, type TemplateEvent } from "../domain/template.ts";
import { type SealedTemplate, sealTemplate } from "../evidence/template-log.ts";
import { appendSettled } from "./append.ts";
import type { Caller } from "./caller.ts";
import type { Clock } from "./clock.ts";
import { type EventStore, WrongExpectedRevision } from "./event-store.ts";
import { createOneAtATime } from "./one-at-a-time.ts";
import { Refused } from "./refused.ts";
import { digestMetadata } from "./stored-digest.ts";
import { MAX_TEMPLATES, type TemplateCatalogue } from "./template-catalogue.ts";
import { readTemplate, templateStreamOf } from "./template-log.ts";

/** Largest template in stored form, in bytes of UTF-8. */
export const MAX_TEMPLATE_BYTES = 32 * 1024;

/** How often it is decided anew because another server made a template of that name first. */
const MAX_ATTEMPTS = 3;

/**
 * Makes a template; a repeat gets the first answer.
 *
 * @throws {Refused} TEMPLATE_ALREADY_EXISTS, REQUEST_ID_REUSED, INVALID_REQUEST, EVENT_TOO_LARGE, TOO_MANY_TEMPLATES, CONTENTION, STORED_LOG_CORRUPT; or what the
 * store throws.
 */
export type MakeTemplate = (
  caller: Caller,
  name: string,
  created: TemplateCreated,
  signal?: AbortSignal,
) => Promise<Template>;

export function createMakeTemplate(ports: {
  readonly store: EventStore;
  readonly clock: Clock;
  readonly catalogue: TemplateCatalogue;
  /** A new random UUID. */
  readonly newId: () => string;
}): MakeTemplate {
  const { store, clock, catalogue, newId } = ports;
  // All in one queue, so that together they do not pass the limit.
  const oneAtATime = createOneAtATime<"make">();

  return (caller, name, created, signal) =>
    oneAtATime("make", async () => {
      const command = { type: "CREATE_TEMPLATE", created } as const;
      for (let attempt = 1; ; attempt++) {
        signal?.throwIfAborted();
        const known = (await readTemplate(store, name, signal))?.template;
        if (known !== undefined && isOf(known, caller.actor, caller.requestId)) {
          if (isTemplateRepeat(command, known)) return known;
          throw new Refused(
            "REQUEST_ID_REUSED",
            `The request_id ${caller.requestId} was used for another template of this name.`,
          );
        }
        const verdict = decideTemplate(command, name, known);
        if (verdict.accepted) await roomForOne(signal);
        // After all waiting: from here on nothing comes before the write.
        caller.permit?.();
        if (!verdict.accepted) throw new Refused(verdict.rejection.reason, verdict.rejection.message);
        const { actor, delegate, requestId } = caller;
        const occurredAt = clock.now();
        const sealed = sealOrRefuse({
          eventId: newId(),
          name,
          occurredAt,
          actor,
          delegate,
          requestId,
          body: verdict.event,
        });
        try {
          await appendSettled(ports, templateStreamOf(name), "none", [toStore(sealed)], signal);
        } catch (error) {
          if (!(error instanceof WrongExpectedRevision)) throw error;
          if (attempt < MAX_ATTEMPTS) continue;
          throw new Refused("CONTENTION", "Another server is making this template at the same time: repeat the call.");
        }
        const template = evolveTemplate(undefined, sealed);
        catalogue.add(template);
        return template;
      }
    });

  async function roomForOne(signal: AbortSignal | undefined): Promise<void> {
    const { templates, unreadable } = await catalogue.all(signal);
    if (templates.length + unreadable.length < MAX_TEMPLATES) return;
    throw new Refused(
      "TOO_MANY_TEMPLATES",
      `There are ${MAX_TEMPLATES} templates, and no more are taken: use one of them, or give the policy itself.`,
      { facts: { max_templates: `${MAX_TEMPLATES}` } },
    );
  }
}

function sealOrRefuse(event: TemplateEvent): SealedTemplate {
  let sealed: SealedTemplate;
  try {
    sealed = sealTemplate(event);
  } catch (cause) {
    if (!(cause instanceof CodecError)) throw cause;
    throw new Refused("INVALID_REQUEST", `The request holds text that cannot be stored: ${cause.message}.`, { cause });
  }
  const bytes = Buffer.byteLength(sealed.text);
  if (bytes <= MAX_TEMPLATE_BYTES) return sealed;
  throw new Refused(
    "EVENT_TOO_LARGE",
    `The template would be ${bytes} bytes in stored form; it is ${MAX_TEMPLATE_BYTES} at most.`,
    { facts: { max_bytes: `${MAX_TEMPLATE_BYTES}` } },
  );
}

function toStore({ event, text, digest }: SealedTemplate) {
  return {
    id: event.eventId,
    type: event.body.type,
    data: text,
    metadata: digestMetadata(digest),
    trace: { correlationId: event.name, causationId: event.requestId },
  };
}
