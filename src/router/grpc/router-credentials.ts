/** By what a router and this server prove to each other who they are. */
export interface RouterCredentials {
  /** Undefined: in the clear. */
  readonly tls: RouterTls | undefined;
  /** The bearer token that goes with every call. */
  readonly token: string | undefined;
}

/** All of it is text, PEM where it is material. */
export interface RouterTls {
  /** The authorities that the router's certificate may come from; undefined: those that Node knows. */
  readonly ca: string | undefined;
  /** What they have revoked; undefined: nobody asks. */
  readonly crl: string | undefined;
  /** The name that its certificate must have; undefined: the host of its address. */
  readonly serverName: string | undefined;
  /** What this server shows; undefined: nothing. */
  readonly client: { readonly cert: string; readonly key: string } | undefined;
  readonly minVersion: "TLSv1.2" | "TLSv1.3";
  /** For TLS 1.2. */
  readonly ciphers: string;
}

/** Whether two say the same of whom to believe: then what was proved under the one holds under the other. */
export function isSameTrust(one: RouterTls | undefined, other: RouterTls | undefined): boolean {
  return (["ca", "crl", "serverName", "minVersion"] as const).every((part) => one?.[part] === other?.[part]);
}
