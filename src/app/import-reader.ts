import type { RecordedEvent } from "../domain/event.ts";
import type { ImportId } from "../domain/ids.ts";
import type { Decision } from "../domain/state.ts";
import type { Attachments } from "../evidence/build-decision-bundle.ts";
import { BrokenLog, takeUp } from "../evidence/chain.ts";
import { besideImportIdOf, importIdOf } from "../evidence/import-id.ts";
import type { DecisionLog } from "./decision-logs.ts";
import type { StoredEvent } from "./event-store.ts";
import { importMetadataOf, type Provenance, type Segment } from "./import-metadata.ts";
import { checkStoredDigest } from "./stored-digest.ts";

/** An import, as far as it is whole. */
export interface ImportedLog extends DecisionLog {
  readonly importId: ImportId;
  /** How it came here, in order; at least one. Each is by whoever made it whole. */
  readonly segments: readonly (Segment & Provenance)[];
  /** Those of the last segment. */
  readonly attachments: Attachments;
  /** Revision of the last event of its last segment in the stream. */
  readonly revision: number;
  /** Characters of stored text that it stands for. */
  readonly characters: number;
}

/** A segment that somebody began, at the end of a stream. */
export interface Unfinished {
  readonly segment: Segment;
  /** The event to go on with. */
  readonly nextSeq: number;
}

export interface ImportReader {
  /** @throws {BrokenLog} if it does not fit. */
  take(stored: StoredEvent): void;
  whole(): ImportedLog | undefined;
  unfinished(): Unfinished | undefined;
}

/**
 * Reads the stream of an import, event by event. The stream is a row of segments: one that has all its events in a row, the last of which has the digest that the
 * segment names, goes on where the whole ones before it end. One that another begins behind was abandoned: it is there and counts for nothing.
 */
export function createImportReader(importId: ImportId, known?: ImportedLog): ImportReader {
  let whole = known;
  let begun: Begun | undefined;

  return {
    take(stored) {
      const metadata = importMetadataOf(stored);
      const { seq, segment } = metadata;
      if (begun === undefined || !isSame(begun.segment, segment)) begun = begin(whole, segment, metadata.attachments);
      const at = `revision ${stored.revision}`;
      if (seq !== begun.segment.firstSeq + begun.fresh.length)
        throw new BrokenLog(`${at}: event ${seq} does not follow`);
      const { decision, recorded } = takeUp(begun.decision, stored.data);
      if (recorded.event.body.type !== stored.type)
        throw new BrokenLog(`${at}: stored as ${stored.type}, but its body is of another type`);
      checkStoredDigest(seq, recorded.digest, stored.metadata);
      begun.decision = decision;
      begun.fresh.push(recorded);
      begun.characters += stored.data.length + (stored.metadata?.length ?? 0);
      if (seq < segment.lastSeq) return;
      if (recorded.digest !== segment.headDigest)
        throw new BrokenLog(`${at}: its segment was to end with another event`);
      whole = finish(importId, whole, begun, decision, metadata, stored.revision);
      begun = undefined;
    },
    whole: () => whole,
    unfinished: () => begun && { segment: begun.segment, nextSeq: begun.segment.firstSeq + begun.fresh.length },
  };
}

/** A segment that is being read. */
interface Begun {
  readonly segment: Segment;
  readonly attachments: Attachments;
  readonly fresh: RecordedEvent[];
  decision: Decision | undefined;
  characters: number;
}

function begin(whole: ImportedLog | undefined, segment: Segment, attachments: Attachments): Begun {
  const next = whole === undefined ? 0 : whole.decision.head.seq + 1;
  if (segment.firstSeq !== next || segment.lastSeq < segment.firstSeq)
    throw new BrokenLog(
      `a segment from ${segment.firstSeq} to ${segment.lastSeq} does not follow where ${next} is due`,
    );
  return { segment, attachments, fresh: [], decision: whole?.decision, characters: 0 };
}

function finish(
  importId: ImportId,
  whole: ImportedLog | undefined,
  { segment, attachments, fresh, characters }: Begun,
  decision: Decision,
  provenance: Provenance,
  revision: number,
): ImportedLog {
  const events = [...(whole?.events ?? []), ...fresh];
  const segments = [...(whole?.segments ?? []), { ...segment, ...provenanceOf(provenance) }];
  const [first] = events;
  const [oldest] = segments;
  if (first === undefined || oldest === undefined) throw new TypeError("a segment has at least one event");
  const places = [
    importIdOf(decision.decisionId, first.digest),
    besideImportIdOf(decision.decisionId, first.digest, oldest.fileDigest),
  ];
  if (!places.includes(importId)) throw new BrokenLog(`the stream of import ${importId} holds another log`);
  return {
    importId,
    decision,
    events,
    segments,
    attachments,
    revision,
    characters: (whole?.characters ?? 0) + characters,
  };
}

function provenanceOf({ importedBy, delegate, importedAt, source, requestId }: Provenance): Provenance {
  return { importedBy, delegate, importedAt, source, requestId };
}

/** Whether two events belong to one segment. */
export function isSame(segment: Segment, other: Segment): boolean {
  return (
    segment.firstSeq === other.firstSeq &&
    segment.lastSeq === other.lastSeq &&
    segment.fileDigest === other.fileDigest &&
    segment.headDigest === other.headDigest &&
    segment.format === other.format
  );
}
