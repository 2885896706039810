import type { Authenticator } from "../app/authenticator.ts";
import { ON_BEHALF_OF } from "../app/identity-headers.ts";
import { Refused } from "../app/refused.ts";
import { actorIdProblem } from "../domain/actor.ts";
import { matchPattern } from "./pattern.ts";

/** For whom a service may act. */
export interface DelegationRule {
  /** The id of an actor of type SYSTEM. */
  readonly service: string;
  /** Ids of people, with a `*` for a part. */
  readonly people: readonly string[];
  /** The groups that these people have when they act by this service. */
  readonly groups: readonly string[];
}

/** Lets the services that are named act for the people that are named. Both are then known: the person as the actor, the service as its delegate. */
export function withOnBehalfOf(authenticator: Authenticator, rules: readonly DelegationRule[]): Authenticator {
  return {
    async authenticate(headers, peer) {
      const caller = await authenticator.authenticate(headers, peer);
      const person = headers.get(ON_BEHALF_OF);
      if (person === null) return caller;
      const problem = actorIdProblem(person);
      if (problem !== undefined)
        throw new Refused("UNAUTHENTICATED", `The id in the metadata ${ON_BEHALF_OF} ${problem}.`);
      const { actor } = caller;
      const rule = rules.find(
        ({ service, people }) =>
          actor.type === "SYSTEM" &&
          actor.id === service &&
          people.some((pattern) => matchPattern(pattern, person) !== undefined),
      );
      if (rule === undefined || person === actor.id)
        throw new Refused(
          "ON_BEHALF_OF_REFUSED",
          `${actor.id} may not act for the person in the metadata ${ON_BEHALF_OF}: the server's configuration does not say so.`,
        );
      return { ...caller, actor: { type: "HUMAN", id: person }, groups: rule.groups, delegate: actor };
    },
  };
}
