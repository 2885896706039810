import type { ImportId } from "../domain/ids.ts";
import { importedLifecycle } from "../domain/imported.ts";
import { type BuiltBundle, buildDecisionBundle } from "../evidence/build-decision-bundle.ts";
import { BrokenLog } from "../evidence/chain.ts";
import { ELSEWHERE } from "./circumstances.ts";
import type { Clock } from "./clock.ts";
import { createDecisionSubscription, type DecisionSubscription } from "./decision-subscription.ts";
import type { EventStore, StoredEvent } from "./event-store.ts";
import { type ImportIndex, type ImportRow, importRow } from "./import-index.ts";
import { IMPORTED_STREAMS, importMetadataOf, importOf } from "./import-metadata.ts";
import type { ImportedLog } from "./import-reader.ts";
import type { ImportedLogs } from "./imported-logs.ts";
import type { IndexLag } from "./index-lag.ts";
import { createLogIndexer, type Indexer } from "./indexer.ts";
import type { Log } from "./log.ts";
import { createLogFeed } from "./log-feed.ts";
import { noSuchImport, Refused } from "./refused.ts";
import { createRunProgressBoard } from "./run-progress.ts";
import { createViewOfLog, type DecisionView, type ViewedAt } from "./view-of-log.ts";
import { createWatchLog, type WatchLog } from "./watch-log.ts";

/** The reading side of imports. Nothing of it can write. */
export interface ImportedDecisions {
  /** @throws {Refused} IMPORT_NOT_FOUND, STORED_LOG_CORRUPT. */
  load(importId: ImportId, signal?: AbortSignal): Promise<ImportedLog>;

  /** At any point of its log, judged by any clock. @throws {Refused} IMPORT_NOT_FOUND, SEQ_OUT_OF_RANGE, STORED_LOG_CORRUPT. */
  get(
    importId: ImportId,
    at: ViewedAt,
    signal?: AbortSignal,
  ): Promise<{ readonly log: ImportedLog; readonly view: DecisionView }>;

  /** As decisions are watched; of a fast-forward first all its events, then where the decision stands. */
  readonly watch: WatchLog<ImportId>;

  /** The bundle that came in last, to the byte. @throws {Refused} IMPORT_NOT_FOUND, STORED_LOG_CORRUPT. */
  exportBundle(importId: ImportId, signal?: AbortSignal): Promise<BuiltBundle>;

  /** Feeds watchers and the index until the signal; never throws. */
  run(signal: AbortSignal): Promise<void>;
}

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
  const feed = createLogFeed<ImportId>({ ...ports, logs: imports, subscription, changedBy: madeWholeBy });
  const indexer = createImportIndexer({ ...ports, index: importIndex, subscription });
  const viewOf = createViewOfLog<ImportId, ImportedLog>({
    logs: imports,
    clock,
    findCircumstances: async () => ELSEWHERE,
    judge: importedLifecycle,
    absent: noSuchImport,
    notYet: () => new Refused("IMPORT_NOT_FOUND", "The decision did not exist at that time."),
  });
  const watch = createWatchLog<ImportId>({
    ...ports,
    logs: imports,
    feed,
    // Nothing of it runs here.
    progress: createRunProgressBoard<ImportId>(),
    findCircumstances: async () => ELSEWHERE,
    judge: importedLifecycle,
    listenToKeys: () => () => {},
    toldAfter: "the last event",
    absent: noSuchImport,
  });

  return {
    load,
    get: viewOf,
    watch,
    async exportBundle(importId, signal) {
      const { events, attachments } = await load(importId, signal);
      return buildDecisionBundle(events, attachments);
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
