import type { Digest } from "./ids.ts";
import type { ApproverGroup, Policy } from "./policy.ts";
import type { Label, Mode } from "./request.ts";

/** A floor under every policy of the decisions that it matches. */
export interface Guardrail {
  readonly name: string;
  /** Undefined: for all decisions. */
  readonly match: GuardrailMatch | undefined;
  /** 0: as many as the policy says. */
  readonly minApprovals: number;
  readonly groups: readonly ApproverGroup[];
  readonly humansOnly: boolean;
  readonly requireSignedApprovals: boolean;
  /** Empty: those of the policy. */
  readonly allowedModes: readonly Mode[];
  /** 0: as the policy says. */
  readonly maxApprovalLifetimeSeconds: number;
  readonly requiredLabels: readonly RequiredLabel[];
  readonly allowSelfApproval: boolean;
}

/** Which decisions it is for; each part, if it is empty, for all. */
export interface GuardrailMatch {
  /** Ids; a `*` at the end stands for any rest. */
  readonly adapters: readonly string[];
  readonly labels: readonly Label[];
  readonly modes: readonly Mode[];
}

export interface RequiredLabel {
  readonly key: string;
  /** Empty: any. */
  readonly values: readonly string[];
}

/** A guardrail as it is in force, with the digest that it is known by. */
export interface GuardrailUse {
  readonly digest: Digest;
  readonly guardrail: Guardrail;
}

/** How many guardrails may be in force for one decision. */
export const MAX_GUARDRAILS = 32;

/** What a guardrail is matched against. */
export interface Guarded {
  readonly mode: Mode;
  readonly labels: readonly Label[];
  /** The adapter; where it is still to be chosen, all that may be. */
  readonly adapters: readonly string[];
}

/** The guardrails that are for a decision, whichever of its adapters carries it out. */
export function matching(guardrails: readonly GuardrailUse[], guarded: Guarded): readonly GuardrailUse[] {
  const { mode, labels, adapters } = guarded;
  return guardrails.filter(({ guardrail: { match } }) => {
    if (match === undefined) return true;
    const isOnAdapter = adapters.length > 0 && adapters.every((id) => match.adapters.some((named) => names(named, id)));
    const isLabelled = match.labels.every(({ key, value }) => labels.some((l) => l.key === key && l.value === value));
    return (
      (match.adapters.length === 0 || isOnAdapter) &&
      isLabelled &&
      (match.modes.length === 0 || match.modes.includes(mode))
    );
  });
}

function names(pattern: string, id: string): boolean {
  return pattern.endsWith("*") ? id.startsWith(pattern.slice(0, -1)) : id === pattern;
}

/** Those of both lists, each once. */
export function united(some: readonly GuardrailUse[], others: readonly GuardrailUse[]): readonly GuardrailUse[] {
  const known = new Set(some.map(wholeOf));
  return [...some, ...others.filter((use) => !known.has(wholeOf(use)))];
}

const wholes = new WeakMap<GuardrailUse, string>();

/** All that a use says. In a log that somebody made up one digest may stand on two guardrails, so it alone does not make them one. */
function wholeOf(use: GuardrailUse): string {
  const known = wholes.get(use) ?? JSON.stringify(use);
  wholes.set(use, known);
  return known;
}

/** A policy with all that guardrails ask for besides; docs/audit-package.md gives every rule for other verifiers. */
export function raise(policy: Policy, guardrails: readonly GuardrailUse[]): Policy {
  return guardrails.reduce((raised, { guardrail }) => raisedBy(raised, guardrail), policy);
}

function raisedBy(policy: Policy, guardrail: Guardrail): Policy {
  const { allowedModes } = guardrail;
  const left = new Set(allowedModes);
  return {
    ...policy,
    minApprovals: Math.max(policy.minApprovals, guardrail.minApprovals),
    allowedModes:
      allowedModes.length === 0 ? policy.allowedModes : policy.allowedModes.filter((mode) => left.has(mode)),
    allowSelfApproval: policy.allowSelfApproval && guardrail.allowSelfApproval,
    humansOnly: policy.humansOnly || guardrail.humansOnly,
    groups: largerGroups(policy.groups, guardrail.groups),
    maxApprovalLifetimeSeconds: shorter(policy.maxApprovalLifetimeSeconds, guardrail.maxApprovalLifetimeSeconds),
    requireSignedApprovals: policy.requireSignedApprovals || guardrail.requireSignedApprovals,
  };
}

function largerGroups(some: readonly ApproverGroup[], others: readonly ApproverGroup[]): readonly ApproverGroup[] {
  const wanted = new Map(some.map(({ group, minApprovals }) => [group, minApprovals]));
  for (const { group, minApprovals } of others) wanted.set(group, Math.max(wanted.get(group) ?? 0, minApprovals));
  return [...wanted].map(([group, minApprovals]) => ({ group, minApprovals }));
}

/** 0 stands for no limit. */
function shorter(a: number, b: number): number {
  return a === 0 || b === 0 ? Math.max(a, b) : Math.min(a, b);
}

/** The labels that guardrails ask for and a request does not have. In a package from anywhere there may be a great many of both. */
export function missingLabels({ requiredLabels }: Guardrail, labels: readonly Label[]): readonly RequiredLabel[] {
  if (requiredLabels.length === 0) return [];
  const byKey = new Map<string, Set<string>>();
  for (const { key, value } of labels) {
    const given = byKey.get(key);
    if (given === undefined) byKey.set(key, new Set([value]));
    else given.add(value);
  }
  return requiredLabels.filter(({ key, values }) => {
    const given = byKey.get(key);
    return given === undefined || (values.length > 0 && !values.some((value) => given.has(value)));
  });
}
