import type { ImportableLog } from "../evidence/read-import.ts";
import type { NewEvent } from "./event-store.ts";
import { encodeImportMetadata, type Provenance, type Segment } from "./import-metadata.ts";
import { MAX_APPEND_BYTES, MAX_EVENT_BYTES } from "./record.ts";

/** What an event may take in an append beyond its texts. */
const OVERHEAD_BYTES = 512;

/** Largest signature of a bundle, as JSON, in bytes. */
export const MAX_SIGNATURE_BYTES = 64 * 1024;

/** What of a log does not fit into an append; undefined if all does. A template is an event of another stream, and bounded like one. */
export function tooLargePart({ events, template, signature }: ImportableLog): string | undefined {
  const large = events.findIndex(({ text }) => Buffer.byteLength(text) > MAX_EVENT_BYTES);
  if (large >= 0) return `events[${large}] exceeds ${MAX_EVENT_BYTES} bytes.`;
  if (sizeOf(template) > MAX_EVENT_BYTES) return `template exceeds ${MAX_EVENT_BYTES} bytes.`;
  return sizeOf(signature) > MAX_SIGNATURE_BYTES ? `signature exceeds ${MAX_SIGNATURE_BYTES} bytes.` : undefined;
}

function sizeOf(value: unknown): number {
  return value === undefined ? 0 : Buffer.byteLength(JSON.stringify(value));
}

/** The segment that a log makes from a seq on. */
export function segmentOf({ events, headDigest, fileDigest, format }: ImportableLog, firstSeq: number): Segment {
  return { firstSeq, lastSeq: events.length - 1, headDigest, fileDigest, format };
}

/** As many of a segment's events as one append may hold, from a seq on; at least one. */
export function nextAppend(
  log: ImportableLog,
  segment: Segment,
  fromSeq: number,
  provenance: Provenance,
  newId: () => string,
): readonly NewEvent[] {
  const append: NewEvent[] = [];
  let bytes = 0;
  for (let seq = fromSeq; seq <= segment.lastSeq; seq++) {
    const event = toStore(log, segment, seq, provenance, newId);
    bytes += OVERHEAD_BYTES + Buffer.byteLength(event.data) + Buffer.byteLength(event.metadata ?? "");
    if (bytes > MAX_APPEND_BYTES && append.length > 0) break;
    append.push(event);
  }
  return append;
}

function toStore(
  { decisionId, events, template, signature, frame }: ImportableLog,
  segment: Segment,
  seq: number,
  provenance: Provenance,
  newId: () => string,
): NewEvent {
  const event = events[seq];
  if (event === undefined) throw new RangeError(`there is no event ${seq}`);
  const isFirst = seq === segment.firstSeq;
  const attachments = isFirst ? { template, signature } : { template: undefined, signature: undefined };
  return {
    id: newId(),
    type: event.type,
    data: event.text,
    metadata: encodeImportMetadata({
      ...provenance,
      digest: event.digest,
      seq,
      segment,
      attachments,
      frame: isFirst ? frame : undefined,
    }),
    trace: { correlationId: decisionId, causationId: provenance.requestId },
  };
}
