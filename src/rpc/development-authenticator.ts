import { SERVER_ACTOR } from "../domain/actor.ts";
import type { Authenticator } from "./authentication.ts";
import { rpcError } from "./errors.ts";

/** What names the actor, such as `human:alice@example.com`. */
const ACTOR_HEADER = "nexus-actor";

/** What names the actor's groups, such as `sre,security`. */
const GROUPS_HEADER = "nexus-groups";

const TYPES = { human: "HUMAN", system: "SYSTEM" } as const;

/** Takes every caller's word for who it is. Only for a server that listens on loopback and nowhere else. */
export function createDevelopmentAuthenticator(): Authenticator {
  return {
    async authenticate(headers) {
      // A header that comes twice arrives joined by ", ", which no id can hold.
      const given = headers.get(ACTOR_HEADER);
      if (given === null) throw unauthenticated("is missing");
      const [, type, id] = /^(human|system):([\x21-\x2b\x2d-\x7e]{1,256})$/.exec(given) ?? [];
      if (id === undefined) throw unauthenticated("is not of that form (printable ASCII without comma, one actor)");
      if (id === SERVER_ACTOR.id) throw unauthenticated(`names ${id}, which is the server itself`);
      return { actor: { type: TYPES[type as keyof typeof TYPES], id }, groups: groupsOf(headers), delegate: undefined };
    },
  };
}

function groupsOf(headers: Headers): readonly string[] {
  const given = headers.get(GROUPS_HEADER);
  if (given === null || given === "") return [];
  const groups = given.split(",").map((group) => group.trim());
  if (groups.length > 64 || !groups.every((group) => /^[A-Za-z0-9][A-Za-z0-9._/@-]{0,62}$/.test(group)))
    throw rpcError(
      "UNAUTHENTICATED",
      `The metadata ${GROUPS_HEADER} must be at most 64 group names, separated by commas.`,
    );
  return [...new Set(groups)].toSorted();
}

function unauthenticated(problem: string) {
  return rpcError(
    "UNAUTHENTICATED",
    `This server runs with development identity: name yourself in the metadata ${ACTOR_HEADER}, such as human:alice@example.com or system:pipeline. It ${problem}.`,
  );
}
