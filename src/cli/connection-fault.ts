import { Code, type ConnectError } from "@connectrpc/connect";
import { safe } from "./output.ts";

/** What is wrong with a connection, and what to do about it. */
export interface ConnectionFault {
  readonly what: string;
  readonly hint: string;
}

/**
 * What kept a call from coming to an answer; undefined if it was answered, or nobody knows.
 *
 * @param reason that a server gave.
 */
export function connectionFault(
  error: ConnectError,
  reason: string | undefined,
  server = "?",
): ConnectionFault | undefined {
  const { code, rawMessage } = error;
  if (code === Code.Unavailable && reason === undefined)
    return {
      what: `the server at ${server} does not answer: ${rawMessage}`,
      hint: "start one with: nexus-attest serve, or name another with --server URL",
    };
  if (isTlsFault(error))
    return {
      what: `the server at ${server} does not speak TLS, or not as it should`,
      hint: "a server without TLS is reached by http://",
    };
  const untrusted = certificateFault(error);
  if (untrusted !== undefined)
    return {
      what: `the certificate of the server at ${server} is not taken: ${safe(withoutAdvice(rawMessage))}`,
      hint: hintForCertificate(untrusted),
    };
  // What a server with TLS is to a client that speaks none: a connection that breaks before a word.
  if (code === Code.Canceled && reason === undefined && server.startsWith("http://"))
    return {
      what: safe(rawMessage),
      hint: "the connection broke before an answer; a server with TLS is reached by https://",
    };
  return undefined;
}

/** OpenSSL's words, which say nothing to whoever typed https by mistake. */
function isTlsFault({ rawMessage }: ConnectError): boolean {
  return rawMessage.includes("SSL routines");
}

/** Why the server's certificate is not taken, in OpenSSL's or Node's code; undefined for any other fault. */
function certificateFault({ cause }: ConnectError): string | undefined {
  if (!(cause instanceof Error) || !("code" in cause) || typeof cause.code !== "string") return undefined;
  return /CERT|SIGNATURE/.test(cause.code) ? cause.code : undefined;
}

/** Node's words without its advice, which is about options that nobody here gives to Node. */
function withoutAdvice(message: string): string {
  return message.replace(/; if the root CA is installed locally.*/, "");
}

function hintForCertificate(fault: string): string {
  if (fault === "CERT_HAS_EXPIRED") return "the server needs a new one, unless this machine's clock is wrong";
  if (fault === "CERT_NOT_YET_VALID") return "look at this machine's clock, and at the server's certificate";
  if (fault === "ERR_TLS_CERT_ALTNAME_INVALID") return "name the server as its certificate does";
  return "name the authority that it comes from with --tls-ca FILE; for those of the system set NODE_USE_SYSTEM_CA=1";
}
