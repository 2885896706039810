import { CodecError } from "../codec/codec-error.ts";
import { decodeTemplateEvent, encodeTemplateEvent } from "../codec/template.ts";
import {
  evolveTemplate,
  IllegalTemplateEvent,
  type RecordedTemplate,
  type Template,
  type TemplateEvent,
} from "../domain/template.ts";
import { BrokenLog } from "./chain.ts";
import { digestOf } from "./digest.ts";

/** A template's event ready to be stored. */
export interface SealedTemplate extends RecordedTemplate {
  readonly text: string;
}

/** Gives a template's event its stored form and digest. */
export function sealTemplate(event: TemplateEvent): SealedTemplate {
  const text = encodeTemplateEvent(event);
  return { event, text, digest: digestOf(text) };
}

/**
 * Takes up the next event of a template's log from its stored form; there is one only.
 *
 * @throws {BrokenLog} if it does not fit; the message says why.
 */
export function takeUpTemplate(
  template: Template | undefined,
  text: string,
): { readonly template: Template; readonly recorded: RecordedTemplate } {
  try {
    const recorded = { event: decodeTemplateEvent(text), digest: digestOf(text) };
    return { template: evolveTemplate(template, recorded), recorded };
  } catch (cause) {
    if (cause instanceof CodecError || cause instanceof IllegalTemplateEvent)
      throw new BrokenLog(`event ${template === undefined ? 0 : 1}: ${cause.message}`, { cause });
    throw cause;
  }
}
