import type { HandlerContext } from "@connectrpc/connect";
import type { Caller } from "../app/caller.ts";
import { identityOf } from "./authentication.ts";
import { permissionsOf } from "./permissions.ts";

/**
 * Who gives a command, by which key, and whether they still may.
 *
 * @param newRequestId a random key for callers that give none.
 */
export function callerOf(
  request: { readonly requestId: string },
  { values }: Pick<HandlerContext, "values">,
  newRequestId: () => string,
): Caller {
  const requestId = request.requestId === "" ? newRequestId() : request.requestId;
  return { ...identityOf(values), requestId, permit: permissionsOf(values).permit };
}
