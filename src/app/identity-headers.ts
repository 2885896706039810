/** The metadata that can say who calls; no other is ever asked. */
export const AUTHORIZATION = "authorization";

/** What names the actor where callers are believed, such as `human:alice@example.com`. */
export const ACTOR = "nexus-actor";

/** What names that actor's groups, such as `sre,security`. */
export const GROUPS = "nexus-groups";

/** The id of the person for whom a service calls, such as `alice@example.com`. */
export const ON_BEHALF_OF = "x-nexus-on-behalf-of";

export const IDENTITY_HEADERS: readonly string[] = [AUTHORIZATION, ACTOR, GROUPS, ON_BEHALF_OF];
