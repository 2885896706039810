import { X509Certificate } from "node:crypto";
import { createSecureContext } from "node:tls";
import { ConfigError } from "./config/load-config.ts";
import type { RouterConfig } from "./config/schema.ts";
import { resolveSecret } from "./config/secret.ts";
import type { RouterCredentials, RouterTls } from "./router/grpc/router-credentials.ts";
import { read } from "./tls-files.ts";
import { CIPHERS } from "./tls-settings.ts";

/**
 * Reads by what a router and this server prove to each other who they are, from where the configuration says.
 *
 * @param key of its entry, such as `routers[0]`.
 * @throws {ConfigError} naming the key and the file; never with what is in it.
 */
export function readRouterCredentials(
  { url, tls, token }: RouterConfig,
  key: string,
  environment: Readonly<Record<string, string | undefined>>,
): RouterCredentials {
  return {
    tls: new URL(url).protocol === "https:" ? readTls(tls, `${key}.tls`) : undefined,
    token: token === undefined ? undefined : assertToken(resolveSecret(token, `${key}.token`, environment), key),
  };
}

function readTls(tls: RouterConfig["tls"], key: string): RouterTls {
  const { caFile, crlFile, certFile, keyFile, serverName, minVersion = "1.3" } = tls ?? {};
  const settings: RouterTls = {
    ca: caFile === undefined ? undefined : read(`${key}.caFile`, caFile),
    crl: crlFile === undefined ? undefined : read(`${key}.crlFile`, crlFile),
    serverName,
    client:
      certFile === undefined || keyFile === undefined
        ? undefined
        : { cert: read(`${key}.certFile`, certFile), key: read(`${key}.keyFile`, keyFile) },
    minVersion: `TLSv${minVersion}`,
    ciphers: CIPHERS,
  };
  assertUsable(settings, key);
  return settings;
}

/** A key that does not belong to its certificate, or a file that is not PEM, is found out before anything is to be run. */
function assertUsable({ ca, crl, client }: RouterTls, key: string): void {
  try {
    for (const text of [ca, client?.cert]) if (text !== undefined) assertCertificate(text);
    createSecureContext({ ...client, ...(ca === undefined ? {} : { ca }), ...(crl === undefined ? {} : { crl }) });
  } catch (cause) {
    throw new ConfigError(
      `${key}: the certificates, the key and the list of what is revoked do not fit together or cannot be read: ${(cause as Error).message}.`,
      { cause },
    );
  }
}

/** Throws if the text does not begin with one. */
function assertCertificate(text: string): X509Certificate {
  return new X509Certificate(text);
}

/** What a header can hold: RFC 6750 has no other characters for it. */
function assertToken(token: string, key: string): string {
  if (/^[\x21-\x7e]{1,8192}$/.test(token)) return token;
  throw new ConfigError(`${key}.token: what is there is no token: 1 to 8192 visible ASCII characters, without spaces.`);
}
