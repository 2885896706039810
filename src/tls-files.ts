import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { createSecureContext } from "node:tls";
import { ConfigError } from "./config/load-config.ts";
import type { Config } from "./config/schema.ts";
import { contextOptions, type TlsSettings } from "./tls-settings.ts";

/**
 * Reads what TLS needs from the files that the configuration names; undefined if there is to be no TLS.
 *
 * @throws {ConfigError} naming the key and the file; never with what is in it.
 */
export function readTlsFiles({ tls, auth }: Pick<Config, "tls" | "auth">): TlsSettings | undefined {
  if (tls === undefined) return undefined;
  const { mtls } = auth;
  const settings: TlsSettings = {
    cert: read("tls.certFile", tls.certFile),
    key: read("tls.keyFile", tls.keyFile),
    minVersion: `TLSv${tls.minVersion}`,
    clients:
      mtls === undefined
        ? undefined
        : {
            ca: read("auth.mtls.caFile", mtls.caFile),
            crl: mtls.crlFile === undefined ? undefined : read("auth.mtls.crlFile", mtls.crlFile),
          },
  };
  assertUsable(settings);
  return settings;
}

/** A key that does not belong to the certificate, or a file that is not PEM, is found out before anybody connects. */
function assertUsable(settings: TlsSettings): void {
  try {
    for (const text of [settings.cert, settings.clients?.ca]) if (text !== undefined) readCertificate(text);
    createSecureContext(contextOptions(settings));
  } catch (cause) {
    throw new ConfigError(
      `tls: the certificates, keys and revocation lists do not fit together or cannot be read: ${(cause as Error).message}.`,
      { cause },
    );
  }
}

/**
 * Reads the issuers' keys that are kept in files, in the order of the issuers; undefined for those that publish them by URL.
 *
 * @throws {ConfigError}
 */
export function readKeyFiles({ auth }: Pick<Config, "auth">): readonly (string | undefined)[] {
  return auth.jwt.map(({ jwksFile }, index) =>
    jwksFile === undefined ? undefined : read(`auth.jwt[${index}].jwksFile`, jwksFile),
  );
}

/** The first of a file; throws if there is none. */
function readCertificate(text: string): X509Certificate {
  return new X509Certificate(text);
}

/**
 * Reads a file that the configuration names.
 *
 * @throws {ConfigError} naming the key and the file.
 */
export function read(key: string, file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new ConfigError(`${key}: the file ${file} cannot be read (${code}).`, { cause });
  }
}
