import type { Message } from "@bufbuild/protobuf";
import type { Interceptor } from "@connectrpc/connect";
import type { Authenticator, Identity } from "../app/authenticator.ts";
import type { Authorization } from "../app/authorization.ts";
import type { Clock } from "../app/clock.ts";
import { isSameActor } from "../domain/actor.ts";
import { knownIdentity, peerIn, renewIdentity } from "./authentication.ts";
import { rpcError } from "./errors.ts";
import { knownPermissions } from "./permissions.ts";

/** How often who reads a stream is asked for its identity again, in milliseconds. */
export const RECHECK_EVERY = 30_000;

/**
 * Ends a stream once its caller would not be let in any more, or may not read it any more: at the moment when its token or certificate expires, and within a while of what the server learns
 * otherwise (a token taken out of the configuration, an issuer's key that is withdrawn, a certificate that is revoked). As soon as the configuration has been
 * reloaded, everybody is asked again.
 */
export function createIdentityRecheck(
  authenticator: Authenticator,
  clock: Clock,
  authorization: Pick<Authorization, "listen">,
): Interceptor {
  return (next) => async (request) => {
    const response = await next(request);
    const identity = knownIdentity(request.contextValues);
    if (!response.stream || identity === undefined) return response;
    const { header, contextValues } = request;
    const again = async () => {
      const now = await authenticator.authenticate(header, peerIn(contextValues));
      if (!isSameActor(now.actor, identity.actor))
        throw rpcError("UNAUTHENTICATED", "Your identity is another by now: call again.");
      renewIdentity(contextValues, now);
      knownPermissions(contextValues)?.permit();
      return now;
    };
    return { ...response, message: whileLetIn(identity, again, response.message) };
  };

  async function* whileLetIn(
    identity: Identity,
    again: () => Promise<Identity>,
    messages: AsyncIterable<Message>,
  ): AsyncIterable<Message> {
    const iterator = messages[Symbol.asyncIterator]();
    const ended = new AbortController();
    let shutOut: { readonly why: unknown } | undefined;
    let tell = (): void => undefined;
    void untilShutOut(identity, again, ended.signal).then((why) => {
      shutOut = { why };
      tell();
    });
    try {
      for (;;) {
        // A promise for each turn: a single one would remember every message of a long stream.
        const told = new Promise<undefined>((resolve) => {
          tell = () => resolve(undefined);
        });
        const result = shutOut === undefined ? await Promise.race([iterator.next(), told]) : undefined;
        if (result === undefined) throw shutOut?.why;
        if (result.done === true) return;
        yield result.value;
      }
    } finally {
      ended.abort();
      // It may be waiting for its next message; it ends when that comes, and nobody waits for it.
      void iterator.return?.()?.catch(() => undefined);
    }
  }

  /** Resolves once the caller would not be let in any more, with the reason; never rejects. */
  async function untilShutOut(first: Identity, again: () => Promise<Identity>, signal: AbortSignal): Promise<unknown> {
    for (let { validUntil } = first; !signal.aborted; ) {
      const left = validUntil === undefined ? RECHECK_EVERY : validUntil - clock.now();
      if (left <= 0)
        return rpcError(
          "UNAUTHENTICATED",
          "What proved your identity has expired: go on with a new one, from the last seq + 1 or the last cursor.",
        );
      const changed = new AbortController();
      const stop = authorization.listen(() => changed.abort());
      await clock.sleep(Math.min(left, RECHECK_EVERY), AbortSignal.any([signal, changed.signal]));
      stop();
      if (signal.aborted) break;
      try {
        ({ validUntil } = await again());
      } catch (error) {
        return error;
      }
    }
    return undefined;
  }
}
