import type { HandlerContext } from "@connectrpc/connect";
import { Refused } from "../app/refused.ts";
import { connectionIn, knownIdentity, OPEN_SERVICE, ownRequest } from "./authentication.ts";
import { markTold } from "./call-log.ts";
import { toRpcError } from "./errors.ts";

/** Lets each caller make only so many calls, before their requests are read. Whoever needs no identity is counted by where they call from. */
export function createCallerGate(
  admit: (caller: string, kind: "call" | "stream") => () => void,
  tell: (refused: Refused, by: string) => void,
): (context: HandlerContext) => void {
  return ({ service, method, values, signal }) => {
    // Calls of that service are counted before they come here, so that refusing them costs less.
    if (service.typeName === OPEN_SERVICE || signal.aborted) return;
    const caller = callerIn(values);
    try {
      const end = admit(caller, method.methodKind === "unary" ? "call" : "stream");
      // Every call's signal aborts at its end.
      signal.addEventListener("abort", end, { once: true });
      ownRequest(values, caller);
    } catch (error) {
      if (error instanceof Refused) {
        markTold(values);
        tell(error, caller);
      }
      throw toRpcError(error, signal);
    }
  };
}

/** A name that no other caller has. Ids hold no white space. */
function callerIn(values: HandlerContext["values"]): string {
  const identity = knownIdentity(values);
  if (identity === undefined) return `address ${connectionIn(values).network}`;
  const { actor, delegate } = identity;
  const name = `${actor.type.toLowerCase()}:${actor.id}`;
  return delegate === undefined ? name : `${name} by ${delegate.id}`;
}
