import {
  AccessDeniedError,
  MaxAppendSizeExceededError,
  NO_STREAM,
  NotLeaderError,
  StreamDeletedError,
  StreamNotFoundError,
  WrongExpectedVersionError,
} from "@eventstore/db-client";
import { status } from "@grpc/grpc-js";
import type { ExpectedRevision } from "../../app/event-store.ts";
import { CallerLeft, type CallFailed, CutShort, TimedOut } from "./bounded.ts";

/** What a failed call says about the store. */
export type Failure = { readonly reason: string } & (
  | { readonly kind: "conflict"; readonly actual: ExpectedRevision }
  | { readonly kind: "not found" | "tombstoned" | "too large" | "invalid position" }
  /** The server will not let us. Nothing was done. */
  | { readonly kind: "refused" }
  /** The server cannot now, another one may: no leader, not the leader, starting, too busy. Nothing was done. */
  | { readonly kind: "not here" }
  /** There was no connection. Nothing was sent. */
  | { readonly kind: "not reached" }
  /** What was read is not all there is. */
  | { readonly kind: "cut short" }
  | { readonly kind: "caller left"; readonly begun: boolean }
  /** Anything may have happened. */
  | { readonly kind: "unclear" }
);

/** What grpc-js says of calls that no connection has carried; any other words count as unclear, which is always safe. */
const NOT_SENT =
  /No connection established|Name resolution failed|Channel closed before call started|Channel has been shut down/;

/** What the server says with code UNAVAILABLE or UNKNOWN before it does anything (RpcExceptions in the server's source). */
const NOT_HERE = /Server Is Not Ready|Server Is Too Busy|No leader info available/;

export function failureOf({ cause: error, begun }: CallFailed): Failure {
  const reason = reasonOf(error);
  if (error instanceof CallerLeft) return { kind: "caller left", begun, reason };
  if (error instanceof CutShort) return { kind: "cut short", reason };
  if (error instanceof TimedOut) return { kind: begun ? "unclear" : "not reached", reason };
  if (error instanceof WrongExpectedVersionError) {
    const { actualVersion } = error;
    return { kind: "conflict", actual: actualVersion === NO_STREAM ? "none" : Number(actualVersion), reason };
  }
  if (error instanceof StreamNotFoundError) return { kind: "not found", reason };
  if (error instanceof StreamDeletedError) return { kind: "tombstoned", reason };
  if (error instanceof MaxAppendSizeExceededError) return { kind: "too large", reason };
  if (error instanceof AccessDeniedError)
    return { kind: "refused", reason: "the store denies access: check the credentials and the access lists" };
  if (error instanceof NotLeaderError)
    return { kind: "not here", reason: `the leader is ${error.leader.address}:${error.leader.port}` };
  const { code } = error as { readonly code?: unknown };
  if (code === status.UNIMPLEMENTED)
    return { kind: "refused", reason: "what answers there is no EventStoreDB of a version that this server knows" };
  if (code === status.INVALID_ARGUMENT && /invalid position/i.test(reason)) return { kind: "invalid position", reason };
  if ((code === status.UNAVAILABLE || code === status.UNKNOWN) && NOT_HERE.test(reason))
    return { kind: "not here", reason };
  if (!begun || NOT_SENT.test(reason)) return { kind: "not reached", reason };
  return { kind: "unclear", reason };
}

/** The error in words on one line, without the code in front: it may stand in an answer. */
function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const [line = ""] = text.replace(/^[0-9]+ [A-Z_]+: /, "").split("\n");
  return line === "" ? "an error without words" : line.replace(/\. Resolution note: ?.*$/, "").slice(0, 300);
}
