import { decodeJwt, errors, type JWTPayload, jwtVerify, type LocalJWKSet } from "jose";
import type { Identity } from "../app/authenticator.ts";
import type { Clock } from "../app/clock.ts";
import { Refused } from "../app/refused.ts";
import { identityIn } from "./claims.ts";
import type { Issuer } from "./issuer.ts";
import { ambiguityIn } from "./one-reading.ts";

/** Knows callers by tokens that an issuer has signed (RFC 7519), held against the current practice for them (RFC 8725). */
export function createJwts(issuers: readonly Issuer[], clock: Clock): (token: string) => Promise<Identity> {
  return async (token) => {
    const issuer = issuerOf(token, issuers);
    const payload = await verified(token, issuer, clock.now());
    for (const [claim, value] of Object.entries(issuer.requiredClaims))
      if (!Object.hasOwn(payload, claim) || !says(payload[claim], value))
        throw nobody(`The token's ${claim} is not what this server requires.`);
    return { ...identityIn(payload, issuer), source: `jwt:${issuer.issuer}` };
  };
}

/** Whether a claim has exactly this value. A list of it, of which a text is made as well, says something else. */
function says(claim: unknown, value: string): boolean {
  return claim === value || ((typeof claim === "number" || typeof claim === "boolean") && String(claim) === value);
}

/** Whose token it claims to be. Nothing of it is believed yet: this only chooses the keys and the rules to hold it against. */
function issuerOf(token: string, issuers: readonly Issuer[]): Issuer {
  let claims: JWTPayload;
  try {
    claims = decodeJwt(token);
  } catch {
    throw nobody("The token is neither a signed JWT nor one that nexus-attest tokens new makes.");
  }
  const ambiguity = ambiguityIn(token);
  if (ambiguity !== undefined) throw nobody(`The token can be read in more than one way: ${ambiguity}.`);
  const named = issuers.filter(({ issuer }) => issuer === claims.iss);
  if (named.length === 0) {
    const isAlike = issuers.some(({ issuer }) => withoutSlash(issuer) === withoutSlash(claims.iss));
    const but = isAlike ? " It knows one that differs from it by a slash at the end." : "";
    throw nobody(`This server does not know the token's issuer (iss).${but}`);
  }
  const audiences: readonly unknown[] = [claims.aud].flat();
  const [meant, ...others] = named.filter((each) => each.audiences.some((audience) => audiences.includes(audience)));
  if (meant === undefined) throw nobody("The token is not meant for this server: its audience (aud) is another.");
  if (others.length > 0)
    throw nobody("The token's audiences (aud) fit more than one entry of this server's configuration.");
  return meant;
}

/** The commonest mistake of a configuration. */
function withoutSlash(issuer: unknown): unknown {
  return typeof issuer === "string" ? issuer.replace(/\/$/, "") : issuer;
}

async function verified(token: string, issuer: Issuer, now: number): Promise<JWTPayload> {
  const { keys, algorithms, clockTolerance } = issuer;
  const known = await keys.current();
  try {
    return await verifiedBy(known);
  } catch (error) {
    if (!(error instanceof errors.JWKSNoMatchingKey)) throw explained(error);
  }
  // Perhaps the issuer has a new key.
  const newer = await keys.newer(known);
  if (newer === undefined) throw nobody("The token is signed by a key that its issuer does not publish.");
  try {
    return await verifiedBy(newer);
  } catch (error) {
    throw explained(error);
  }

  async function verifiedBy(set: LocalJWKSet): Promise<JWTPayload> {
    const { payload } = await jwtVerify(token, set, {
      issuer: issuer.issuer,
      audience: [...issuer.audiences],
      algorithms: [...algorithms],
      clockTolerance: clockTolerance / 1000,
      currentDate: new Date(now),
      requiredClaims: ["exp", issuer.actor.idClaim],
      ...(issuer.tokenType === undefined ? {} : { typ: issuer.tokenType }),
    });
    assertTimes(payload, (now + clockTolerance) / 1000);
    return payload;
  }

  function explained(error: unknown): Refused {
    if (error instanceof Refused) return error;
    if (error instanceof errors.JWTExpired) return nobody("The token has expired (exp), by this server's clock.");
    if (error instanceof errors.JWTClaimValidationFailed) return nobody(aboutClaim(error, issuer));
    if (error instanceof errors.JOSEAlgNotAllowed)
      return nobody(
        `The token's signature is by none of the algorithms that this server takes (${algorithms.join(", ")}).`,
      );
    if (error instanceof errors.JWKSNoMatchingKey)
      return nobody("The token is signed by a key that its issuer does not publish.");
    if (error instanceof errors.JWKSMultipleMatchingKeys)
      return nobody("The token does not say by which of its issuer's keys it is signed (kid).");
    if (error instanceof errors.JWSSignatureVerificationFailed)
      return nobody("The token's signature is not its issuer's.");
    return nobody("The token is not a JWT that can be verified.");
  }
}

/** The last second that a timestamp of this API can hold, and RFC 3339 can write: the end of the year 9999. */
const LAST_SECOND = 253_402_300_799;

/** What the library lets pass: a token that ends never, such as one whose times are in milliseconds, and one that was made in the future. */
function assertTimes({ exp = 0, iat = 0 }: JWTPayload, latest: number): void {
  if (exp > LAST_SECOND) throw nobody("The token's end (exp) is beyond the year 9999: it is in seconds.");
  if (iat > latest) throw nobody("The token was issued in the future (iat): compare the clocks.");
}

/** What is wrong with a claim, never with what stands there. */
function aboutClaim({ claim, reason }: errors.JWTClaimValidationFailed, { tokenType }: Issuer): string {
  if (claim === "typ") return `The token is not of the type (typ in its header) that this server takes, ${tokenType}.`;
  if (reason === "missing") return `The token has no claim ${claim}.`;
  if (claim === "nbf" && reason === "check_failed") return "The token is not valid yet (nbf), by this server's clock.";
  return `The token's claim ${claim} does not hold.`;
}

function nobody(message: string): Refused {
  return new Refused("UNAUTHENTICATED", message);
}
