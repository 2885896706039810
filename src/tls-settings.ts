import { constants } from "node:crypto";
import type { SecureContextOptions, TlsOptions } from "node:tls";
import type { TrustedClients } from "./client-trust.ts";

/** What TLS takes. All of it is text, PEM where it is material. */
export interface TlsSettings {
  readonly cert: string;
  readonly key: string;
  readonly minVersion: "TLSv1.2" | "TLSv1.3";
  /** Undefined: clients are not asked for certificates. */
  readonly clients: TrustedClients | undefined;
}

/** For TLS 1.2: ephemeral keys and authenticated encryption only, as HTTP/2 wants it (RFC 9113, section 9.2.2). TLS 1.3 has no others. */
export const CIPHERS = [
  "TLS_AES_256_GCM_SHA384",
  "TLS_CHACHA20_POLY1305_SHA256",
  "TLS_AES_128_GCM_SHA256",
  "ECDHE-ECDSA-AES128-GCM-SHA256",
  "ECDHE-RSA-AES128-GCM-SHA256",
  "ECDHE-ECDSA-AES256-GCM-SHA384",
  "ECDHE-RSA-AES256-GCM-SHA384",
  "ECDHE-ECDSA-CHACHA20-POLY1305",
  "ECDHE-RSA-CHACHA20-POLY1305",
].join(":");

/** What may change while the server runs. */
export function contextOptions({ cert, key, minVersion, clients }: TlsSettings): SecureContextOptions {
  return {
    cert,
    key,
    minVersion,
    ciphers: CIPHERS,
    honorCipherOrder: true,
    // A session that is resumed would bring along a client's certificate that nobody judges again, perhaps revoked by now.
    secureOptions: constants.SSL_OP_NO_TICKET | constants.SSL_OP_NO_RENEGOTIATION,
    ...(clients === undefined ? {} : { ca: clients.ca }),
    ...(clients?.crl === undefined ? {} : { crl: clients.crl }),
  };
}

/** What a server over TLS is made with. */
export function tlsServerOptions(settings: TlsSettings): TlsOptions & SecureContextOptions {
  return {
    ...contextOptions(settings),
    ALPNProtocols: ["h2", "http/1.1"],
    requestCert: settings.clients !== undefined,
    // A bad certificate is refused call by call, in words that say why; see src/identity/certificates.ts.
    rejectUnauthorized: false,
  };
}
