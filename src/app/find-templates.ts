import type { Command } from "../domain/command.ts";
import { bestMatches } from "../domain/policy-source.ts";
import type { Label } from "../domain/request.ts";
import type { Decision } from "../domain/state.ts";
import type { Template } from "../domain/template.ts";
import type { EventStore } from "./event-store.ts";
import type { TemplateCatalogue } from "./template-catalogue.ts";
import { damaged, readTemplate } from "./template-log.ts";

/**
 * The templates that a command may draw its policy from, as they are in the store now.
 *
 * @throws {Refused} STORED_LOG_CORRUPT if one of them is not what was once written: a damaged one might be the very one that matches best.
 */
export type FindTemplates = (
  command: Command,
  decision: Decision | undefined,
  signal: AbortSignal | undefined,
) => Promise<readonly Template[]>;

export function createFindTemplates(ports: {
  readonly store: EventStore;
  readonly catalogue: TemplateCatalogue;
}): FindTemplates {
  const { store, catalogue } = ports;
  return async (command, decision, signal) => {
    if (command.type !== "CREATE_DECISION" && command.type !== "ATTACH_POLICY") return [];
    const { policy } = command;
    switch (policy?.type) {
      case undefined:
      case "POLICY_ATTACHED":
        return [];
      case "NAMED_TEMPLATE":
        return await byName(policy.name, signal);
      case "MATCHING_TEMPLATE": {
        const created = command.type === "CREATE_DECISION" ? command.created : decision?.created;
        return created === undefined ? [] : await byLabels(created.labels, signal);
      }
    }
  };

  async function byName(name: string, signal: AbortSignal | undefined): Promise<readonly Template[]> {
    const log = await readTemplate(store, name, signal);
    return log === undefined ? [] : [log.template];
  }

  async function byLabels(labels: readonly Label[], signal: AbortSignal | undefined): Promise<readonly Template[]> {
    const { templates, unreadable } = await catalogue.all(signal);
    const [first] = unreadable;
    if (first !== undefined) throw damaged(first, "it may be the one that matches best, so none is chosen");
    const best = bestMatches(labels, templates);
    const [only] = best;
    if (only === undefined || best.length > 1) return best;
    const stored = (await readTemplate(store, only.name, signal))?.template;
    if (stored?.digest === only.digest) return [stored];
    throw damaged(only.name, "it is no longer what it was when this server read it");
  }
}
