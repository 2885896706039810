import type { Authenticator, ClientCertificate, Identity, Peer } from "../app/authenticator.ts";
import { ACTOR, AUTHORIZATION, GROUPS, IDENTITY_HEADERS } from "../app/identity-headers.ts";
import { Refused } from "../app/refused.ts";

/** The longest token that is looked at, in characters. */
export const MAX_TOKEN_LENGTH = 8_192;

/** What a server may take as proof; undefined: it does not. */
export interface Methods {
  readonly bearer: ((token: string) => Promise<Identity>) | undefined;
  readonly certificate: ((certificate: ClientCertificate) => Identity) | undefined;
  readonly development: Pick<Authenticator, "authenticate"> | undefined;
}

/**
 * Takes exactly one credential with a call. Two are refused even if both are good: whoever added the second one (a proxy, a library, an attacker) would
 * otherwise decide who acts. A bad one is never passed over for another.
 */
export function createOneCredentialAuthenticator(methods: Methods): Authenticator {
  const { bearer, certificate, development } = methods;
  // A server that believes every caller proves nothing by a token, and takes none for a proof.
  const isAnythingProved = bearer !== undefined || certificate !== undefined;
  const accepted = [
    bearer && "a bearer token in the metadata authorization",
    certificate && "a client certificate",
    development && `a name in the metadata ${ACTOR}`,
  ].filter((each) => each !== undefined);

  return {
    async authenticate(headers, peer) {
      for (const name of IDENTITY_HEADERS)
        if (headers.has(`${name}-bin`))
          throw nobody(`The metadata ${name}-bin means nothing here: identities are text.`);
      const given = credentialsIn(headers, peer);
      const [only, ...others] = given;
      if (others.length > 0)
        throw nobody(`The call has ${given.join(" and ")}: send one credential only, so that it is clear who acts.`);
      switch (only) {
        case "a token":
          if (bearer === undefined) break;
          return await bearer(tokenIn(headers));
        case "a client certificate":
          return { ...judged(peer), source: "certificate" };
        case "a claimed name":
          if (development === undefined) break;
          return { ...(await development.authenticate(headers, peer)), source: "development" };
        case undefined:
          if (!isAnythingProved && development !== undefined) return await development.authenticate(headers, peer);
          throw nobody(`The call does not say who makes it. This server takes ${accepted.join(", or ")}.`);
      }
      throw nobody(`This server does not take ${only} as an identity. It takes ${accepted.join(", or ")}.`);
    },
  };

  function credentialsIn(headers: Headers, peer: Peer) {
    const given: ("a token" | "a client certificate" | "a claimed name")[] = [];
    if (isAnythingProved && headers.has(AUTHORIZATION)) given.push("a token");
    if (peer.certificate !== undefined) given.push("a client certificate");
    if (headers.has(ACTOR) || headers.has(GROUPS)) given.push("a claimed name");
    return given;
  }

  function judged({ certificate: shown, isStale }: Peer): Identity {
    if (shown === undefined || certificate === undefined) throw nobody("This server takes no client certificates.");
    if (isStale)
      throw new Refused(
        "IDENTITY_UNAVAILABLE",
        "The certificates that this server trusts have changed: connect again.",
      );
    return certificate(shown);
  }
}

/** RFC 6750, section 2.1. A header that came twice arrives joined by a comma, which no token holds. */
function tokenIn(headers: Headers): string {
  const given = headers.get(AUTHORIZATION) ?? "";
  if (given.length > MAX_TOKEN_LENGTH)
    throw nobody(`The metadata authorization is longer than ${MAX_TOKEN_LENGTH} characters.`);
  const [, token] = /^Bearer +([A-Za-z0-9._~+/-]+=*)$/i.exec(given) ?? [];
  if (token === undefined) throw nobody("The metadata authorization must be the word Bearer, a space, and one token.");
  return token;
}

function nobody(message: string): Refused {
  return new Refused("UNAUTHENTICATED", message);
}
