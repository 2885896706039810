import { once } from "node:events";
import type { ReadReq, ReadResp } from "@eventstore/db-client/generated/streams_pb.js";
import type { ServerWritableStream } from "@grpc/grpc-js";
import type { Ledger, Recorded } from "./ledger.ts";
import {
  caughtUpMessage,
  checkpointMessage,
  confirmationMessage,
  eventMessage,
  invalidPosition,
  lastRevisionMessage,
  notFoundMessage,
  type ReadRequest,
  streamDeleted,
} from "./wire.ts";

export type ReadCall = ServerWritableStream<ReadReq, ReadResp>;

/** Sends one message; resolves when there is room for the next, to whether the caller is still there. */
export type Send = (message: ReadResp) => Promise<boolean>;

export function sender(call: ReadCall): Send {
  const gone = new Promise<void>((left) => call.once("cancelled", left));
  return async (message) => {
    if (call.cancelled) return false;
    if (call.write(message)) return true;
    await Promise.race([gone, new Promise<void>((room) => call.once("drain", room))]);
    return !call.cancelled;
  };
}

/** A read that comes to an end. Returns the error it ends with. */
export async function answerRead(ledger: Ledger, request: ReadRequest, send: Send) {
  const { source, from, backwards, count = 0 } = request;
  let events: readonly Recorded[];
  let last: bigint | undefined;
  if (source === "all") {
    if (typeof from === "bigint" && !ledger.isPlace(from)) return invalidPosition();
    events = backwards
      ? ledger.all.filter(({ position }) => from === "end" || position < (from === "start" ? 0n : from)).toReversed()
      : ledger.all.filter(({ position }) => from !== "end" && (from === "start" || position >= from));
  } else {
    const found = ledger.stream(source.stream);
    if (found === "deleted") return streamDeleted(source.stream);
    if (found === "not found") {
      await send(notFoundMessage(source.stream));
      return undefined;
    }
    last = BigInt(ledger.lastRevision(source.stream));
    events = backwards
      ? found.filter(({ revision }) => from === "end" || revision <= (from === "start" ? 0n : from)).toReversed()
      : found.filter(({ revision }) => from !== "end" && (from === "start" || revision >= from));
  }
  for (const event of events.slice(0, count)) if (!(await send(eventMessage(event)))) return undefined;
  if (last !== undefined && request.saysWhereItEnds) await send(lastRevisionMessage(last));
  return undefined;
}

/** Where in the log the first record from a place on is. */
function firstFrom({ all }: Ledger, place: bigint): number {
  const index = all.findIndex(({ position }) => position >= place);
  return index < 0 ? all.length : index;
}

/** A subscription to $all, from just after a position, for ever. Returns the error it ends with. */
export async function answerSubscription(ledger: Ledger, request: ReadRequest, call: ReadCall, send: Send) {
  const { from, filter } = request;
  if (typeof from === "bigint" && !ledger.isPlace(from)) return invalidPosition();
  // The server reads one record from the position on and skips it, whichever it is.
  let next = from === "start" ? 0 : from === "end" ? ledger.all.length : firstFrom(ledger, from) + 1;
  let considered = 0;
  let caughtUp = false;
  const ringing = new EventTarget();
  const stop = ledger.onCommit(() => ringing.dispatchEvent(new Event("ring")));
  call.once("cancelled", () => ringing.dispatchEvent(new Event("ring")));
  try {
    if (!(await send(confirmationMessage()))) return undefined;
    while (!call.cancelled) {
      const event = ledger.all[next];
      if (event === undefined) {
        if (!caughtUp && !(await send(caughtUpMessage()))) return undefined;
        caughtUp = true;
        if (ledger.all[next] === undefined && !call.cancelled) await once(ringing, "ring");
        continue;
      }
      next += 1;
      if (filter === undefined || filter.prefixes.some((prefix) => event.stream.startsWith(prefix))) {
        if (!(await send(eventMessage(event)))) return undefined;
      }
      considered += 1;
      if (filter !== undefined && considered % filter.checkpointEvery === 0)
        if (!(await send(checkpointMessage(event.position)))) return undefined;
    }
    return undefined;
  } finally {
    stop();
  }
}
