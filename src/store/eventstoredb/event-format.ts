import { type EventData, jsonEvent, type RecordedEvent } from "@eventstore/db-client";
import { type NewEvent, type StoredEvent, StreamCorrupt } from "../../app/event-store.ts";
import { toPosition } from "./position.ts";

/** Names that the store has a meaning for, in an event's metadata. Ours never begin with a $. */
const CORRELATION = "$correlationId";
const CAUSATION = "$causationId";

/**
 * An event as the client takes it: it writes values out by JSON.stringify. Text that would not come out of that as it is, is refused: canonical JSON does.
 *
 * @throws {TypeError}
 */
export function toProposed({ id, type, data, metadata, trace }: NewEvent): EventData {
  const own = metadata === undefined ? {} : parseObject(metadata, "metadata");
  if (Object.keys(own).some((key) => key.startsWith("$")))
    throw new TypeError("metadata with names that begin with $, which belong to the store");
  if (metadata === "{}") throw new TypeError("metadata that says nothing");
  const all =
    trace === undefined ? own : { ...own, [CORRELATION]: trace.correlationId, [CAUSATION]: trace.causationId };
  const event = jsonEvent({ id, type, data: parseObject(data, "data") });
  return Object.keys(all).length === 0 ? event : { ...event, metadata: all };
}

function parseObject(text: string, what: string): Record<string, string> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new TypeError(`${what} that is not JSON`, { cause });
  }
  if (!isObject(value)) throw new TypeError(`${what} that is not a JSON object`);
  if (JSON.stringify(value) !== text)
    throw new TypeError(`${what} that this store would change: it keeps JSON as JSON.stringify writes it`);
  return value as Record<string, string>;
}

/**
 * An event as it was stored.
 *
 * @throws {StreamCorrupt} if nothing of ours can have written it.
 */
export function toStored(recorded: RecordedEvent): StoredEvent {
  const { streamId, revision, data, metadata } = recorded;
  const corrupt = (what: string) => new StreamCorrupt(streamId, `event ${revision} of stream ${streamId}: ${what}`);
  if (!isObject(data)) throw corrupt("its data are not a JSON object");
  if (metadata !== undefined && !isObject(metadata)) throw corrupt("its metadata are not a JSON object");
  const { [CORRELATION]: _, [CAUSATION]: __, ...own } = (metadata ?? {}) as Record<string, unknown>;
  return {
    ...placeIn(recorded),
    data: JSON.stringify(data),
    ...(Object.keys(own).length === 0 ? {} : { metadata: JSON.stringify(own) }),
  };
}

/** Like that, but that an event which nothing of ours can have written is passed on as text: one such event must not end a subscription for all. */
export function toFollowed(recorded: RecordedEvent): StoredEvent {
  try {
    return toStored(recorded);
  } catch (error) {
    if (!(error instanceof StreamCorrupt)) throw error;
    const { data } = recorded;
    return {
      ...placeIn(recorded),
      data: data instanceof Uint8Array ? Buffer.from(data).toString() : JSON.stringify(data),
    };
  }
}

function placeIn({ streamId, revision, id, type, position }: RecordedEvent) {
  return { stream: streamId, revision: Number(revision), position: toPosition(position?.commit ?? 0n), id, type };
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}
