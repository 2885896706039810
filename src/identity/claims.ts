import type { JWTPayload } from "jose";
import type { Identity } from "../app/authenticator.ts";
import { Refused } from "../app/refused.ts";
import { type ActorType, actorIdProblem, isGroupName, MAX_GROUPS } from "../domain/actor.ts";
import type { ActorClaims, Issuer } from "./issuer.ts";
import { matchPattern } from "./pattern.ts";

/**
 * Whom the claims of a token name. The token has been verified.
 *
 * @throws {Refused} if they name nobody whom this issuer may name.
 */
export function identityIn(claims: JWTPayload, issuer: Issuer): Identity {
  const { actor, groups, clockTolerance } = issuer;
  const expiresAt = (claims.exp ?? 0) * 1000;
  return {
    actor: { type: typeIn(claims, actor), id: idIn(claims, actor) },
    groups: groupsIn(claims, groups),
    delegate: undefined,
    validUntil: Math.floor(expiresAt + clockTolerance),
  };
}

function idIn(claims: JWTPayload, { idClaim, idPrefix, foldCase, ids }: ActorClaims): string {
  const given = claimIn(claims, idClaim);
  if (typeof given !== "string") throw nobody(`The token's claim ${idClaim}, which names the actor, is not a text.`);
  // Where people choose their address themselves, one that nobody checked says nothing (OpenID Connect Core 1.0, section 5.7).
  if (idClaim === "email" && !isTrue(claims["email_verified"]))
    throw nobody("The token does not say that the address in its claim email is verified (email_verified).");
  // A prefix of ours, and capitals of ASCII alone: anything else is left as it is, to be refused.
  const id = `${idPrefix}${foldCase ? given.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase()) : given}`;
  const problem = actorIdProblem(id);
  if (problem !== undefined) throw nobody(`The actor id in the token's claim ${idClaim} ${problem}.`);
  if (ids !== undefined && !ids.some((pattern) => matchPattern(pattern, id) !== undefined))
    throw nobody(`The actor id in the token's claim ${idClaim} is not one that its issuer may give here.`);
  return id;
}

/** Some issuers write it as a text. */
function isTrue(claim: unknown): boolean {
  return claim === true || claim === "true";
}

function typeIn(claims: JWTPayload, { type }: ActorClaims): ActorType {
  if (typeof type === "string") return type;
  const { claim, human, system } = type;
  const given = claimIn(claims, claim);
  if (typeof given === "string" && human.includes(given)) return "HUMAN";
  if (typeof given === "string" && system.includes(given)) return "SYSTEM";
  throw nobody(`The token's claim ${claim} does not say whether a person or a program calls.`);
}

/** Those that begin with the prefix, which is cut off. What no policy can name counts for nothing. */
function groupsIn(claims: JWTPayload, { claim, prefix }: Issuer["groups"]): readonly string[] {
  const given = claim === undefined ? undefined : claimIn(claims, claim);
  if (given === undefined) return [];
  if (!Array.isArray(given)) throw nobody(`The token's claim ${claim}, which names groups, is not a list.`);
  const names = given
    .filter((name: unknown) => typeof name === "string")
    .filter((name) => name.startsWith(prefix))
    .map((name) => name.slice(prefix.length))
    .filter(isGroupName);
  const groups = [...new Set(names)].toSorted();
  if (groups.length > MAX_GROUPS)
    throw nobody(
      `The token's claim ${claim} has more than ${MAX_GROUPS} groups: have its issuer send fewer, or set a prefix.`,
    );
  return groups;
}

/** Only what the token says itself: `toString` is no claim. */
function claimIn(claims: JWTPayload, name: string): unknown {
  return Object.hasOwn(claims, name) ? claims[name] : undefined;
}

function nobody(message: string): Refused {
  return new Refused("UNAUTHENTICATED", message);
}
