import type { Digest, ImportId } from "../domain/ids.ts";
import { BrokenLog } from "../evidence/chain.ts";
import { digestOf } from "../evidence/digest.ts";
import type { ForeignEvent } from "../exchange/foreign-event.ts";
import { inFrame } from "../exchange/foreign-frame.ts";
import { ForeignProblem } from "../exchange/foreign-problem.ts";
import { FOREIGN_FORMATS, foreignEventDigest, ofStoredText, placesOf } from "../exchange/read-any-import.ts";
import { type ForeignBundle, readForeignBundle } from "../exchange/read-foreign-bundle.ts";
import type { StoredEvent } from "./event-store.ts";
import type { Segment } from "./import-metadata.ts";

/** An event of the original as it stands in its file, and the digest by which it is compared. */
export interface ForeignRecord {
  readonly text: string;
  readonly digest: Digest;
}

/** A log of the original, as its last file tells it. */
export interface ForeignContent {
  readonly events: readonly (ForeignRecord & { readonly event: ForeignEvent })[];
  readonly bundle: ForeignBundle;
  /** That file, to the byte. */
  readonly file: string;
}

/**
 * Reads a segment that came in a file of the original. When it is whole, the file is put together again and judged as it was when it came: nothing that is stored
 * beside it is believed.
 */
export function createForeignReading(known: readonly ForeignRecord[], segment: Segment, frame: readonly string[]) {
  const records = [...known];
  const types: string[] = known.map(() => "");

  return {
    take({ data, type, revision }: StoredEvent): Digest {
      const text = ofStoredText(data);
      if (text === undefined) throw new BrokenLog(`revision ${revision}: it is no event in another's format`);
      const digest = digestIn(text, revision);
      records.push({ text, digest });
      types.push(type);
      return digest;
    },

    finish(oldest: Segment): ForeignContent & { readonly places: readonly ImportId[] } {
      const file = inFrame(
        frame,
        records.map(({ text }) => text),
      );
      const bundle = readForeignBundle(new TextEncoder().encode(file));
      if ("problem" in bundle) throw new BrokenLog(`the file that was imported does not hold: ${bundle.problem}`);
      const events = bundle.events.flatMap((event, seq) => {
        const record = records[seq];
        const isStored = record?.text === event.text && (types[seq] === "" || types[seq] === event.body.type);
        return record !== undefined && isStored ? [{ ...record, event }] : [];
      });
      const isWhole = events.length === records.length && events.length === bundle.events.length;
      if (!isWhole || digestOf(file) !== segment.fileDigest || FOREIGN_FORMATS[bundle.format] !== segment.format)
        throw new BrokenLog("what is stored is not the file that was imported");
      const { importId, besideId } = placesOf(bundle, oldest.fileDigest);
      return { events, bundle, file, places: [importId, besideId] };
    },
  };
}

function digestIn(text: string, revision: number): Digest {
  try {
    return foreignEventDigest(text);
  } catch (cause) {
    if (!(cause instanceof ForeignProblem)) throw cause;
    throw new BrokenLog(`revision ${revision}: ${cause.message}`, { cause });
  }
}
