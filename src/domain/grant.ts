import type { Label } from "./request.ts";

/** What somebody may be bound to do; docs/security.md says of each which calls it opens. */
export const ROLES = [
  "requester",
  "approver",
  "executor",
  "break_glass",
  "auditor",
  "template_admin",
  "key_admin",
  "operator",
] as const;

export type Role = (typeof ROLES)[number];

/** A role, and for what. */
export interface Grant {
  readonly role: Role;
  readonly scope: Scope;
}

export interface Scope {
  /** All of these have to be there. */
  readonly labels: readonly Label[];
  /** Empty: any, and none. */
  readonly adapters: readonly string[];
}

/** What a scope is judged by: of a decision, its labels and its adapter; of a template, its match labels and the adapters that its policy allows. */
export interface Scoped {
  readonly labels: readonly Label[];
  /** Empty: not settled yet, or left open. */
  readonly adapters: readonly string[];
}

/** Whether a scope takes in all that something is or may become: where its adapter is left open, a scope with adapters does not. */
export function covers({ labels, adapters }: Scope, thing: Scoped): boolean {
  const isOnAdapter = thing.adapters.length > 0 && thing.adapters.every((id) => adapters.includes(id));
  return labels.every((label) => has(thing.labels, label)) && (adapters.length === 0 || isOnAdapter);
}

/** Whether something could be used within a scope: nothing of it contradicts. */
export function isOpenTo({ labels, adapters }: Scope, thing: Scoped): boolean {
  const contradicts = ({ key, value }: Label) => thing.labels.some((l) => l.key === key && l.value !== value);
  const meets = thing.adapters.length === 0 || thing.adapters.some((id) => adapters.includes(id));
  return !labels.some(contradicts) && (adapters.length === 0 || meets);
}

/** Whether a scope leaves nothing out. */
export function isBoundless({ labels, adapters }: Scope): boolean {
  return labels.length === 0 && adapters.length === 0;
}

function has(labels: readonly Label[], { key, value }: Label): boolean {
  return labels.some((label) => label.key === key && label.value === value);
}
