import type { Grants } from "../app/authorization.ts";
import { sees, sightOf, type Visible } from "../app/sight.ts";
import { type Actor, isSameActor } from "../domain/actor.ts";
import { covers, type Grant, isBoundless, isOpenTo, type Role, type Scoped } from "../domain/grant.ts";
import type { Rule } from "./access-table.ts";

/** What a request turned out to be about. */
export type Found =
  /** Nothing that a scope could be judged by, or nothing that has been read yet. */
  | { readonly kind: "nothing" }
  | { readonly kind: "missing" }
  | ({ readonly kind: "decision" } & Visible)
  | ({ readonly kind: "scoped" } & Scoped)
  | { readonly kind: "key"; readonly approver: Actor };

/** "hidden": for the caller it does not exist. */
export type Access = "allowed" | "denied" | "hidden";

/** Judges a call by its rule and by what its caller is granted. Pure. */
export function judgeAccess(rule: Rule, actor: Actor, grants: Grants, found: Found): Access {
  if (grants === "everything") return "allowed";
  // Whoever is bound to nothing is told so, whatever exists.
  if (grants.length === 0) return "denied";
  const { roles } = rule;
  const held = grants.filter(({ role }) => roles.includes(role));
  switch (rule.of) {
    case "decision": {
      if (found.kind !== "decision" || !sees(sightOf(actor, grants), found)) return "hidden";
      const { labels, adapterId, requester } = found;
      const thing = { labels, adapters: adapterId === "" ? [] : [adapterId] };
      return allowedIf((rule.own && isSameActor(requester, actor)) || held.some(({ scope }) => covers(scope, thing)));
    }
    case "new decision":
    case "new template":
      return allowedIf(found.kind === "scoped" && held.some(({ scope }) => covers(scope, found)));
    case "template":
      if (held.length === 0) return "denied";
      return found.kind === "scoped" && held.some(({ scope }) => isOpenTo(scope, found)) ? "allowed" : "hidden";
    case "key": {
      if (found.kind !== "key" || !seesKey(actor, grants, found.approver)) return "hidden";
      return allowedIf(
        (rule.own && isSameActor(found.approver, actor)) || held.some(({ scope }) => isBoundless(scope)),
      );
    }
    case "whole server":
      return allowedIf(held.some(({ scope }) => isBoundless(scope)));
    case "decisions":
    case "templates":
    case "keys":
    case "server":
      return allowedIf(held.length > 0);
  }
}

/** Whether a rule is judged before the request is read: nothing in the request could open the call, or nothing matters. */
export function isJudgedUnread(rule: Rule): boolean {
  return ["decisions", "templates", "keys", "server", "whole server"].includes(rule.of);
}

/** The roles that see keys of others, if without a scope: keys have neither labels nor adapters. */
const SEEING_KEYS: ReadonlySet<Role> = new Set(["auditor", "key_admin", "operator"]);

/** Whether somebody may know of an approver's key. */
export function seesKey(actor: Actor, grants: Grants, approver: Actor): boolean {
  if (grants === "everything" || isSameActor(actor, approver)) return true;
  return grants.some(({ role, scope }) => SEEING_KEYS.has(role) && isBoundless(scope));
}

/** Whether somebody may know of a template. */
export function seesTemplate(roles: readonly Role[], grants: Grants, template: Scoped): boolean {
  return (
    grants === "everything" ||
    grants.some(({ role, scope }: Grant) => roles.includes(role) && isOpenTo(scope, template))
  );
}

function allowedIf(holds: boolean): Access {
  return holds ? "allowed" : "denied";
}
