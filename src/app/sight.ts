import { type Actor, isSameActor } from "../domain/actor.ts";
import { covers, type Grant, isBoundless, type Role, type Scope } from "../domain/grant.ts";
import type { Label } from "../domain/request.ts";

/** Which decisions somebody may know of: all, or their own and those that a scope covers. */
export type Sight = "everything" | { readonly own: Actor; readonly scopes: readonly Scope[] };

/** What is looked at: a row of the index, or what a log says. */
export interface Visible {
  readonly requester: Actor;
  readonly labels: readonly Label[];
  /** Empty: not settled yet. */
  readonly adapterId: string;
}

/** The roles that let somebody see decisions of others. */
const SEEING: ReadonlySet<Role> = new Set(["approver", "executor", "break_glass", "auditor", "operator"]);

/** What an actor sees by its grants; its own decisions with any. */
export function sightOf(own: Actor, grants: readonly Grant[]): Sight {
  const scopes = grants.filter(({ role }) => SEEING.has(role)).map(({ scope }) => scope);
  if (scopes.some(isBoundless)) return "everything";
  return { own, scopes };
}

/** Whether somebody may know of a decision: the meaning that every index implements. */
export function sees(sight: Sight, { requester, labels, adapterId }: Visible): boolean {
  if (sight === "everything" || isSameActor(requester, sight.own)) return true;
  const thing = { labels, adapters: adapterId === "" ? [] : [adapterId] };
  return sight.scopes.some((scope) => covers(scope, thing));
}
