import type { Actor } from "../domain/actor.ts";
import type { Instant } from "../domain/ids.ts";

/** Who is calling, as authentication says. */
export interface Identity {
  readonly actor: Actor;
  readonly groups: readonly string[];
  /** The service that makes the call on the actor's behalf. */
  readonly delegate: Actor | undefined;
  /** What proved it: `token`, `certificate`, `development`, or `jwt:` and the issuer; for the audit log. */
  readonly source?: string | undefined;
  /** When what proves it is over; a stream goes no further. Undefined: it has no end. */
  readonly validUntil?: Instant | undefined;
}

/** Who is at the other end of the connection. */
export interface Peer {
  /** What the client showed in the TLS handshake. */
  readonly certificate: ClientCertificate | undefined;
  /** Whether the certificates that this server trusts have changed since the handshake. */
  readonly isStale: boolean;
}

export interface ClientCertificate {
  /** As Node writes subject alternative names: `DNS:a.example, URI:spiffe://b`. */
  readonly subjectAltName: string;
  readonly validTo: Instant;
  /** OpenSSL's code of what is wrong with it, such as CERT_REVOKED; undefined if it is valid. */
  readonly problem: string | undefined;
}

/** The peer of a connection without a client certificate. */
export const UNKNOWN_PEER: Peer = { certificate: undefined, isStale: false };

/** The authenticator port. */
export interface Authenticator {
  /**
   * Says who is calling, from what came with the call other than its message.
   *
   * @throws {Refused} UNAUTHENTICATED if nobody valid; IDENTITY_UNAVAILABLE if that cannot be judged now; ON_BEHALF_OF_REFUSED.
   */
  authenticate(headers: Headers, peer: Peer): Promise<Identity>;
}
