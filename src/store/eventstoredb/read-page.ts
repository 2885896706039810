import { BACKWARDS, END, FORWARDS, type RecordedEvent, START } from "@eventstore/db-client";
import { type ReadOptions, StreamCorrupt } from "../../app/event-store.ts";
import type { CallTicket, Client } from "./client.ts";
import { Failed, insist, type Timing, unavailable } from "./insist.ts";
import { whileWanted } from "./while-wanted.ts";

export interface Page {
  readonly events: readonly RecordedEvent[];
  /** Whether nothing followed at the moment of reading. */
  readonly isLast: boolean;
}

/** A page ends with so many events, or with the event that makes it longer than so many characters. */
const PAGE_EVENTS = 128;
const PAGE_CHARACTERS = 1024 * 1024;

/**
 * Some events of one stream, read in one call that ends: a reader that takes its time, or goes away, leaves nothing open.
 *
 * @throws {StoreUnavailable}
 * @throws {StreamCorrupt} if the stream was tombstoned.
 */
export async function readPage(
  { calls }: Client,
  timing: Timing,
  stream: string,
  { from, direction = "forwards", limit = PAGE_EVENTS }: ReadOptions,
  signal: AbortSignal | undefined,
): Promise<Page> {
  const maxCount = Math.min(limit, PAGE_EVENTS);
  const isForwards = direction === "forwards";
  try {
    return await insist(timing, signal, async (ticket) => {
      const options: CallTicket = { ticket };
      const reading = calls.readStream(stream, {
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
      return { events, isLast: events.length < maxCount };
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
