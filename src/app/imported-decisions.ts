import type { Digest, ImportId } from "../domain/ids.ts";
import { importedLifecycle } from "../domain/imported.ts";
import { type BuiltBundle, buildDecisionBundle } from "../evidence/build-decision-bundle.ts";
import { BrokenLog } from "../evidence/chain.ts";
import { ELSEWHERE } from "./circumstances.ts";
import type { Clock } from "./clock.ts";
import { createDecisionSubscription, type DecisionSubscription } from "./decision-subscription.ts";
import type { EventStore, StoredEvent } from "./event-store.ts";
import { type ImportIndex, type ImportRow, importRow } from "./import-index.ts";
import { IMPORTED_STREAMS, importMetadataOf, importOf } from "./import-metadata.ts";
import type { ForeignImport, ImportedLog, OwnImport } from "./import-reader.ts";
import type { ImportedLogs } from "./imported-logs.ts";
import type { IndexLag } from "./index-lag.ts";
import { OF_DECISIONS } from "./indexer.ts";
import type { Log } from "./log.ts";
import { createLogFeed } from "./log-feed.ts";
import { createLogIndexer, type Indexer } from "./log-indexer.ts";
import { noSuchImport, Refused } from "./refused.ts";
import { createRunProgressBoard } from "./run-progress.ts";
import { createViewOfLog, type DecisionView, type ViewedAt } from "./view-of-log.ts";
import { createWatchForeign, type ForeignMessage } from "./watch-foreign.ts";
import { createWatchLog, type WatchMessage } from "./watch-log.ts";

/** The reading side of imports. Nothing of it can write. */
export interface ImportedDecisions {
  /** @throws {Refused} IMPORT_NOT_FOUND, STORED_LOG_CORRUPT. */
  load(importId: ImportId, signal?: AbortSignal): Promise<ImportedLog>;

  /**
   * At any point of its log, judged by any clock. A log in another's format is told as it is only, and has no view: it followed other rules.
   *
   * @throws {Refused} IMPORT_NOT_FOUND, SEQ_OUT_OF_RANGE, STORED_LOG_CORRUPT; INVALID_REQUEST for a point or a clock of a log in another's format.
   */
  get(importId: ImportId, at: ViewedAt, signal?: AbortSignal): Promise<ViewedImport>;

  /** As decisions are watched; of a fast-forward first all its events, then where the decision stands. */
  watch(importId: ImportId, fromSeq: number, signal: AbortSignal): AsyncIterable<WatchMessage | ForeignMessage>;

  /** The file that came in last, to the byte, and its digest. @throws {Refused} IMPORT_NOT_FOUND, STORED_LOG_CORRUPT. */
  exportBundle(importId: ImportId, signal?: AbortSignal): Promise<BuiltBundle>;

  /** Feeds watchers and the index until the signal; never throws. */
  run(signal: AbortSignal): Promise<void>;
}

export type ViewedImport =
  | { readonly log: OwnImport; readonly view: DecisionView }
  | { readonly log: ForeignImport; readonly view?: undefined };

export function createImportedDecisions(ports: {
  readonly store: EventStore;
  readonly imports: ImportedLogs;
  readonly importIndex: ImportIndex;
  readonly clock: Clock;
  readonly log: Log;
  readonly heartbeat: number;
  readonly draining: AbortSignal;
}): ImportedDecisions {
  const { imports, importIndex, clock } = ports;
  const subscription = createDecisionSubscription({ ...ports, prefix: IMPORTED_STREAMS });
  const feed = createLogFeed<ImportId, ImportedLog>({ ...ports, logs: imports, subscription, changedBy: madeWholeBy });
  const indexer = createImportIndexer({ ...ports, index: importIndex, subscription });
  const ofOwn = { load: async (id: ImportId, signal?: AbortSignal) => own(await load(id, signal)) };
  const viewOf = createViewOfLog<ImportId, OwnImport>({
    logs: ofOwn,
    clock,
    findCircumstances: async () => ELSEWHERE,
    judge: importedLifecycle,
    absent: noSuchImport,
    notYet: () => new Refused("IMPORT_NOT_FOUND", "The decision did not exist at that time."),
  });
  const watchOwn = createWatchLog<ImportId>({
    ...ports,
    logs: ofOwn,
    feed: { listen: (id, tell) => feed.listen(id, (log) => tell(log instanceof Error ? log : own(log))) },
    // Nothing of it runs here.
    progress: createRunProgressBoard<ImportId>(),
    findCircumstances: async () => ELSEWHERE,
    judge: importedLifecycle,
    listenToWorld: () => () => {},
    toldAfter: "the last event",
    absent: noSuchImport,
  });

  const watchForeign = createWatchForeign({
    ...ports,
    load: async (id, signal) => foreign(await load(id, signal)),
    listen: (id, tell) => feed.listen(id, (log) => tell(log instanceof Error ? log : foreign(log))),
  });

  return {
    load,
    async get(importId, at, signal) {
      const log = await load(importId, signal);
      if (log.kind === "own") return await viewOf(importId, at, signal);
      if (at.asOf === undefined && at.evaluateAt === undefined) return { log };
      const message =
        "as_of and evaluate_at: a decision of nexus-attest (Python) is told as it is only; leave them out.";
      throw new Refused("INVALID_REQUEST", message);
    },
    async *watch(importId, fromSeq, signal) {
      // An import keeps its kind: the id is made of the first event.
      const { kind } = await load(importId, signal);
      yield* (kind === "own" ? watchOwn : watchForeign)(importId, fromSeq, signal);
    },
    async exportBundle(importId, signal) {
      const log = await load(importId, signal);
      if (log.kind === "own") return buildDecisionBundle(log.events, log.attachments);
      return { json: log.file, controlDigest: log.bundle.digest as Digest };
    },
    async run(signal) {
      await Promise.all([subscription.run(signal), feed.run(signal), indexer.run(signal)]);
    },
  };

  async function load(importId: ImportId, signal?: AbortSignal): Promise<ImportedLog> {
    const log = await imports.load(importId, signal);
    if (log === undefined) throw noSuchImport(importId);
    return log;
  }
}

function own(log: ImportedLog): OwnImport {
  if (log.kind === "own") return log;
  throw new TypeError(`import ${log.importId} is in another's format`);
}

function foreign(log: ImportedLog): ForeignImport {
  if (log.kind === "foreign") return log;
  throw new TypeError(`import ${log.importId} is in our format`);
}

/** Feeds the index of imports. */
export function createImportIndexer(ports: {
  readonly subscription: Pick<DecisionSubscription, "follow">;
  readonly index: ImportIndex;
  readonly imports: ImportedLogs;
  readonly clock: Clock;
  readonly log: Log;
}): Indexer<ImportId> {
  return createLogIndexer<ImportId, ImportedLog, ImportRow>({
    ...ports,
    logs: ports.imports,
    changedBy: madeWholeBy,
    occurredAt: (log, revision) => (log.kind === "own" ? OF_DECISIONS.occurredAt(log, revision) : undefined),
    // Clocks of others than our own kind decide nothing.
    notBefore: (log) => (log.kind === "own" ? OF_DECISIONS.notBefore(log) : 0),
    rowOf: importRow,
    idOf: ({ importId }) => importId,
    named: (importId) => ({ import_id: importId }),
    lag: UNTOLD,
  });
}

/** The import that an event brings to the end of a segment: readers see nothing of what comes before that. */
function madeWholeBy(event: StoredEvent): ImportId | undefined {
  try {
    const { seq, segment } = importMetadataOf(event);
    if (seq < segment.lastSeq) return undefined;
  } catch (error) {
    // Whoever reads the import is told of the damage.
    if (!(error instanceof BrokenLog)) throw error;
  }
  return importOf(event.stream);
}

/** An operator is told of the index of decisions only: imports come by hand. */
const UNTOLD: IndexLag = {
  came: () => {},
  indexed: () => {},
  caughtUp: () => {},
  interrupted: () => {},
  now: () => ({ seconds: 0, events: 0 }),
  watch: async () => {},
};
