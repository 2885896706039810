import type { Identity } from "../app/authenticator.ts";
import { ACTOR, GROUPS } from "../app/identity-headers.ts";
import { actorIdProblem, isGroupName, MAX_GROUPS } from "../domain/actor.ts";
import { rpcError } from "./errors.ts";

const TYPES = { human: "HUMAN", system: "SYSTEM" } as const;

/** Takes every caller's word for who it is. Only for a server that listens on loopback and nowhere else. */
export function createDevelopmentAuthenticator(): { authenticate(headers: Headers): Promise<Identity> } {
  return {
    async authenticate(headers) {
      // A header that comes twice arrives joined by ", ", which no id can hold.
      const given = headers.get(ACTOR);
      if (given === null) throw unauthenticated("is missing");
      const [, type, id] = /^(human|system):(.*)$/.exec(given) ?? [];
      if (id === undefined) throw unauthenticated("is not of that form");
      const problem = actorIdProblem(id);
      if (problem !== undefined) throw unauthenticated(`holds an id that ${problem}`);
      return { actor: { type: TYPES[type as keyof typeof TYPES], id }, groups: groupsOf(headers), delegate: undefined };
    },
  };
}

function groupsOf(headers: Headers): readonly string[] {
  const given = headers.get(GROUPS);
  if (given === null || given === "") return [];
  const groups = given.split(",").map((group) => group.trim());
  if (groups.length > MAX_GROUPS || !groups.every(isGroupName))
    throw rpcError(
      "UNAUTHENTICATED",
      `The metadata ${GROUPS} must be at most ${MAX_GROUPS} group names, separated by commas.`,
    );
  return [...new Set(groups)].toSorted();
}

function unauthenticated(problem: string) {
  return rpcError(
    "UNAUTHENTICATED",
    `This server runs with development identity: name yourself in the metadata ${ACTOR}, such as human:alice@example.com or system:pipeline. It ${problem}.`,
  );
}
