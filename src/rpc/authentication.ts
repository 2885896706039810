import { type ContextValues, createContextKey, createContextValues, type HandlerContext } from "@connectrpc/connect";
import { type Authenticator, type Identity, type Peer, UNKNOWN_PEER } from "../app/authenticator.ts";
import { rpcError, toRpcError } from "./errors.ts";

const IDENTITY = createContextKey<Identity | undefined>(undefined, { description: "who is calling" });

const PEER = createContextKey<Peer>(UNKNOWN_PEER, { description: "who is at the other end of the connection" });

const ADDRESS = createContextKey<string | undefined>(undefined, { description: "where the connection comes from" });

/** Orchestrators ask for it, and have no identity. It tells nothing of decisions. */
const OPEN_SERVICE = "grpc.health.v1.Health";

/** Tell what the schema tells, and nothing of decisions. */
const REFLECTION_SERVICES: ReadonlySet<string> = new Set([
  "grpc.reflection.v1.ServerReflection",
  "grpc.reflection.v1alpha.ServerReflection",
]);

/**
 * Authenticates every call before its body is read.
 *
 * @param options.isReflectionOpen whether the schema is told to everybody.
 */
export function createAuthenticationGate(
  authenticator: Authenticator,
  options: { readonly isReflectionOpen: () => boolean },
): (context: HandlerContext) => Promise<void> {
  return async ({ service, values, requestHeader, signal }) => {
    if (service.typeName === OPEN_SERVICE) return;
    if (REFLECTION_SERVICES.has(service.typeName) && options.isReflectionOpen()) return;
    try {
      values.set(IDENTITY, await authenticator.authenticate(requestHeader, values.get(PEER)));
    } catch (error) {
      throw toRpcError(error, signal);
    }
  };
}

/** What a call knows of its connection before it is authenticated. */
export function valuesOfPeer(peer: Peer, address: string | undefined): ContextValues {
  return createContextValues().set(PEER, peer).set(ADDRESS, address);
}

/** Where the call's connection comes from: behind a proxy, the proxy. */
export function addressIn(values: ContextValues): string | undefined {
  return values.get(ADDRESS);
}

/** Who is at the other end of the call's connection. */
export function peerIn(values: ContextValues): Peer {
  return values.get(PEER);
}

/** Who is calling. A handler that asks cannot be reached without an identity. */
export function identityOf(values: ContextValues): Identity {
  const identity = values.get(IDENTITY);
  if (identity === undefined) throw rpcError("UNAUTHENTICATED", "The call has no identity.");
  return identity;
}

/** Goes on with what a later look at the caller's credentials said. */
export function renewIdentity(values: ContextValues, identity: Identity): void {
  values.set(IDENTITY, identity);
}

/** Who is calling, or undefined; for the log. */
export function knownIdentity(values: ContextValues): Identity | undefined {
  return values.get(IDENTITY);
}
