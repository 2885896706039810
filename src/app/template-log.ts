import type { Decision } from "../domain/state.ts";
import type { RecordedTemplate, Template } from "../domain/template.ts";
import { BrokenLog } from "../evidence/chain.ts";
import { takeUpTemplate } from "../evidence/template-log.ts";
import { type EventStore, type StoredEvent, StreamCorrupt } from "./event-store.ts";
import { Refused } from "./refused.ts";
import { checkStoredDigest } from "./stored-digest.ts";

/** The prefix of all streams of templates, the stream of one, and the name of a stream's. */
export const TEMPLATE_STREAMS = "template-";
export function templateStreamOf(name: string): string {
  return TEMPLATE_STREAMS + name;
}
export function templateNameOf(stream: string): string {
  return stream.slice(TEMPLATE_STREAMS.length);
}

/** A template and its one event. */
export interface TemplateLog {
  readonly template: Template;
  readonly recorded: RecordedTemplate;
}

/**
 * The template of a name as it is in the store now, or undefined if there is none.
 *
 * @throws {Refused} STORED_LOG_CORRUPT if what is stored is not what was once written.
 */
export async function readTemplate(
  store: EventStore,
  name: string,
  signal: AbortSignal | undefined,
): Promise<TemplateLog | undefined> {
  let log: TemplateLog | undefined;
  try {
    for await (const stored of store.read(templateStreamOf(name), { signal }))
      log = takeUpStoredTemplate(name, log?.template, stored);
  } catch (cause) {
    if (!(cause instanceof BrokenLog || cause instanceof StreamCorrupt)) throw cause;
    throw damaged(name, cause.message, cause);
  }
  return log;
}

/**
 * The event of the template that a decision's policy came from; undefined if it came from none.
 *
 * @throws {Refused} STORED_LOG_CORRUPT if the store no longer holds the one whose digest the decision recorded.
 */
export async function readTemplateUsed(
  store: EventStore,
  { policy }: Decision,
  signal: AbortSignal | undefined,
): Promise<RecordedTemplate | undefined> {
  const use = policy?.template;
  if (use === undefined) return undefined;
  const log = await readTemplate(store, use.name, signal);
  if (log?.recorded.digest === use.digest) return log.recorded;
  throw damaged(
    use.name,
    log === undefined
      ? "it is gone, and a decision used it"
      : `its digest is ${log.recorded.digest}, and a decision that used it recorded ${use.digest}`,
  );
}

/**
 * Takes up the next event of a template's stream and checks all that it says of itself, and all that was stored beside it.
 *
 * @throws {BrokenLog} if it does not fit.
 */
export function takeUpStoredTemplate(name: string, template: Template | undefined, stored: StoredEvent): TemplateLog {
  const taken = takeUpTemplate(template, stored.data);
  const { event, digest } = taken.recorded;
  if (stored.type !== event.body.type)
    throw new BrokenLog(`event ${stored.revision}: stored as ${stored.type}, but its body is of another type`);
  checkStoredDigest(stored.revision, digest, stored.metadata);
  if (event.name !== name) throw new BrokenLog(`the stream of template ${name} holds the log of ${event.name}`);
  return taken;
}

/** The refusal of a template that is not what was once written. */
export function damaged(name: string, why: string, cause?: Error): Refused {
  const message = `The stored log of template ${name} does not replay: ${why}. It answers nothing until it has been restored.`;
  return new Refused("STORED_LOG_CORRUPT", message, { cause });
}
