import type { X509Certificate } from "node:crypto";
import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import type { ClientCertificate, Peer } from "./app/authenticator.ts";

/** The purpose `id-kp-clientAuth` (RFC 5280, section 4.2.1.12). */
const CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";

/** Whose certificates of clients are trusted. */
export interface TrustedClients {
  /** Authorities, PEM. */
  readonly ca: string;
  /** What they have revoked, PEM. */
  readonly crl: string | undefined;
}

/**
 * Knows for each connection under which trust its client's certificate was judged: OpenSSL judges it in the handshake and never again, so that a certificate which
 * is revoked later would go on for as long as its connection.
 */
export function createClientTrust(clients: TrustedClients | undefined) {
  let trusted = JSON.stringify(clients);
  let generation = 0;
  /** When a handshake began under which trust, by the client's address: the socket that ends a handshake is not the one that began it. */
  const handshakes = new Map<string, number>();

  return {
    /** A connection, before the handshake. */
    arrives(socket: Socket): void {
      const address = addressOf(socket);
      handshakes.set(address, generation);
      socket.once("close", () => handshakes.delete(address));
    },

    /** Who is there, after the handshake. */
    meet(socket: TLSSocket): Peer {
      const begunUnder = handshakes.get(addressOf(socket));
      return {
        certificate: certificateOf(socket),
        get isStale() {
          return begunUnder !== generation;
        },
      };
    },

    /** Goes on with other trust. @returns whether it is another. */
    renew(next: TrustedClients | undefined): boolean {
      const others = JSON.stringify(next);
      if (others === trusted) return false;
      trusted = others;
      generation += 1;
      return true;
    },
  };
}

function addressOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}

function certificateOf(socket: TLSSocket): ClientCertificate | undefined {
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return undefined;
  // Node gives the code of what is wrong, and calls it an error.
  const judged = socket.authorized ? undefined : String(socket.authorizationError ?? "UNVERIFIED");
  // OpenSSL takes a certificate that says nothing of what it is for as one for everything (RFC 5280, section 4.2.1.12). `keyUsage` is the extended one.
  const { keyUsage = [] } = certificate as Partial<X509Certificate>;
  const problem = judged ?? (keyUsage.includes(CLIENT_AUTH) ? undefined : "INVALID_PURPOSE");
  return { subjectAltName: certificate.subjectAltName ?? "", validTo: certificate.validToDate.getTime(), problem };
}
