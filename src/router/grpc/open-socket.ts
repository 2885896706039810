import { connect as connectPlain, isIP, type Socket } from "node:net";
import { checkServerIdentity, connect as connectSecure, type PeerCertificate, type TLSSocket } from "node:tls";
import type { RouterTls } from "./router-credentials.ts";

/** How long a connection may take to be there, its handshake included, in milliseconds: one that hangs must not keep the next one from being tried. */
const CONNECT_WITHIN = 10_000;

/** As the system says it, which the library takes for "try again later". */
const TIMED_OUT = "ETIMEDOUT";

/** The router shows a certificate, and what it speaks is not HTTP/2. */
export class NotHttp2 extends Error {
  override readonly name = "NotHttp2";
}

/**
 * Opens the connection that HTTP/2 is spoken over. Over TLS nothing is sent by it before the router's certificate has been found good: of an authority that is
 * trusted, valid now, not revoked as far as there is a list, for servers, and for the very name. Neither environment variables nor flags of Node take anything back of that.
 */
export function openSocket(url: string, tls: RouterTls | undefined): Socket {
  const { hostname, port, protocol } = new URL(url);
  const host = hostname.replace(/^\[(.*)\]$/, "$1");
  if (protocol === "http:") {
    const socket = connectPlain({ host, port: Number(port || 80) });
    endIfLate(socket, "connect");
    return socket;
  }
  const name = tls?.serverName ?? host;
  const socket: TLSSocket = connectSecure({
    host,
    port: Number(port || 443),
    ALPNProtocols: ["h2"],
    rejectUnauthorized: true,
    // Before anybody is told that there is a connection: HTTP/2 on one that is ended at that moment would end this process.
    checkServerIdentity: (_, certificate) =>
      problemWithName(name, certificate) ??
      (socket.alpnProtocol === "h2" ? undefined : new NotHttp2("it speaks TLS but no HTTP/2")),
    // An address has no place in this field of the handshake (RFC 6066, section 3).
    ...(isIP(name) === 0 ? { servername: name } : {}),
    ...(tls?.ca === undefined ? {} : { ca: tls.ca }),
    ...(tls?.crl === undefined ? {} : { crl: tls.crl }),
    ...tls?.client,
    ...(tls === undefined ? {} : { minVersion: tls.minVersion, ciphers: tls.ciphers }),
  });
  endIfLate(socket, "secureConnect");
  return socket;
}

/** Common names are not looked at: a certificate says by its subject alternative names whose it is. */
function problemWithName(name: string, certificate: PeerCertificate): Error | undefined {
  const named = { ...certificate, subject: {} } as PeerCertificate;
  return checkServerIdentity(name, named);
}

function endIfLate(socket: Socket, event: "connect" | "secureConnect"): void {
  const late = setTimeout(() => {
    socket.destroy(Object.assign(new Error(`no connection within ${CONNECT_WITHIN} ms`), { code: TIMED_OUT }));
  }, CONNECT_WITHIN);
  socket.once(event, () => clearTimeout(late));
  socket.once("close", () => clearTimeout(late));
}
