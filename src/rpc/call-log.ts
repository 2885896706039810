import type { Message } from "@bufbuild/protobuf";
import { Code, ConnectError, type ContextValues, createContextKey, type HandlerContext } from "@connectrpc/connect";
import { ErrorInfoSchema } from "../../gen/ts/google/rpc/error_details_pb.ts";
import type { Denial } from "../app/denials.ts";
import type { Log } from "../app/log.ts";
import type { Actor } from "../domain/actor.ts";
import { auditedCall } from "./audited-call.ts";
import { knownIdentity } from "./authentication.ts";
import { ERROR_DOMAIN } from "./errors.ts";

/**
 * Writes one line for each call: which, how it ended, how long it took, about which decision, by whom. Never a payload, nor a message that might quote one. What was
 * denied is told once more, as a record of its own.
 */
export interface CallLog {
  /** Sees to the line of a call that ends before it is handled: by nobody valid, too large, or not to be decoded. */
  expect(context: HandlerContext): void;

  /** A call that is handled from here on. Returns what to call once it has ended, with the message that names its decision. */
  begin(call: Call): (error: ConnectError | undefined, message: Message | undefined) => void;
}

interface Call {
  readonly service: { readonly typeName: string };
  readonly method: { readonly name: string };
  readonly contextValues: ContextValues;
}

const IS_HANDLED = createContextKey(false, { description: "whether somebody else sees to its line" });

const IS_HIDDEN = createContextKey(false, { description: "whether what it asked for exists, and not for its caller" });

/** Remembers for the log that a call was told of nothing where there is something. */
export function markHidden(values: ContextValues): void {
  values.set(IS_HIDDEN, true);
}

/** A call that was refused because of a limit has no line of its own: in a flood that would cost most. Somebody else tells of them. */
export function markTold(values: ContextValues): void {
  values.set(IS_HANDLED, true);
}

export function createCallLog(log: Log, tellDenial: (denial: Denial) => void): CallLog {
  return {
    expect({ service, method, values, signal }) {
      const begun = performance.now();
      const onEnd = () => {
        if (values.get(IS_HANDLED)) return;
        const { reason } = signal as { readonly reason: unknown };
        const error = reason instanceof ConnectError ? reason : new ConnectError("", Code.Canceled);
        write({ service, method, contextValues: values }, begun, error, undefined);
      };
      // Every call's signal aborts at its end, with what ended it.
      signal.addEventListener("abort", onEnd, { once: true });
    },
    begin(call) {
      const begun = performance.now();
      call.contextValues.set(IS_HANDLED, true);
      return (error, message) => write(call, begun, error, message);
    },
  };

  function write(call: Call, begun: number, error: ConnectError | undefined, message: Message | undefined): void {
    const reason = error?.findDetails(ErrorInfoSchema).find((info) => info.domain === ERROR_DOMAIN)?.reason;
    const isOurFault = reason !== undefined && (error?.code === Code.Internal || error?.code === Code.DataLoss);
    const facts = {
      rpc: `${call.service.typeName}/${call.method.name}`,
      code: error === undefined ? "OK" : Code[error.code],
      ...(reason === undefined ? {} : { reason }),
      // Never quotes what was sent; and whoever runs the server has to tell a mistake of theirs from one of the caller's.
      ...(reason === "UNAUTHENTICATED" ? { why: error?.rawMessage } : {}),
      ms: Math.round((performance.now() - begun) * 100) / 100,
      ...decisionIn(message),
      ...importIn(message),
      ...actorIn(call.contextValues),
      ...(isOurFault ? { error: error.cause } : {}),
    };
    if (isOurFault) log.error(facts, "call");
    else log.info(facts, "call");
    const isHidden = call.contextValues.get(IS_HIDDEN);
    if (isHidden || error?.code === Code.PermissionDenied || error?.code === Code.Unauthenticated)
      tellDenial({
        kind: error?.code === Code.Unauthenticated ? "authentication" : "authorization",
        outcome: "DENIED",
        ...auditedCall(call, message),
        decisionId: facts.decision_id,
        importId: facts.import_id,
        reason: isHidden ? "HIDDEN" : (reason ?? facts.code),
      });
  }
}

/** The decision that a message is about. Only what is an id: the message may never have passed its check. */
function decisionIn(message: Message | undefined): { readonly decision_id?: string } {
  const holder: unknown = message !== undefined && "decision" in message ? message.decision : message;
  if (typeof holder !== "object" || holder === null || !("decisionId" in holder)) return {};
  const { decisionId } = holder;
  return typeof decisionId === "string" && /^[0-9a-f]{32}$/.test(decisionId) ? { decision_id: decisionId } : {};
}

/** Likewise the import. */
function importIn(message: Message | undefined): { readonly import_id?: string } {
  if (message === undefined || !("importId" in message)) return {};
  const { importId } = message;
  return typeof importId === "string" && /^[0-9a-f]{32}$/.test(importId) ? { import_id: importId } : {};
}

function actorIn(values: ContextValues): { readonly actor?: string; readonly delegate?: string } {
  const identity = knownIdentity(values);
  if (identity === undefined) return {};
  const { actor, delegate } = identity;
  return { actor: named(actor), ...(delegate === undefined ? {} : { delegate: named(delegate) }) };
}

function named({ type, id }: Actor): string {
  return `${type.toLowerCase()}:${id}`;
}
