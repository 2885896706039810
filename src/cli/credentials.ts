import { readFileSync } from "node:fs";
import { isLoopback } from "../config/listen.ts";
import { certificateIn, privateKeyIn } from "../pem.ts";
import { UsageError, unreadable } from "./failure.ts";
import type { Called } from "./hints.ts";

/** What the caller shows, and what it holds the server's certificate against. */
export interface Credentials {
  /** Metadata of every call. */
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: { readonly ca?: string; readonly cert?: string; readonly key?: string };
}

interface Given {
  readonly server: string;
  readonly as: string | undefined;
  readonly groups: string | undefined;
  readonly tokenFile: string | undefined;
  readonly tlsCa: string | undefined;
  readonly tlsCert: string | undefined;
  readonly tlsKey: string | undefined;
  readonly onBehalfOf: string | undefined;
}

/** The variable that holds a token. There is no option for it: everybody on a machine can read the arguments of its programs. */
const TOKEN_VARIABLE = "NEXUS_ATTEST_TOKEN";

/**
 * Reads what the options name.
 *
 * @throws {UsageError}
 */
export function credentialsOf(given: Given, environment: Readonly<Record<string, string | undefined>>): Credentials {
  const { server, as, groups, tlsCa, tlsCert, tlsKey, onBehalfOf } = given;
  if ((tlsCert === undefined) !== (tlsKey === undefined))
    throw new UsageError("--tls-cert and --tls-key belong together: a certificate, and the key that it is for");
  if (!server.startsWith("https://") && [tlsCa, tlsCert].some((each) => each !== undefined))
    throw new UsageError(`--server: got "${server}", wants an https:// URL where there are options for TLS`);
  const token = tokenIn(given, environment);
  if (token !== undefined && !isPrivate(server))
    throw new UsageError(`--server: a token is sent to https:// URLs and to loopback only, not to "${server}"`);
  return {
    headers: {
      ...(as !== undefined && { "nexus-actor": as }),
      ...(groups !== undefined && { "nexus-groups": groups }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(onBehalfOf !== undefined && { "x-nexus-on-behalf-of": onBehalfOf }),
    },
    tls: {
      ...(tlsCa !== undefined && { ca: authoritiesIn(tlsCa) }),
      ...(tlsCert !== undefined && tlsKey !== undefined && ownCertificate(tlsCert, tlsKey)),
    },
  };
}

/** What a call with these options showed of its caller. */
export function calledAs(given: Given, environment: Readonly<Record<string, string | undefined>>): Called {
  const { server, as, groups, tokenFile, tlsCert } = given;
  const hasToken = tokenFile !== undefined || (environment[TOKEN_VARIABLE] ?? "") !== "";
  return { server, isNamed: as !== undefined || groups !== undefined, hasToken, hasCertificate: tlsCert !== undefined };
}

function tokenIn({ tokenFile }: Given, environment: Readonly<Record<string, string | undefined>>): string | undefined {
  const [token, where] =
    tokenFile === undefined ? [environment[TOKEN_VARIABLE], TOKEN_VARIABLE] : [read(tokenFile).trim(), tokenFile];
  if (token === undefined || token === "") {
    if (tokenFile === undefined) return undefined;
    throw new UsageError(`${tokenFile} is empty: it should hold a token`);
  }
  // Never with what stands there.
  if (!/^[A-Za-z0-9._~+/=-]+$/.test(token)) throw new UsageError(`${where} does not hold one token and nothing else`);
  return token;
}

/** Node passes over what is no certificate, and trusts nobody then. */
function authoritiesIn(file: string): string {
  const text = read(file);
  if (text.includes("-----BEGIN CERTIFICATE-----")) return text;
  throw new UsageError(`--tls-ca: ${file} holds no certificate in PEM, which begins with BEGIN CERTIFICATE`);
}

/** A certificate and its key: what does not fit together is told by name, for OpenSSL's words name neither. */
function ownCertificate(certFile: string, keyFile: string): { readonly cert: string; readonly key: string } {
  const [cert, key] = [read(certFile), read(keyFile)];
  const certificate = certificateIn(cert);
  if (certificate === undefined) throw new UsageError(`--tls-cert: ${certFile} holds no certificate in PEM`);
  const privateKey = privateKeyIn(key);
  if (privateKey === undefined)
    throw new UsageError(`--tls-key: ${keyFile} holds no private key in PEM, or one with a passphrase`);
  if (!certificate.checkPrivateKey(privateKey))
    throw new UsageError(`--tls-key: the key in ${keyFile} does not belong to the certificate in ${certFile}`);
  return { cert, key };
}

/** Whether nobody on the way can read along. */
function isPrivate(server: string): boolean {
  if (!URL.canParse(server)) return true;
  const { protocol, hostname } = new URL(server);
  return protocol === "https:" || isLoopback(hostname.replace(/^\[(.*)\]$/, "$1"));
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw unreadable(file, cause);
  }
}
