import { canonicalJson, type Json } from "../codec/canonical-json.ts";
import type { Actor } from "../domain/actor.ts";
import type { Digest, ImportId, Instant } from "../domain/ids.ts";
import type { Attachments } from "../evidence/build-decision-bundle.ts";
import { BrokenLog } from "../evidence/chain.ts";
import { isDigest } from "../evidence/digest.ts";
import { IMPORTED_FORMATS, type ImportedFormat } from "../evidence/read-import.ts";
import type { StoredEvent } from "./event-store.ts";

/** The prefix of all streams of imports; no decision of ours is in one of them. */
export const IMPORTED_STREAMS = "imported-";

/** The stream of an import, and the import of a stream. */
export function importStreamOf(importId: ImportId): string {
  return IMPORTED_STREAMS + importId;
}
export function importOf(stream: string): ImportId {
  return stream.slice(IMPORTED_STREAMS.length) as ImportId;
}

/** What came in one file. Readers take it whole or not at all. */
export interface Segment {
  readonly firstSeq: number;
  readonly lastSeq: number;
  /** Digest of its last event. */
  readonly headDigest: Digest;
  /** Digest of the bundle that is given out again. */
  readonly fileDigest: Digest;
  readonly format: ImportedFormat;
}

/** Who brought an event here, when, and whence. */
export interface Provenance {
  readonly importedBy: Actor;
  readonly delegate: Actor | undefined;
  readonly importedAt: Instant;
  /** In the importer's words. */
  readonly source: string;
  readonly requestId: string;
}

/** What stands beside an imported event: the event itself is, to the byte, as it came. */
export interface ImportMetadata extends Provenance {
  /** The event's own digest, as beside our own events. */
  readonly digest: Digest;
  readonly seq: number;
  readonly segment: Segment;
  /** Beside the first event of a segment. */
  readonly attachments: Attachments;
  /** Likewise, of a file in another's format: what stands around its events. */
  readonly frame?: readonly string[] | undefined;
}

export function encodeImportMetadata(metadata: ImportMetadata): string {
  const { digest, seq, segment, importedBy, delegate, importedAt, source, requestId, attachments, frame } = metadata;
  const { template, signature } = attachments;
  return canonicalJson({
    digest,
    seq,
    segment,
    importedBy,
    ...(delegate === undefined ? {} : { delegate }),
    importedAt: new Date(importedAt).toISOString(),
    source,
    requestId,
    ...(template === undefined ? {} : { template }),
    ...(signature === undefined ? {} : { signature }),
    ...(frame === undefined ? {} : { frame }),
  });
}

/**
 * Reads what stands beside an imported event.
 *
 * @throws {BrokenLog} if an import cannot have written it.
 */
export function importMetadataOf({ revision, metadata = "" }: StoredEvent): ImportMetadata {
  try {
    const parsed = read(JSON.parse(metadata) as Readonly<Record<string, Json>>);
    // Written again it has to be the very same text: nothing of it is made up here.
    if (parsed !== undefined && encodeImportMetadata(parsed) === metadata) return parsed;
  } catch {
    // Whatever is wrong with it, it is none of ours.
  }
  throw new BrokenLog(`revision ${revision}: what stands beside the event was not written by an import`);
}

function read(given: Readonly<Record<string, Json>>): ImportMetadata | undefined {
  const { digest, seq, segment, importedBy, delegate, importedAt, source, requestId, template, signature } = given;
  const { frame } = given;
  const { firstSeq, lastSeq, headDigest, fileDigest, format } = segment as Readonly<Record<string, Json>>;
  const numbers = [seq, firstSeq, lastSeq];
  const digests = [digest, headDigest, fileDigest];
  if (!numbers.every((number) => Number.isSafeInteger(number) && Number(number) >= 0)) return undefined;
  if (!digests.every((text) => typeof text === "string" && isDigest(text))) return undefined;
  const named = IMPORTED_FORMATS.find((name) => name === format);
  if (named === undefined) return undefined;
  if (typeof source !== "string" || typeof requestId !== "string" || typeof importedAt !== "string") return undefined;
  return {
    digest: digest as Digest,
    seq: Number(seq),
    segment: {
      firstSeq: Number(firstSeq),
      lastSeq: Number(lastSeq),
      headDigest: headDigest as Digest,
      fileDigest: fileDigest as Digest,
      format: named,
    },
    importedBy: actorOf(importedBy),
    delegate: delegate === undefined ? undefined : actorOf(delegate),
    importedAt: Date.parse(importedAt),
    source,
    requestId,
    attachments: { template, signature },
    frame: Array.isArray(frame) ? frame.filter((text) => typeof text === "string") : undefined,
  };
}

function actorOf(given: Json | undefined): Actor {
  const { type, id } = given as Readonly<Record<string, Json>>;
  if ((type !== "HUMAN" && type !== "SYSTEM") || typeof id !== "string") throw new TypeError("no actor");
  return { type, id };
}
