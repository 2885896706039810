import { MAX_GROUPS, MAX_LABELS } from "./limits.ts";
import type { ApproverGroup, Policy, PolicyOverrides } from "./policy.ts";
import { duplicateKey, type Label, sortLabels } from "./request.ts";

/** What an override must not do: the field as the schema names it, and why, in words. */
export interface OverrideViolation {
  readonly field: string;
  readonly description: string;
}

/** A template's policy with the overrides applied, or what keeps them from being applied, field by field. */
export type Tightening =
  | { readonly kind: "tightened"; readonly policy: Policy }
  | { readonly kind: "refused"; readonly violations: readonly OverrideViolation[] };

/** What the schema lets a policy hold. */
const MAX_CAPABILITIES = 32;

/**
 * Applies overrides to a template's policy. They may only tighten: whatever passes the policy that results would pass the template's own. Every other override is
 * refused, also one that could be read in two ways. Never throws, and takes no longer than it takes to read it, whatever a log of somebody else's holds;
 * docs/audit-package.md gives every rule for other verifiers.
 */
export function tighten(template: Policy, overrides: PolicyOverrides | undefined): Tightening {
  if (overrides === undefined) return { kind: "tightened", policy: template };
  // Keyed by all fields of a policy: the compiler tells whoever adds one that it needs a rule here.
  const fields: { readonly [Name in keyof Policy]: Tightened<Policy[Name]> } = {
    minApprovals: more(template.minApprovals, overrides.minApprovals),
    allowedModes: onlySome(template.allowedModes, overrides.allowedModes),
    requireAdapterCapabilities: someMore(template.requireAdapterCapabilities, overrides.requireAdapterCapabilities),
    maxSteps: lower(template.maxSteps, overrides.maxSteps),
    labels: moreLabels(template.labels, overrides.labels),
    allowedAdapters: fewerAdapters(template.allowedAdapters, overrides.allowedAdapters),
    allowSelfApproval: only(false, template.allowSelfApproval, overrides.allowSelfApproval),
    humansOnly: only(true, template.humansOnly, overrides.humansOnly),
    groups: moreOfGroups(template.groups, overrides.groups),
    requireComment: only(true, template.requireComment, overrides.requireComment),
    maxApprovalLifetimeSeconds: lower(template.maxApprovalLifetimeSeconds, overrides.maxApprovalLifetimeSeconds),
    requireSignedApprovals: only(true, template.requireSignedApprovals, overrides.requireSignedApprovals),
  };
  const violations = Object.entries(fields).flatMap(([name, { problem }]) =>
    problem === undefined ? [] : [{ field: schemaName(name), description: problem }],
  );
  if (violations.length > 0) return { kind: "refused", violations };
  const values = Object.entries(fields).map(([name, { value }]) => [name, value]);
  return { kind: "tightened", policy: Object.fromEntries(values) as Policy };
}

/** Whether overrides change nothing, not even in name. */
export function isNothing(overrides: PolicyOverrides): boolean {
  return Object.values(overrides).every((value) => value === undefined || (Array.isArray(value) && value.length === 0));
}

/** One field: its value, if there is no problem with it. */
interface Tightened<Value> {
  readonly value: Value;
  readonly problem?: string | undefined;
}

function more(template: number, wanted: number = template): Tightened<number> {
  return {
    value: wanted,
    problem: wanted < template ? `${wanted} is fewer than the template's ${template}.` : undefined,
  };
}

/** 0 stands for no limit, which is the loosest. */
function lower(template: number, wanted: number = template): Tightened<number> {
  if (template === 0 || (wanted > 0 && wanted <= template)) return { value: wanted };
  const words = wanted === 0 ? "0, no limit, is looser" : `${wanted} is more`;
  return { value: wanted, problem: `${words} than the template's ${template}.` };
}

function only(tighter: boolean, template: boolean, wanted: boolean = template): Tightened<boolean> {
  if (wanted === template || wanted === tighter) return { value: wanted };
  return { value: wanted, problem: `${wanted} is looser than the template's ${template}.` };
}

/** Those of the template's that are named, in the template's order; none named: all of them. */
function onlySome<Item extends string>(template: readonly Item[], named: readonly Item[]): Tightened<readonly Item[]> {
  const [theirs, wanted] = [new Set(template), new Set(named)];
  const others = named.filter((item) => !theirs.has(item));
  return {
    value: named.length === 0 ? template : template.filter((item) => wanted.has(item)),
    problem:
      twice(named) ??
      (others.length > 0 ? `${others.join(", ")} is not among the template's ${template.join(", ")}.` : undefined),
  };
}

function someMore(template: readonly string[], named: readonly string[]): Tightened<readonly string[]> {
  const theirs = new Set(template);
  const value = [...template, ...named.filter((item) => !theirs.has(item))];
  return { value, problem: twice(named) ?? tooMany(named, value, MAX_CAPABILITIES) };
}

function moreLabels(template: readonly Label[], named: readonly Label[]): Tightened<readonly Label[]> {
  const key = duplicateKey(named);
  const theirs = new Set(template.map((label) => label.key));
  const wanted = new Map(named.map((label) => [label.key, label.value]));
  const changed = template.find((label) => (wanted.get(label.key) ?? label.value) !== label.value);
  const value = sortLabels([...template, ...named.filter((label) => !theirs.has(label.key))]);
  return {
    value,
    problem:
      (key === undefined ? undefined : `${key} stands more than once.`) ??
      (changed === undefined ? undefined : `the template gives ${changed.key} another value.`) ??
      tooMany(named, value, MAX_LABELS),
  };
}

/**
 * Without a list, only the adapter that the request names can carry it out, and a request that names none cannot be carried out at all. A list would let whoever
 * executes such a request choose: that is looser.
 */
function fewerAdapters(template: readonly string[], named: readonly string[]): Tightened<readonly string[]> {
  if (template.length > 0 || named.length === 0) return onlySome(template, named);
  return { value: named, problem: "the template lists none, which leaves only the adapter that the request names." };
}

function moreOfGroups(
  template: readonly ApproverGroup[],
  named: readonly ApproverGroup[],
): Tightened<Policy["groups"]> {
  const fewer = named.find(({ group, minApprovals }) =>
    template.some((other) => other.group === group && minApprovals < other.minApprovals),
  );
  const raised = template.map((group) => named.find((other) => other.group === group.group) ?? group);
  const value = [...raised, ...named.filter(({ group }) => !template.some((other) => other.group === group))];
  return {
    value,
    problem:
      twice(named.map(({ group }) => group)) ??
      (fewer === undefined
        ? undefined
        : `${fewer.minApprovals} of ${fewer.group} is fewer than the template asks for.`) ??
      tooMany(named, value, MAX_GROUPS),
  };
}

/** Which of two entries would hold? */
function twice(items: readonly string[]): string | undefined {
  const seen = new Set<string>();
  const again = items.find((item) => seen.has(item) || !seen.add(item));
  return again === undefined ? undefined : `${again} stands more than once.`;
}

function tooMany(named: readonly unknown[], all: readonly unknown[], most: number): string | undefined {
  if (named.length === 0 || all.length <= most) return undefined;
  return `together with the template's they are ${all.length}, ${most} at most.`;
}

function schemaName(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
