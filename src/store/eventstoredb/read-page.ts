import { BACKWARDS, END, FORWARDS, type RecordedEvent, START } from "@eventstore/db-client";
import { type ReadOptions, StreamCorrupt } from "../../app/event-store.ts";
import { CutShort } from "./bounded.ts";
import type { CallTicket, Client } from "./client.ts";
import { Failed, insist, type Timing, unavailable } from "./insist.ts";
import { whileWanted } from "./while-wanted.ts";

export interface Page {
  readonly events: readonly RecordedEvent[];
  /** Whether nothing followed at the moment of reading. An empty page that is not the last one: what should follow is not shown. */
  readonly isLast: boolean;
}

/** A page ends with so many events, or with the event that makes it longer than so many characters. */
const PAGE_EVENTS = 128;
const PAGE_CHARACTERS = 1024 * 1024;

/**
 * Some events of one stream, read in one call that ends: a reader that takes its time, or goes away, leaves nothing open.
 *
 * That the call ends well does not say that the stream ends there: something on the way may have ended it. What counts is the server's word for it. A page
 * without that word goes on as far as it reached; without any event it is read again.
 *
 * @throws {StoreUnavailable}
 * @throws {StreamCorrupt} if the stream was tombstoned.
 */
export async function readPage(
  client: Client,
  timing: Timing,
  stream: string,
  { from, direction = "forwards", limit = PAGE_EVENTS }: ReadOptions,
  signal: AbortSignal | undefined,
): Promise<Page> {
  const maxCount = Math.min(limit, PAGE_EVENTS);
  const isForwards = direction === "forwards";
  let wasSilent = false;
  try {
    return await insist(timing, signal, async (ticket) => {
      let last: number | undefined;
      const heardLast = (revision: number) => {
        last = revision;
        client.saysWhereStreamsEnd = true;
      };
      const options: CallTicket = { ticket, heardLast };
      const reading = client.calls.readStream(stream, {
        ...options,
        maxCount,
        direction: isForwards ? FORWARDS : BACKWARDS,
        fromRevision: from === undefined ? (isForwards ? START : END) : BigInt(from),
        requiresLeader: true,
      });
      const events: RecordedEvent[] = [];
      let characters = 0;
      for await (const { event } of whileWanted(reading, ticket.signal)) {
        if (event === undefined) continue;
        events.push(event);
        characters += JSON.stringify(event.data).length;
        if (characters >= PAGE_CHARACTERS) return { events, isLast: false };
      }
      if (last !== undefined) {
        const next = Number(events.at(-1)?.revision ?? (from ?? 0) - 1) + 1;
        return { events, isLast: isForwards ? next > last : events.length > 0 && events.length < maxCount };
      }
      if (events.length > 0) return { events, isLast: false };
      // A server that never says it is believed the second time.
      if (!wasSilent || client.saysWhereStreamsEnd) {
        wasSilent = true;
        throw new CutShort("the server ended its answer without saying that the stream ends there");
      }
      return { events, isLast: true };
    });
  } catch (error) {
    if (!(error instanceof Failed)) throw error;
    if (error.failure.kind === "not found") return { events: [], isLast: true };
    if (error.failure.kind === "caller left") throw signal?.reason;
    if (error.failure.kind === "tombstoned")
      throw new StreamCorrupt(stream, `stream ${stream} was deleted for good`, { cause: error });
    throw unavailable(error);
  }
}
