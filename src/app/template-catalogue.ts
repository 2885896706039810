import type { Template } from "../domain/template.ts";
import { BrokenLog } from "../evidence/chain.ts";
import type { Clock } from "./clock.ts";
import { type EventStore, type Position, type StoredEvent, StoreUnavailable } from "./event-store.ts";
import type { Log } from "./log.ts";
import { Refused } from "./refused.ts";
import { TEMPLATE_STREAMS, takeUpStoredTemplate, templateNameOf } from "./template-log.ts";

/** All templates, in memory: fed from the store, and by whoever makes one on this server. */
export interface TemplateCatalogue {
  /** Feeds it until the signal; never throws. */
  run(signal: AbortSignal): Promise<void>;

  /**
   * The templates, by name; and the names of those whose stored form is damaged. Waits until all that were there when this server started have been read.
   *
   * @throws {StoreUnavailable} if they have not been within {@link WAIT_FOR_TEMPLATES} milliseconds.
   * @throws {Refused} TOO_MANY_TEMPLATES if the store holds more than are kept in memory.
   */
  all(
    signal?: AbortSignal,
  ): Promise<{ readonly templates: readonly Template[]; readonly unreadable: readonly string[] }>;

  /** Takes up a template that has just been made: whoever asks from now on finds it. */
  add(template: Template): void;
}

/** How many templates can be made. */
export const MAX_TEMPLATES = 1_000;

/** Servers that make one at the same moment may pass that; of what got into the store in any other way no more than this is kept in memory. */
export const MAX_TEMPLATES_KEPT = 1_100;

/** How long a reader waits for the templates to be read, in milliseconds. */
export const WAIT_FOR_TEMPLATES = 5_000;

/** Pause before the store is followed again after it failed, in milliseconds. */
const RETRY = 500;

export function createTemplateCatalogue(ports: {
  readonly store: EventStore;
  readonly clock: Clock;
  readonly log: Log;
}): TemplateCatalogue {
  const { store, clock, log } = ports;
  const templates = new Map<string, Template>();
  const unreadable = new Set<string>();
  const caughtUp = Promise.withResolvers<void>();
  /** What {@link all} gives, until something changes. */
  let sorted: readonly Template[] | undefined;
  let isFull = false;

  return {
    async run(signal) {
      let position: Position | undefined;
      while (!signal.aborted) {
        try {
          for await (const message of store.follow(TEMPLATE_STREAMS, position, { signal })) {
            if (message.kind === "interrupted") continue;
            if (message.kind === "event") take(message.event);
            else caughtUp.resolve();
            position = (message.kind === "event" ? message.event.position : message.position) ?? position;
          }
        } catch (error) {
          if (signal.aborted) return;
          if (!(error instanceof StoreUnavailable))
            log.error({ error }, "following the templates failed: taking it up again");
        }
        await clock.sleep(RETRY, signal);
      }
    },

    async all(signal) {
      await untilCaughtUp(signal);
      if (isFull)
        throw new Refused(
          "TOO_MANY_TEMPLATES",
          `The store holds more than the ${MAX_TEMPLATES_KEPT} templates that are kept in memory: use them by name.`,
          { facts: { max_templates: `${MAX_TEMPLATES}` } },
        );
      sorted ??= [...templates.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
      return { templates: sorted, unreadable: [...unreadable] };
    },

    add: keep,
  };

  function take(stored: StoredEvent): void {
    const name = templateNameOf(stored.stream);
    const known = templates.get(name);
    try {
      const { template } = takeUpStoredTemplate(name, stored.revision === 0 ? undefined : known, stored);
      // Made by this server and taken up already; or changed in the store since.
      if (known !== undefined && known.digest !== template.digest)
        throw new BrokenLog("event 0: it is another one than the one that was written");
      keep(template);
    } catch (error) {
      if (!(error instanceof BrokenLog)) throw error;
      log.error({ template: name, error }, "the stored log of a template does not replay");
      templates.delete(name);
      sorted = undefined;
      if (unreadable.size + templates.size < MAX_TEMPLATES_KEPT) unreadable.add(name);
      else isFull = true;
    }
  }

  function keep(template: Template): void {
    if (unreadable.has(template.name)) return;
    if (!templates.has(template.name) && templates.size + unreadable.size >= MAX_TEMPLATES_KEPT) {
      isFull = true;
      return;
    }
    templates.set(template.name, template);
    sorted = undefined;
  }

  async function untilCaughtUp(signal: AbortSignal | undefined): Promise<void> {
    const giveUp = new AbortController();
    const either = signal === undefined ? giveUp.signal : AbortSignal.any([signal, giveUp.signal]);
    const isLate = clock.sleep(WAIT_FOR_TEMPLATES, either).then(() => true);
    const late = await Promise.race([caughtUp.promise.then(() => false), isLate]);
    giveUp.abort();
    signal?.throwIfAborted();
    if (late) throw new StoreUnavailable("the templates have not all been read yet");
  }
}
