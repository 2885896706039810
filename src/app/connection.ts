import { type Peer, UNKNOWN_PEER } from "./authenticator.ts";

/** The connection that a call comes by. */
export interface Connection {
  readonly peer: Peer;
  /** Where it comes from; behind a proxy, the proxy. */
  readonly address: string | undefined;
  /** The same, as callers from there are counted. */
  readonly network: string;
  /** Whether a call has come by it whose caller was let in. */
  hasProvenCaller: boolean;
}

/** For calls of which nothing is known. */
export function unknownConnection(): Connection {
  return { peer: UNKNOWN_PEER, address: undefined, network: "unknown", hasProvenCaller: false };
}
