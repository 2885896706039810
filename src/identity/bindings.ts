import type { Identity } from "../app/authenticator.ts";
import type { ActorType } from "../domain/actor.ts";
import type { Grant, Role, Scope } from "../domain/grant.ts";
import { matchPattern } from "./pattern.ts";

/** Who has roles, and for what. */
export interface Binding {
  readonly roles: readonly Role[];
  readonly actors: readonly { readonly type: ActorType; readonly pattern: string }[];
  /** Whoever is in one of these. */
  readonly groups: readonly string[];
  readonly scope: Scope;
}

/** What the bindings grant to somebody. They only add up: none takes away what another gives. */
export function grantsBy(
  bindings: readonly Binding[],
  { actor, groups }: Pick<Identity, "actor" | "groups">,
): readonly Grant[] {
  return bindings
    .filter(
      (binding) =>
        binding.groups.some((group) => groups.includes(group)) ||
        binding.actors.some(
          ({ type, pattern }) => type === actor.type && matchPattern(pattern, actor.id) !== undefined,
        ),
    )
    .flatMap(({ roles, scope }) => roles.map((role) => ({ role, scope })));
}
