/** Who did something, as authentication says. */
export interface Actor {
  readonly type: ActorType;
  /** Approvals count distinct ids, whatever the type. */
  readonly id: string;
}

export type ActorType = "HUMAN" | "SYSTEM";

/** The server itself, as the actor of what follows from an earlier command. Authentication gives this id to nobody. */
export const SERVER_ACTOR: Actor = { type: "SYSTEM", id: "nexus-attest" };

/** The longest id, in characters. */
const MAX_ACTOR_ID = 256;

/** The longest list of groups that an identity may come with. */
export const MAX_GROUPS = 64;

/**
 * What is wrong with an id that an identity source gave, or undefined: every source gives ids in one form, so that nobody counts twice by writing a name in two
 * ways. Printable ASCII in lower case, without a comma: no letters that only look alike, no capitals, no white space, nothing invisible, one normal form.
 */
export function actorIdProblem(id: string): string | undefined {
  if (id === "") return "is empty";
  if (id.length > MAX_ACTOR_ID) return `is longer than ${MAX_ACTOR_ID} characters`;
  if (/[^\x21-\x7e]/.test(id)) return "has white space or characters beyond ASCII";
  if (id.includes(",")) return "has a comma";
  if (/[A-Z]/.test(id)) return "has capital letters: ids are written in lower case";
  if (id === SERVER_ACTOR.id) return "is that of the server itself";
  return undefined;
}

/** Whether a group may be called so. */
export function isGroupName(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._/@-]{0,62}$/.test(name);
}

export function isSameActor(a: Actor, b: Actor): boolean {
  return a.type === b.type && a.id === b.id;
}
