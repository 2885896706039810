import type { Message } from "@bufbuild/protobuf";
import type { ContextValues } from "@connectrpc/connect";
import type { AuditEntry } from "../app/audit-log.ts";
import { addressIn, knownIdentity } from "./authentication.ts";

interface Call {
  readonly service: { readonly typeName: string };
  readonly method: { readonly name: string };
  readonly contextValues: ContextValues;
}

/** What every record about a call says: which, by whom and how that was proved, from where, and under which request id. */
export function auditedCall(call: Call, message: Message | undefined): Omit<AuditEntry, "kind" | "outcome"> {
  const { service, method, contextValues } = call;
  const identity = knownIdentity(contextValues);
  return {
    rpc: `${service.typeName}/${method.name}`,
    actor: identity && { ...identity.actor, source: identity.source },
    delegate: identity?.delegate,
    requestId: requestIdIn(message),
    remoteAddress: addressIn(contextValues),
  };
}

/** Only what is one: the message may never have passed its check. */
function requestIdIn(message: Message | undefined): string | undefined {
  if (message === undefined || !("requestId" in message)) return undefined;
  const { requestId } = message;
  return typeof requestId === "string" && /^[A-Za-z0-9._:/-]{1,128}$/.test(requestId) ? requestId : undefined;
}
