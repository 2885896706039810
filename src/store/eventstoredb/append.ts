import { NO_STREAM } from "@eventstore/db-client";
import {
  AppendOutcomeUnknown,
  type AppendResult,
  type ExpectedRevision,
  type NewEvent,
  StoreUnavailable,
  StreamCorrupt,
  WrongExpectedRevision,
} from "../../app/event-store.ts";
import type { CallTicket, Client } from "./client.ts";
import { toProposed } from "./event-format.ts";
import { Failed, insist, type Timing } from "./insist.ts";
import { toPosition } from "./position.ts";
import { readPage } from "./read-page.ts";

/**
 * Appends by one unary call, whose deadline the server and gRPC respect.
 *
 * The server takes an append for a repeat if it finds the same ids at the same place, whatever the data are, and answers as it did the first time. It can only
 * find them if somebody has appended these very ids there before; ids are random for each attempt at deciding, so that was this append, with these data.
 */
export async function append(
  client: Client,
  timing: Timing,
  stream: string,
  expected: ExpectedRevision,
  events: readonly NewEvent[],
  signal: AbortSignal | undefined,
): Promise<AppendResult> {
  if (events.length === 0) throw new TypeError("an append holds at least one event");
  const proposed = events.map(toProposed);
  const last = (expected === "none" ? -1 : expected) + events.length;
  let result: Awaited<ReturnType<typeof client.calls.appendToStream>>;
  try {
    result = await insist(timing, signal, (ticket) => {
      const options: CallTicket = { ticket };
      return client.calls.appendToStream(stream, proposed, {
        ...options,
        expectedRevision: expected === "none" ? NO_STREAM : BigInt(expected),
        requiresLeader: true,
      });
    });
  } catch (error) {
    throw error instanceof Failed ? refusal(error, stream, expected, signal) : error;
  }
  const { nextExpectedRevision, position } = result;
  if (Number(nextExpectedRevision) !== last)
    throw new StreamCorrupt(
      stream,
      `stream ${stream} went on at ${nextExpectedRevision} where ${last} was due: was it deleted once?`,
    );
  if (position !== undefined) return { revision: last, position: toPosition(position.commit) };
  // The server may answer a repeat without the position.
  const { events: found } = await readPage(client, timing, stream, { from: last, limit: 1 }, signal).catch((cause) => {
    throw new AppendOutcomeUnknown("it was written, but its position could not be read", { cause });
  });
  const place = found[0]?.position?.commit;
  if (place === undefined) throw new AppendOutcomeUnknown("it was written, but is not there");
  return { revision: last, position: toPosition(place) };
}

function refusal(failed: Failed, stream: string, expected: ExpectedRevision, signal: AbortSignal | undefined): unknown {
  const { failure } = failed;
  const cause = { cause: failed };
  switch (failure.kind) {
    case "conflict":
      return new WrongExpectedRevision(stream, expected, failure.actual);
    case "tombstoned":
      return new StreamCorrupt(stream, `stream ${stream} was deleted for good`, cause);
    case "too large":
      return new RangeError("the events are larger than the store takes in one append, 1 MiB by default", cause);
    case "caller left":
      return failure.begun
        ? new AppendOutcomeUnknown("the caller did not wait for the write to be confirmed", cause)
        : signal?.reason;
    case "not here":
    case "not reached":
    case "refused":
      return new StoreUnavailable(failure.reason, cause);
    case "not found":
    case "invalid position":
    case "cut short":
    case "unclear":
      return new AppendOutcomeUnknown(failure.reason, cause);
  }
}
