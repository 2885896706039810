import { type Actor, isSameActor } from "./actor.ts";
import { contradictionInPolicy } from "./contradiction.ts";
import { isEqual } from "./is-equal.ts";
import type { Rejection } from "./rejection.ts";
import { duplicateKey } from "./request.ts";
import type { Template, TemplateCreated } from "./template.ts";

/** What somebody wants to happen to a template: that there is one. */
export interface CreateTemplate {
  readonly type: "CREATE_TEMPLATE";
  readonly created: TemplateCreated;
}

/** What the command comes to: the body of the event to append, or why not. */
export type TemplateVerdict =
  | { readonly accepted: true; readonly event: TemplateCreated }
  | { readonly accepted: false; readonly rejection: Rejection };

/** Judges a command against the template of that name (undefined: there is none yet). */
export function decideTemplate(
  { created }: CreateTemplate,
  name: string,
  template: Template | undefined,
): TemplateVerdict {
  if (template !== undefined)
    return refuse(
      "TEMPLATE_ALREADY_EXISTS",
      `There is a template ${name}, and a template is never changed: choose another name.`,
    );
  const label = duplicateKey(created.matchLabels);
  if (label !== undefined) return refuse("INVALID_REQUEST", `match_labels: the key ${label} stands more than once.`);
  const contradiction = contradictionInPolicy(created.policy);
  return contradiction === undefined ? { accepted: true, event: created } : refuse("INVALID_REQUEST", contradiction);
}

/** Whether a template was made by this very actor with this request id: then the command is a repeat, or its request id is used twice. */
export function isOf(template: Template, actor: Actor, requestId: string): boolean {
  return template.requestId === requestId && isSameActor(template.creator, actor);
}

/** Whether a command asks for exactly the template that was made. */
export function isTemplateRepeat({ created }: CreateTemplate, template: Template): boolean {
  const { policy, matchLabels, description } = template;
  return isEqual(created, { type: "TEMPLATE_CREATED", policy, matchLabels, description });
}

function refuse(reason: Rejection["reason"], message: string): TemplateVerdict {
  return { accepted: false, rejection: { reason, message } };
}
