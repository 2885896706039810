import type { KeyObject, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { createSecureContext } from "node:tls";
import { ConfigError } from "./config/load-config.ts";
import type { Config } from "./config/schema.ts";
import { unreadableFile } from "./config/unreadable-file.ts";
import { certificateIn, privateKeyIn } from "./pem.ts";
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
  assertUsable(settings, tls, mtls?.caFile);
  return settings;
}

/** A key that does not belong to the certificate, or a file that is not PEM, is found out before anybody connects. */
function assertUsable(
  settings: TlsSettings,
  { certFile, keyFile }: NonNullable<Config["tls"]>,
  caFile: string | undefined,
): void {
  const certificate = readCertificate("tls.certFile", certFile, settings.cert);
  if (!certificate.checkPrivateKey(readKey("tls.keyFile", keyFile, settings.key)))
    throw new ConfigError(
      `tls.keyFile: the key in ${keyFile} does not belong to the certificate in ${certFile} (tls.certFile), or not to the first one there.`,
    );
  if (settings.clients !== undefined) readCertificate("auth.mtls.caFile", `${caFile}`, settings.clients.ca);
  try {
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

function readCertificate(key: string, file: string, text: string): X509Certificate {
  const certificate = certificateIn(text);
  if (certificate !== undefined) return certificate;
  throw new ConfigError(`${key}: the file ${file} holds no certificate in PEM, which begins with BEGIN CERTIFICATE.`);
}

function readKey(key: string, file: string, text: string): KeyObject {
  const privateKey = privateKeyIn(text);
  if (privateKey !== undefined) return privateKey;
  throw new ConfigError(
    text.includes("ENCRYPTED")
      ? `${key}: the key in ${file} has a passphrase, and nobody is there to type it: openssl pkey -in ${file} -out NEW takes it off.`
      : `${key}: the file ${file} holds no private key in PEM, which begins with BEGIN PRIVATE KEY.`,
  );
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
    throw unreadableFile(key, file, cause);
  }
}
