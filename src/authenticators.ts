import type { Authenticator } from "./app/authenticator.ts";
import type { Clock } from "./app/clock.ts";
import type { Log } from "./app/log.ts";
import { type AuthConfig, believesCallers } from "./config/auth-schema.ts";
import { ConfigError } from "./config/load-config.ts";
import { createCertificates } from "./identity/certificates.ts";
import type { Issuer } from "./identity/issuer.ts";
import { createJwts } from "./identity/jwt.ts";
import { createFixedKeys, type KeySource, parseKeySet } from "./identity/key-source.ts";
import { withOnBehalfOf } from "./identity/on-behalf-of.ts";
import { createOneCredentialAuthenticator, type Methods } from "./identity/one-credential.ts";
import { createRemoteKeys } from "./identity/remote-keys.ts";
import { isServiceToken } from "./identity/service-token.ts";
import { createServiceTokens } from "./identity/service-tokens.ts";
import { createDevelopmentAuthenticator } from "./rpc/development-authenticator.ts";

type IssuerConfig = AuthConfig["jwt"][number];

interface Surroundings {
  readonly clock: Clock;
  /** Where the keys come from of an issuer that publishes them by URL. */
  readonly remoteKeys: (issuer: IssuerConfig) => KeySource;
}

/**
 * Every way in that the configuration opens, as one authenticator.
 *
 * @param keyFiles what is in the issuers' key files, in the order of the issuers.
 * @throws {ConfigError} if a file that it names cannot be used.
 */
export function createAuthenticator(
  auth: AuthConfig,
  keyFiles: readonly (string | undefined)[],
  surroundings: Surroundings,
): Authenticator {
  const { clock } = surroundings;
  const rules = auth.mtls?.actors.map(({ san, type, id, groups }) => ({
    name: san,
    actor: { type: typeOf(type), id },
    groups: groups.toSorted(),
  }));
  const oneOf = createOneCredentialAuthenticator({
    bearer: bearer(auth, keyFiles, surroundings),
    certificate: rules === undefined ? undefined : createCertificates(rules, clock),
    development: believesCallers(auth) ? createDevelopmentAuthenticator() : undefined,
  });
  return withOnBehalfOf(
    oneOf,
    auth.onBehalfOf.map((rule) => ({ ...rule, groups: rule.groups.toSorted() })),
  );
}

/** Tokens of services are known by their prefix; any other is for the issuers. */
function bearer(
  { tokens, jwt }: AuthConfig,
  keyFiles: readonly (string | undefined)[],
  surroundings: Surroundings,
): Methods["bearer"] {
  if (tokens.length === 0 && jwt.length === 0) return undefined;
  const { clock } = surroundings;
  const known = tokens.map(({ service, groups, hash, expires }) => ({
    service,
    groups: groups.toSorted(),
    hash,
    expiresAt: expires === undefined ? undefined : Date.parse(expires),
  }));
  const ofService = createServiceTokens(known, clock);
  const ofIssuer = createJwts(
    jwt.map((issuer, index) => {
      const text = keyFiles[index];
      const keys =
        text === undefined ? surroundings.remoteKeys(issuer) : fixedKeys(text, `auth.jwt[${index}].jwksFile`);
      return issuerOf(issuer, keys);
    }),
    clock,
  );
  return async (token) => (isServiceToken(token) ? { ...ofService(token), source: "token" } : await ofIssuer(token));
}

function issuerOf(config: IssuerConfig, keys: KeySource): Issuer {
  const { type, typeFrom } = config;
  return {
    issuer: config.issuer,
    audiences: config.audience,
    algorithms: config.algorithms,
    keys,
    clockTolerance: config.clockToleranceSeconds * 1000,
    tokenType: config.tokenType,
    requiredClaims: config.requiredClaims,
    actor: {
      idClaim: config.idClaim,
      idPrefix: config.idPrefix,
      foldCase: config.idCase === "fold",
      ids: config.ids,
      type: typeFrom ?? typeOf(type ?? "system"),
    },
    groups: { claim: config.groupsClaim, prefix: config.groupsPrefix },
  };
}

function fixedKeys(text: string, key: string): KeySource {
  try {
    return createFixedKeys(parseKeySet(text));
  } catch (cause) {
    throw new ConfigError(`${key}: the file cannot be used: ${(cause as Error).message}.`, { cause });
  }
}

/** The keys of issuers by URL. Whoever asks for the same twice gets the same, with what has been fetched: a reload while an issuer is away shuts nobody out. */
export function createRemoteKeySources(ports: { readonly clock: Clock; readonly log: Log }) {
  const sources = new Map<string, KeySource>();
  return (config: IssuerConfig): KeySource => {
    const { jwksUrl: url = "", jwksRefreshSeconds, jwksMaxStaleSeconds, jwksCooldownSeconds } = config;
    const key = JSON.stringify([url, jwksRefreshSeconds, jwksMaxStaleSeconds, jwksCooldownSeconds]);
    const known = sources.get(key);
    if (known !== undefined) return known;
    const keys = createRemoteKeys({
      ...ports,
      url,
      refreshAfter: jwksRefreshSeconds * 1000,
      reliedOnFor: jwksMaxStaleSeconds * 1000,
      cooldown: jwksCooldownSeconds * 1000,
    });
    sources.set(key, keys);
    // The first caller need not wait for them; whether they are there is told in the log.
    void keys.current().catch(() => undefined);
    return keys;
  };
}

function typeOf(type: "human" | "system"): "HUMAN" | "SYSTEM" {
  return type === "human" ? "HUMAN" : "SYSTEM";
}
