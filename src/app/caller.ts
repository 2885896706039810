import { type Actor, SERVER_ACTOR } from "../domain/actor.ts";

/** On whose behalf a command is carried out, as authentication says. */
export interface Caller {
  readonly actor: Actor;
  readonly groups: readonly string[];
  /** The service that made the call on the actor's behalf. */
  readonly delegate: Actor | undefined;
  /** The idempotency key: the caller's, or a random one. */
  readonly requestId: string;
  /** Throws if the caller may no longer do what it asks: asked once more at the moment when the command is judged. */
  readonly permit?: (() => void) | undefined;
}

/** The server itself, continuing what a command began. */
export function serverCaller(requestId: string): Caller {
  return { actor: SERVER_ACTOR, groups: [], delegate: undefined, requestId };
}
