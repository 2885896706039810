import { type ContextValues, createContextKey, createContextValues, type HandlerContext } from "@connectrpc/connect";
import type { Authenticator, Identity, Peer } from "../app/authenticator.ts";
import { type Connection, unknownConnection } from "../app/connection.ts";
import { Refused } from "../app/refused.ts";
import { rpcError, toRpcError } from "./errors.ts";

const IDENTITY = createContextKey<Identity | undefined>(undefined, { description: "who is calling" });

const CONNECTION = createContextKey<Connection | undefined>(undefined, { description: "the connection it came by" });

const OWN = createContextKey<(caller: string) => void>(() => undefined, { description: "whose its memory is" });

const ADDRESS = createContextKey<string | undefined>(undefined, { description: "where the connection comes from" });

/** Orchestrators ask for it, and have no identity. It tells nothing of decisions. */
export const OPEN_SERVICE = "grpc.health.v1.Health";

/** Tell what the schema tells, and nothing of decisions. */
const REFLECTION_SERVICES: ReadonlySet<string> = new Set([
  "grpc.reflection.v1.ServerReflection",
  "grpc.reflection.v1alpha.ServerReflection",
]);

/**
 * Authenticates every call before its body is read.
 *
 * @param options.isReflectionOpen whether the schema is told to everybody.
 * @param options.onNobody hears of connections by which a call came by nobody valid.
 */
export function createAuthenticationGate(
  authenticator: Authenticator,
  options: { readonly isReflectionOpen: () => boolean; readonly onNobody: (connection: Connection) => void },
): (context: HandlerContext) => Promise<void> {
  return async ({ service, values, requestHeader, signal }) => {
    if (service.typeName === OPEN_SERVICE) return;
    if (REFLECTION_SERVICES.has(service.typeName) && options.isReflectionOpen()) return;
    const connection = connectionIn(values);
    try {
      values.set(IDENTITY, await authenticator.authenticate(requestHeader, connection.peer));
      connection.hasProvenCaller = true;
    } catch (error) {
      if (error instanceof Refused && error.reason === "UNAUTHENTICATED") options.onNobody(connection);
      throw toRpcError(error, signal);
    }
  };
}

/** What a call knows of its connection before it is authenticated. */
export function valuesOfArrival(arrival: {
  readonly connection: Connection;
  readonly memory: { belongsTo(caller: string): void };
}): ContextValues {
  return createContextValues()
    .set(CONNECTION, arrival.connection)
    .set(ADDRESS, arrival.connection.address)
    .set(OWN, (caller) => arrival.memory.belongsTo(caller));
}

/** Says whose the memory is that the request is going to take. */
export function ownRequest(values: ContextValues, caller: string): void {
  values.get(OWN)(caller);
}

/** Where the call's connection comes from: behind a proxy, the proxy. */
export function addressIn(values: ContextValues): string | undefined {
  return values.get(ADDRESS);
}

/** The connection that the call came by. */
export function connectionIn(values: ContextValues): Connection {
  return values.get(CONNECTION) ?? unknownConnection();
}

/** Who is at the other end of the call's connection. */
export function peerIn(values: ContextValues): Peer {
  return connectionIn(values).peer;
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
