import type { DecisionId } from "../domain/ids.ts";
import { evolveKeys, IllegalKeyEvent, NO_KEYS } from "../domain/key-registry.ts";
import type { Decision } from "../domain/state.ts";
import { BrokenLog } from "../evidence/chain.ts";
import { appendSettled } from "./append.ts";
import { KEY_STREAM, takeUpStoredKey } from "./approver-keys.ts";
import type { Clock } from "./clock.ts";
import { DECISION_STREAMS, decisionOf } from "./decision-logs.ts";
import { type EventStore, type NewEvent, StreamCorrupt, WrongExpectedRevision } from "./event-store.ts";
import { IMPORTED_STREAMS, importOf } from "./import-metadata.ts";
import { createImportReader } from "./import-reader.ts";
import { MAX_APPEND_BYTES } from "./record.ts";
import { takeUpStored } from "./take-up-stored.ts";

/** What became of a stream that was to be copied. */
export type StreamCopy =
  /** It was not there; so many events were written. */
  | { readonly kind: "copied"; readonly events: number }
  /** Its beginning was there; so many events were written behind it. */
  | { readonly kind: "continued"; readonly events: number }
  /** It was there, whole and the same. */
  | { readonly kind: "unchanged" }
  /** The source's log does not replay: nothing was written. */
  | { readonly kind: "corrupt"; readonly message: string }
  /** The target holds something else under that name, or does not take it: what is there was left as it is. */
  | { readonly kind: "refused"; readonly message: string };

export interface CopyPorts {
  readonly source: EventStore;
  readonly target: EventStore;
  readonly clock: Clock;
}

/** What an event may take in an append beyond its texts. */
const OVERHEAD_BYTES = 512;

/**
 * Copies one stream: ids, types, data and metadata to the byte. It is verified before anything is written, and what was written is read back and compared. What
 * is there already is compared and left alone; so it can be cut short anywhere, and repeated.
 *
 * @throws {StoreUnavailable} if one of the stores cannot be reached now.
 * @throws {AppendOutcomeUnknown} likewise; a repeat finds out.
 */
export async function copyStream({ source, target, clock }: CopyPorts, stream: string): Promise<StreamCopy> {
  let events: readonly NewEvent[];
  try {
    events = await readVerified(source, stream);
  } catch (error) {
    if (error instanceof BrokenLog || error instanceof StreamCorrupt || error instanceof IllegalKeyEvent)
      return { kind: "corrupt", message: error.message };
    throw error;
  }
  try {
    const there = await matching(target, stream, events, 0);
    if (there === events.length) return { kind: "unchanged" };
    for (let next = there; next < events.length; ) {
      const part = oneAppend(events, next);
      await appendSettled({ store: target, clock }, stream, next === 0 ? "none" : next - 1, part, undefined);
      next += part.length;
    }
    if ((await matching(target, stream, events, there)) !== events.length)
      throw new Refusal("the target does not give back all that was written to it");
    return { kind: there === 0 ? "copied" : "continued", events: events.length - there };
  } catch (error) {
    const isRefusal =
      error instanceof Refusal ||
      error instanceof WrongExpectedRevision ||
      error instanceof StreamCorrupt ||
      // What the target's store does not keep as it is, or not at that size.
      error instanceof TypeError ||
      error instanceof RangeError;
    if (!isRefusal) throw error;
    return { kind: "refused", message: error.message };
  }
}

class Refusal extends Error {
  override readonly name = "Refusal";
}

/** The whole stream; the log of a decision or of an import, and that of the registry of keys, has then been replayed. */
async function readVerified(source: EventStore, stream: string): Promise<readonly NewEvent[]> {
  let registry = NO_KEYS;
  const isDecision = stream.startsWith(DECISION_STREAMS);
  const decisionId: DecisionId = decisionOf(stream);
  const imported = stream.startsWith(IMPORTED_STREAMS) ? createImportReader(importOf(stream)) : undefined;
  const events: NewEvent[] = [];
  let decision: Decision | undefined;
  for await (const stored of source.read(stream)) {
    const { id, type, data, metadata } = stored;
    imported?.take(stored);
    if (!isDecision) {
      if (stream === KEY_STREAM) registry = evolveKeys(registry, [takeUpStoredKey(stored)]);
      events.push({ id, type, data, metadata });
      continue;
    }
    const taken = takeUpStored(decisionId, decision, stored);
    decision = taken.decision;
    const { requestId } = taken.recorded.event;
    events.push({ id, type, data, metadata, trace: { correlationId: decisionId, causationId: requestId } });
  }
  return events;
}

/**
 * Up to where the target holds the same events, from one on.
 *
 * @throws {Refusal} if it holds others.
 */
async function matching(
  target: EventStore,
  stream: string,
  events: readonly NewEvent[],
  from: number,
): Promise<number> {
  let next = from;
  for await (const there of target.read(stream, { from })) {
    const event = events[next];
    if (event === undefined) throw new Refusal(`the target goes on after event ${next - 1}, where the source ends`);
    if (!isSame(event, there)) throw new Refusal(`event ${next} is another one in the target`);
    next += 1;
  }
  return next;
}

function isSame(event: NewEvent, other: NewEvent): boolean {
  return (
    event.id === other.id && event.type === other.type && event.data === other.data && event.metadata === other.metadata
  );
}

/** As many of the events as one append may hold, at least one. */
function oneAppend(events: readonly NewEvent[], from: number): readonly NewEvent[] {
  let end = from;
  for (let bytes = 0; end < events.length; end++) {
    bytes += sizeOf(events[end]);
    if (bytes > MAX_APPEND_BYTES && end > from) break;
  }
  return events.slice(from, end);
}

function sizeOf(event: NewEvent | undefined): number {
  const { data = "", metadata = "", trace } = event ?? {};
  return (
    OVERHEAD_BYTES +
    Buffer.byteLength(data) +
    Buffer.byteLength(metadata) +
    Buffer.byteLength(JSON.stringify(trace) ?? "")
  );
}
