import type { POLICY_OVERRIDES } from "./decision-fields.js";
import type { Policy } from "./log.js";
import type { Shape } from "./schema.js";

type Overrides = Shape<typeof POLICY_OVERRIDES>;
type Labels = NonNullable<Policy["labels"]>;
type Groups = NonNullable<Policy["groups"]>;

const MAX_CAPABILITIES = 32;
const MAX_LABELS = 32;
const MAX_GROUPS = 16;

class Refused extends Error {}

/** What overrides make of a template's policy, by the table of docs/audit-package.md, "template"; or in words which of them is refused. */
export function tighten(template: Policy, overrides: Overrides): Policy | string {
  try {
    return {
      minApprovals: atLeast(template.minApprovals, overrides.minApprovals),
      allowedModes: among("allowedModes", template.allowedModes, overrides.allowedModes),
      requireAdapterCapabilities: capabilities(
        template.requireAdapterCapabilities,
        overrides.requireAdapterCapabilities,
      ),
      maxSteps: atMost("maxSteps", template.maxSteps, overrides.maxSteps),
      labels: labels(template.labels, overrides.labels),
      allowedAdapters: among("allowedAdapters", template.allowedAdapters, overrides.allowedAdapters),
      allowSelfApproval: never("allowSelfApproval", true, template.allowSelfApproval, overrides.allowSelfApproval),
      humansOnly: never("humansOnly", false, template.humansOnly, overrides.humansOnly),
      groups: groups(template.groups, overrides.groups),
      requireComment: never("requireComment", false, template.requireComment, overrides.requireComment),
      maxApprovalLifetimeSeconds: atMost(
        "maxApprovalLifetimeSeconds",
        template.maxApprovalLifetimeSeconds,
        overrides.maxApprovalLifetimeSeconds,
      ),
      requireSignedApprovals: never(
        "requireSignedApprovals",
        false,
        template.requireSignedApprovals,
        overrides.requireSignedApprovals,
      ),
    };
  } catch (error) {
    if (error instanceof Refused) return error.message;
    throw error;
  }
}

function refuseIf(loosens: boolean, field: string): void {
  if (loosens) throw new Refused(`the override of ${field} does not tighten the template`);
}

function atLeast(template = 0, override = template): number {
  refuseIf(override < template, "minApprovals");
  return override;
}

/** 0 is no limit. */
function atMost(field: string, template = 0, override = template): number {
  refuseIf(template !== 0 && (override === 0 || override > template), field);
  return override;
}

/** A flag may be set to what loosens only where the template's is that already. */
function never(field: string, loose: boolean, template = false, override = template): boolean {
  refuseIf(override === loose && template !== loose, field);
  return override;
}

function among<T>(field: string, template: readonly T[] = [], override: readonly T[] = []): readonly T[] {
  if (override.length === 0) return template;
  const named = distinct(field, override);
  const there = new Set(template);
  refuseIf(
    override.some((each) => !there.has(each)),
    field,
  );
  return template.filter((each) => named.has(each));
}

function capabilities(template: readonly string[] = [], override: readonly string[] = []): readonly string[] {
  if (override.length === 0) return template;
  const there = new Set(template);
  const made = [
    ...template,
    ...[...distinct("requireAdapterCapabilities", override)].filter((each) => !there.has(each)),
  ];
  refuseIf(made.length > MAX_CAPABILITIES, "requireAdapterCapabilities");
  return made;
}

function labels(template: Labels = [], override: Labels = []): Labels {
  if (override.length === 0) return template;
  const there = new Map<string, Set<string>>();
  for (const label of template) there.set(keyOf(label), (there.get(keyOf(label)) ?? new Set()).add(label.value ?? ""));
  distinct("labels", override.map(keyOf));
  for (const label of override) {
    const values = there.get(keyOf(label)) ?? new Set();
    refuseIf(values.size > 1 || (values.size === 1 && !values.has(label.value ?? "")), "labels");
  }
  const made = [...template, ...override.filter((label) => !there.has(keyOf(label)))];
  refuseIf(made.length > MAX_LABELS, "labels");
  return made.sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : keyOf(one) > keyOf(other) ? 1 : 0));
}

function groups(template: Groups = [], override: Groups = []): Groups {
  if (override.length === 0) return template;
  const named = new Map(override.map((group) => [groupOf(group), group]));
  const there = new Set(template.map(groupOf));
  distinct("groups", override.map(groupOf));
  const made = [
    ...template.map((group) => {
      const instead = named.get(groupOf(group)) ?? group;
      refuseIf((instead.minApprovals ?? 0) < (group.minApprovals ?? 0), "groups");
      return { ...group, minApprovals: instead.minApprovals ?? 0 };
    }),
    ...override.filter((group) => !there.has(groupOf(group))),
  ];
  refuseIf(made.length > MAX_GROUPS, "groups");
  return made;
}

function distinct<T>(field: string, values: readonly T[]): ReadonlySet<T> {
  const set = new Set(values);
  refuseIf(set.size < values.length, field);
  return set;
}

function keyOf({ key = "" }: Labels[number]): string {
  return key;
}

function groupOf({ group = "" }: Groups[number]): string {
  return group;
}
