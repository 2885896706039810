import type { RecordedEvent } from "../domain/event.ts";
import type { Digest, ImportId } from "../domain/ids.ts";
import type { Decision } from "../domain/state.ts";
import type { Attachments } from "../evidence/build-decision-bundle.ts";
import { BrokenLog, takeUp } from "../evidence/chain.ts";
import { besideImportIdOf, importIdOf } from "../evidence/import-id.ts";
import type { DecisionLog } from "./decision-logs.ts";
import type { StoredEvent } from "./event-store.ts";
import { createForeignReading, type ForeignContent, type ForeignRecord } from "./foreign-reading.ts";
import { type ImportMetadata, importMetadataOf, type Provenance, type Segment } from "./import-metadata.ts";
import { checkStoredDigest } from "./stored-digest.ts";

/** An import, as far as it is whole: of a log of ours, or of one that follows the rules of the original. */
export type ImportedLog = OwnImport | ForeignImport;

export interface OwnImport extends Brought, DecisionLog {
  readonly kind: "own";
}

export interface ForeignImport extends Brought, ForeignContent {
  readonly kind: "foreign";
}

interface Brought {
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
      if (begun === undefined || !isSame(begun.segment, segment)) begun = begin(whole, metadata);
      const at = `revision ${stored.revision}`;
      if (seq !== begun.nextSeq) throw new BrokenLog(`${at}: event ${seq} does not follow`);
      const digest = begun.reading.take(stored);
      checkStoredDigest(seq, digest, stored.metadata);
      begun.nextSeq += 1;
      begun.characters += stored.data.length + (stored.metadata?.length ?? 0);
      if (seq < segment.lastSeq) return;
      if (digest !== segment.headDigest) throw new BrokenLog(`${at}: its segment was to end with another event`);
      whole = finish(importId, whole, begun, metadata, stored.revision);
      begun = undefined;
    },
    whole: () => whole,
    unfinished: () => begun && { segment: begun.segment, nextSeq: begun.nextSeq },
  };
}

/** A segment that is being read. */
interface Begun {
  readonly segment: Segment;
  readonly attachments: Attachments;
  readonly reading: Reading;
  nextSeq: number;
  characters: number;
}

/** What the events of a segment are read by. */
interface Reading {
  /** The digest of the event. @throws {BrokenLog} if it does not follow. */
  take(stored: StoredEvent): Digest;
  /** The log, with the segment in it, and where it may stand. @throws {BrokenLog} if it is not what was imported. */
  finish(oldest: Segment): Content & { readonly places: readonly ImportId[] };
}

type Content =
  | { readonly kind: "own"; readonly decision: Decision; readonly events: readonly RecordedEvent[] }
  | ({ readonly kind: "foreign" } & ForeignContent);

function begin(whole: ImportedLog | undefined, { segment, attachments, frame }: ImportMetadata): Begun {
  const next = whole === undefined ? 0 : whole.events.length;
  if (segment.firstSeq !== next || segment.lastSeq < segment.firstSeq)
    throw new BrokenLog(
      `a segment from ${segment.firstSeq} to ${segment.lastSeq} does not follow where ${next} is due`,
    );
  const reading = frame === undefined ? readOwn(whole) : readForeign(whole, segment, frame);
  return { segment, attachments, reading, nextSeq: next, characters: 0 };
}

function readOwn(whole: ImportedLog | undefined): Reading {
  if (whole?.kind === "foreign") throw new BrokenLog("a segment of ours does not follow one in another's format");
  let decision = whole?.decision;
  const fresh: RecordedEvent[] = [];
  return {
    take(stored) {
      const taken = takeUp(decision, stored.data);
      if (taken.recorded.event.body.type !== stored.type)
        throw new BrokenLog(`revision ${stored.revision}: stored as ${stored.type}, but its body is of another type`);
      decision = taken.decision;
      fresh.push(taken.recorded);
      return taken.recorded.digest;
    },
    finish({ fileDigest }) {
      const events = [...(whole?.events ?? []), ...fresh];
      const [first] = events;
      if (first === undefined || decision === undefined) throw new TypeError("a segment has at least one event");
      const { decisionId } = decision;
      const places = [importIdOf(decisionId, first.digest), besideImportIdOf(decisionId, first.digest, fileDigest)];
      return { kind: "own", decision, events, places };
    },
  };
}

function readForeign(whole: ImportedLog | undefined, segment: Segment, frame: readonly string[]): Reading {
  if (whole?.kind === "own") throw new BrokenLog("a segment in another's format does not follow one of ours");
  const known: readonly ForeignRecord[] = whole?.events ?? [];
  const reading = createForeignReading(known, segment, frame);
  return {
    take: (stored) => reading.take(stored),
    finish: (oldest) => ({ kind: "foreign", ...reading.finish(oldest) }),
  };
}

function finish(
  importId: ImportId,
  whole: ImportedLog | undefined,
  { segment, attachments, reading, characters }: Begun,
  provenance: Provenance,
  revision: number,
): ImportedLog {
  const segments = [...(whole?.segments ?? []), { ...segment, ...provenanceOf(provenance) }];
  const { places, ...content } = reading.finish(segments[0] ?? segment);
  if (!places.includes(importId)) throw new BrokenLog(`the stream of import ${importId} holds another log`);
  return {
    ...content,
    importId,
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
