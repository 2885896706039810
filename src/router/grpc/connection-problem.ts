import { Code, ConnectError } from "@connectrpc/connect";
import { NotHttp2 } from "./open-socket.ts";

/** The longest that a router's own words get, in characters. */
const MAX_WORDS = 1_024;

/** What the verification of a certificate says, as OpenSSL and Node name it. */
const CERTIFICATE: Readonly<Record<string, string>> = {
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another name; see tls.serverName",
  CERT_HAS_EXPIRED: "its certificate has expired",
  CERT_REVOKED: "its certificate has been revoked",
  CRL_HAS_EXPIRED: "the list of what its authority has revoked is too old; see tls.crlFile",
  CRL_NOT_YET_VALID: "the list of what its authority has revoked is not valid yet; see tls.crlFile",
  CRL_SIGNATURE_FAILURE: "the list of what its authority has revoked is not that authority's; see tls.crlFile",
  UNABLE_TO_GET_CRL: "there is no list of what its authority has revoked; see tls.crlFile",
  CERT_NOT_YET_VALID: "its certificate is not valid yet",
  INVALID_PURPOSE: "its certificate is not one for servers",
  DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is of no authority that is trusted here; see tls.caFile",
  SELF_SIGNED_CERT_IN_CHAIN: "its certificate is of no authority that is trusted here; see tls.caFile",
  UNABLE_TO_GET_ISSUER_CERT: "its certificate is of no authority that is trusted here; see tls.caFile",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "its certificate is of no authority that is trusted here; see tls.caFile",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its certificate is of no authority that is trusted here; see tls.caFile",
  CERT_SIGNATURE_FAILURE: "its certificate is of no authority that is trusted here; see tls.caFile",
};

/** What the other side of a handshake, or its failure, says. */
const HANDSHAKE: readonly (readonly [pattern: RegExp, words: string])[] = [
  [/ALERT_CERTIFICATE_REQUIRED|ALERT_HANDSHAKE_FAILURE/, "it wants a client certificate; see tls.certFile"],
  [/ALERT_(UNKNOWN_CA|BAD_CERTIFICATE|CERTIFICATE|UNSUPPORTED_CERT)/, "it refuses this server's certificate"],
  [/PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL/, "it speaks no TLS that is allowed here; see tls.minVersion"],
  [/WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST/, "it does not speak TLS"],
  [/NO_APPLICATION_PROTOCOL/, "it speaks TLS but no HTTP/2"],
];

/** How a connection that has been there looks when the other side has ended it. */
const ENDED: readonly Code[] = [Code.Aborted, Code.Canceled, Code.Internal, Code.Unavailable];

/** What a call says whose connection has ended; which of these is a matter of what came first. */
const BROKEN =
  /\b(ECONNRESET|ERR_STREAM_DESTROYED|ERR_HTTP2_INVALID_STREAM)\b|^http\/2 stream closed with error code CANCEL\b/;

/** What the system says of a connection that could not be made, or was lost: at its other end there may be nobody at this moment. */
const AWAY: ReadonlySet<string> = new Set([
  "ECONNABORTED",
  "ECONNREFUSED",
  "EAI_AGAIN",
  "EHOSTDOWN",
  "EHOSTUNREACH",
  "ENETDOWN",
  "ENETUNREACH",
  "ENOTFOUND",
  "EPIPE",
  "ETIMEDOUT",
]);

/**
 * Whether a router that is being started anew fails like that: nobody is at its address, nothing comes back, the connection ends, or whoever stands in front of it
 * says that it is not available. What it refuses, and what is wrong with a certificate, is not mended by asking again, and neither is what is not known here.
 *
 * @param context.isUnheard as {@link problemOf} takes it.
 */
export function isAway(error: unknown, { isUnheard = false } = {}): boolean {
  if (!(error instanceof ConnectError)) return false;
  const chain = causes(error);
  const isWrong = chain.some(
    ({ error: each, code }) => each instanceof NotHttp2 || (code !== undefined && wordsOfCode(code) !== undefined),
  );
  if (isWrong || (isUnheard && ENDED.includes(error.code))) return false;
  if (error.code === Code.Unavailable || error.code === Code.DeadlineExceeded || isBroken(error, chain)) return true;
  return chain.some(({ code }) => code !== undefined && AWAY.has(code));
}

/**
 * Why a call of a router came to nothing, in words for whoever runs the server. Nothing that was sent is in it.
 *
 * @param context.isUnheard whether the router has shown its certificate, and then ended the connection without a word: in TLS 1.3 the alert by which it refuses
 * that of its client comes only afterwards, and gets lost easily.
 */
export function problemOf(error: unknown, { isUnheard = false } = {}): string {
  const chain = causes(error);
  for (const { code } of chain) {
    if (code === undefined) continue;
    const words = wordsOfCode(code);
    if (words !== undefined) return `${words} (${code})`;
  }
  const notHttp2 = chain.find((each) => each.error instanceof NotHttp2);
  if (notHttp2 !== undefined) return notHttp2.error.message;
  if (!(error instanceof ConnectError)) return wordsOf(error instanceof Error ? error.message : String(error));
  if (isUnheard && ENDED.includes(error.code))
    return "it ended the connection without a word once it was there: it may want a client certificate, or refuse this server's; see tls.certFile";
  const said = `${Code[error.code]}: ${wordsOf(deepest(error))}`;
  if (error.code === Code.Unauthenticated || error.code === Code.PermissionDenied)
    return `it does not let this server in (${said})`;
  return isBroken(error, chain) ? `its connection ended meanwhile (${said})` : said;
}

function wordsOfCode(code: string): string | undefined {
  return CERTIFICATE[code] ?? HANDSHAKE.find(([pattern]) => pattern.test(code))?.[1];
}

function isBroken(error: ConnectError, chain: ReturnType<typeof causes>): boolean {
  return chain.some(({ code }) => code !== undefined && BROKEN.test(code)) || BROKEN.test(error.rawMessage);
}

/** What a router says, as a line of bounded length. */
export function wordsOf(text: string): string {
  const line = text
    .slice(0, MAX_WORDS)
    .replaceAll(/\p{Cc}+/gu, " ")
    .toWellFormed();
  return text.length > MAX_WORDS ? `${line}…` : line;
}

/** The words of the failure itself, where others stand around it. */
function deepest(error: ConnectError): string {
  const own = causes(error).at(-1)?.error;
  return own === undefined || own === error || own.message === "" ? error.rawMessage : own.message;
}

function causes(error: unknown): readonly { readonly error: Error; readonly code: string | undefined }[] {
  const chain: { readonly error: Error; readonly code: string | undefined }[] = [];
  for (let each = error; each instanceof Error && chain.length < 10; each = each.cause) {
    const { code } = each as { readonly code?: unknown };
    chain.push({ error: each, code: typeof code === "string" ? code : undefined });
  }
  return chain;
}
