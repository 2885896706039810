import { type ContextValues, createContextKey, type HandlerContext } from "@connectrpc/connect";
import type { Actor } from "../domain/actor.ts";
import { rpcError } from "./errors.ts";

/** Who is calling, as authentication says. */
export interface Identity {
  readonly actor: Actor;
  readonly groups: readonly string[];
  /** The service that makes the call on the actor's behalf. */
  readonly delegate: Actor | undefined;
}

/** The authenticator port. */
export interface Authenticator {
  /**
   * Says who is calling, from what came with the call other than its message.
   *
   * @throws {ConnectError} UNAUTHENTICATED if nobody valid.
   */
  authenticate(headers: Headers): Promise<Identity>;
}

const IDENTITY = createContextKey<Identity | undefined>(undefined, { description: "who is calling" });

/** Services of the infrastructure, which ask nobody's name and tell nothing of decisions. */
const OPEN_SERVICES: ReadonlySet<string> = new Set([
  "grpc.health.v1.Health",
  "grpc.reflection.v1.ServerReflection",
  "grpc.reflection.v1alpha.ServerReflection",
]);

/** Authenticates every call before its body is read. */
export function createAuthenticationGate(authenticator: Authenticator): (context: HandlerContext) => Promise<void> {
  return async (context) => {
    if (OPEN_SERVICES.has(context.service.typeName)) return;
    context.values.set(IDENTITY, await authenticator.authenticate(context.requestHeader));
  };
}

/** Who is calling. A handler that asks cannot be reached without an identity. */
export function identityOf(values: ContextValues): Identity {
  const identity = values.get(IDENTITY);
  if (identity === undefined) throw rpcError("UNAUTHENTICATED", "The call has no identity.");
  return identity;
}

/** Who is calling, or undefined; for the log. */
export function knownIdentity(values: ContextValues): Identity | undefined {
  return values.get(IDENTITY);
}
