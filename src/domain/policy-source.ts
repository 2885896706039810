import type { PolicyAttached } from "./event.ts";
import { isEqual } from "./is-equal.ts";
import type { PolicyOverrides } from "./policy.ts";
import type { Rejection } from "./rejection.ts";
import type { Label } from "./request.ts";
import type { Template } from "./template.ts";
import { tighten } from "./tighten.ts";

/** Where a decision's policy is to come from. */
export type PolicySource = InlinePolicy | NamedTemplate | MatchingTemplate;

/** Given along: the event as it will be. */
export interface InlinePolicy extends PolicyAttached {
  readonly template: undefined;
}

/** A template by its name. */
export interface NamedTemplate {
  readonly type: "NAMED_TEMPLATE";
  readonly name: string;
  readonly overrides: PolicyOverrides | undefined;
}

/** The template that matches the decision's labels best. */
export interface MatchingTemplate {
  readonly type: "MATCHING_TEMPLATE";
  readonly overrides: PolicyOverrides | undefined;
}

/** How many candidates of a tie are named. */
const MAX_NAMED = 10;

/**
 * The event that attaches the policy, or why there is none.
 *
 * @param labels of the decision.
 * @param templates for a name the template of that name, if there is one; for labels all templates there are.
 */
export function policyFrom(
  source: PolicySource,
  labels: readonly Label[],
  templates: readonly Template[],
): PolicyAttached | { readonly rejection: Rejection } {
  if (source.type === "POLICY_ATTACHED") return source;
  const chosen = source.type === "NAMED_TEMPLATE" ? named(source, templates) : bestMatch(labels, templates);
  if ("rejection" in chosen) return chosen;
  const { name, digest, policy: templatePolicy } = chosen;
  const { overrides } = source;
  const tightening = tighten(templatePolicy, overrides);
  if (tightening.kind === "tightened")
    return {
      type: "POLICY_ATTACHED",
      policy: tightening.policy,
      template: { name, digest, templatePolicy, overrides },
    };
  const path = source.type === "NAMED_TEMPLATE" ? "template" : "match_labels";
  const violations = tightening.violations.map(({ field, description }) => ({
    field: `${path}.overrides.${field}`,
    description,
  }));
  const words = tightening.violations.map(({ field, description }) => `${field}: ${description}`).join(" ");
  return refuse("OVERRIDE_NOT_TIGHTER", `Overrides may only tighten template ${name}: ${words}`, { violations });
}

/** Whether what a command asks for is the policy that an earlier one attached: whatever templates there are by now. */
export function isFrom(source: PolicySource | undefined, attached: PolicyAttached | undefined): boolean {
  if (source === undefined) return attached === undefined;
  // Which guardrails were for it is not the caller's to say.
  if (source.type === "POLICY_ATTACHED")
    return isEqual(attached?.policy, source.policy) && isEqual(attached?.template, source.template);
  const use = attached?.template;
  if (use === undefined || !isEqual(use.overrides, source.overrides)) return false;
  return source.type === "MATCHING_TEMPLATE" || source.name === use.name;
}

function named({ name }: NamedTemplate, templates: readonly Template[]) {
  const template = templates.find((each) => each.name === name);
  return template ?? refuse("TEMPLATE_NOT_FOUND", `There is no template ${name}.`);
}

/** Of the templates whose match labels are all on a decision, those with the most. One without match labels never matches. */
export function bestMatches(labels: readonly Label[], templates: readonly Template[]): readonly Template[] {
  const on = new Map(labels.map(({ key, value }) => [key, value]));
  const matching = templates.filter(
    ({ matchLabels }) => matchLabels.length > 0 && matchLabels.every(({ key, value }) => on.get(key) === value),
  );
  const most = Math.max(...matching.map(({ matchLabels }) => matchLabels.length));
  return matching.filter(({ matchLabels }) => matchLabels.length === most);
}

function bestMatch(labels: readonly Label[], templates: readonly Template[]) {
  const best = bestMatches(labels, templates);
  const [only] = best;
  if (only === undefined)
    return refuse(
      "NO_MATCHING_TEMPLATE",
      "No template's match labels are all on the decision: name a template, or give the policy itself.",
    );
  if (best.length === 1) return only;
  const most = only.matchLabels.length;
  const names = best.map(({ name }) => name).toSorted();
  const candidates = names.slice(0, MAX_NAMED).join(", ");
  const more = names.length > MAX_NAMED ? ` and ${names.length - MAX_NAMED} more` : "";
  return refuse(
    "AMBIGUOUS_TEMPLATE",
    `${names.length} templates match equally well, by ${most} label${most === 1 ? "" : "s"}: ${candidates}${more}. Name one of them.`,
    { facts: { candidates } },
  );
}

function refuse(
  reason: Rejection["reason"],
  message: string,
  details: Pick<Rejection, "facts" | "violations"> = {},
): { readonly rejection: Rejection } {
  return { rejection: { reason, message, ...details } };
}
