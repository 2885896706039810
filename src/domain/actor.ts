/** Who did something, as authentication says. */
export interface Actor {
  readonly type: ActorType;
  /** Approvals count distinct ids, whatever the type. */
  readonly id: string;
}

export type ActorType = "HUMAN" | "SYSTEM";

/** The server itself, as the actor of what follows from an earlier command. Authentication gives this id to nobody. */
export const SERVER_ACTOR: Actor = { type: "SYSTEM", id: "nexus-attest" };

export function isSameActor(a: Actor, b: Actor): boolean {
  return a.type === b.type && a.id === b.id;
}
