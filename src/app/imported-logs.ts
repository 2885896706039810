import { LRUCache } from "lru-cache";
import type { ImportId } from "../domain/ids.ts";
import { BrokenLog } from "../evidence/chain.ts";
import { type EventStore, type ExpectedRevision, StreamCorrupt } from "./event-store.ts";
import { importStreamOf } from "./import-metadata.ts";
import { createImportReader, type ImportedLog, type Unfinished } from "./import-reader.ts";
import { createOneAtATime } from "./one-at-a-time.ts";
import { Refused } from "./refused.ts";

/** The logs of imports, read from the store and verified. They are no decisions of ours: nothing that writes decisions has them. */
export interface ImportedLogs {
  /**
   * The import as it is in the store now, or undefined if there is none that is whole.
   *
   * @throws {Refused} STORED_LOG_CORRUPT if what is stored does not replay.
   */
  load(importId: ImportId, signal?: AbortSignal): Promise<ImportedLog | undefined>;

  /** The same, with what somebody began behind it, and where the stream ends. */
  inspect(importId: ImportId, signal?: AbortSignal): Promise<ImportStream>;
}

export interface ImportStream {
  readonly whole: ImportedLog | undefined;
  readonly unfinished: Unfinished | undefined;
  readonly revision: ExpectedRevision;
}

/** How much of the stored text the cache may stand for. */
const CACHE_CHARACTERS = 64 * 1024 * 1024;

/** Imports over a store. What was whole and verified once is kept, bounded, and continued from the store at every load. */
export function createImportedLogs(store: EventStore): ImportedLogs {
  const cache = new LRUCache<ImportId, ImportedLog>({
    maxSize: CACHE_CHARACTERS,
    sizeCalculation: (log) => log.characters + 1,
  });
  /** However many ask for a large import at the same time, it is in memory once. */
  const oneAtATime = createOneAtATime<ImportId>();

  return {
    load: async (importId, signal) => (await inspect(importId, signal)).whole,
    inspect,
  };

  function inspect(importId: ImportId, signal?: AbortSignal): Promise<ImportStream> {
    return oneAtATime(importId, async () => {
      signal?.throwIfAborted();
      const known = cache.get(importId);
      const reader = createImportReader(importId, known);
      let revision: ExpectedRevision = known?.revision ?? "none";
      try {
        for await (const stored of store.read(importStreamOf(importId), {
          from: (known?.revision ?? -1) + 1,
          signal,
        })) {
          reader.take(stored);
          revision = stored.revision;
        }
      } catch (cause) {
        if (!(cause instanceof BrokenLog || cause instanceof StreamCorrupt)) throw cause;
        cache.delete(importId);
        throw corrupt(importId, cause);
      }
      const whole = reader.whole();
      if (whole !== undefined && whole !== known) cache.set(importId, whole);
      return { whole, unfinished: reader.unfinished(), revision };
    });
  }
}

function corrupt(importId: ImportId, cause: Error): Refused {
  const message = `The stored log of import ${importId} does not replay: ${cause.message}. It answers nothing until it has been restored.`;
  return new Refused("STORED_LOG_CORRUPT", message, { cause });
}
