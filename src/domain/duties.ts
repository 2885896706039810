import type { Actor } from "./actor.ts";

/** What has to be kept apart, whatever the policy says. */
export interface Duties {
  readonly executorIsNotRequester: boolean;
  readonly approverIsNotExecutor: boolean;
  /** Ids of one person each. */
  readonly aliases: readonly (readonly string[])[];
}

/** Nothing is asked for beyond the policy. */
export const NO_DUTIES: Duties = { executorIsNotRequester: false, approverIsNotExecutor: false, aliases: [] };

/** Who did something, and the service that made the call for them. */
export interface Party {
  readonly actor: Actor;
  readonly delegate: Actor | undefined;
}

/**
 * Whether two parts were played by one: by one id, by two ids of one person, or by a service in its own name that played the other part for somebody. Two people who
 * come by the same service are two.
 */
export function isSamePerson(a: Party, b: Party, { aliases }: Pick<Duties, "aliases">): boolean {
  const isOne = (one: string, other: string) =>
    one === other || aliases.some((ids) => ids.includes(one) && ids.includes(other));
  return (
    isOne(a.actor.id, b.actor.id) ||
    (a.delegate !== undefined && isOne(a.delegate.id, b.actor.id)) ||
    (b.delegate !== undefined && isOne(b.delegate.id, a.actor.id))
  );
}
