import { resolve } from "node:path";
import { createApproverKeys } from "./app/approver-keys.ts";
import { SYSTEM_CLOCK } from "./app/clock.ts";
import { createDecisionLogs, DECISION_STREAMS } from "./app/decision-logs.ts";
import type { DecisionSubscription } from "./app/decision-subscription.ts";
import { type EventStore, StoreUnavailable, StreamCorrupt } from "./app/event-store.ts";
import { IMPORTED_STREAMS } from "./app/import-metadata.ts";
import { createImportIndexer } from "./app/imported-decisions.ts";
import { createImportedLogs } from "./app/imported-logs.ts";
import { createIndexer } from "./app/indexer.ts";
import type { Log } from "./app/log.ts";
import { storeAway } from "./app/store-away.ts";
import type { Config } from "./config/schema.ts";
import { importIndexFile, indexFile, openStores } from "./open-stores.ts";
import { UnusableDatabase } from "./store/sqlite/database.ts";
import { openSqliteDecisionIndex } from "./store/sqlite/decision-index.ts";
import { openSqliteImportIndex } from "./store/sqlite/import-index.ts";

/** A decision or an import whose log does not replay. */
export type NotIndexed = ({ readonly decisionId: string } | { readonly importId: string }) & {
  readonly message: string;
};

/**
 * Drops the indexes of a data directory and builds them anew from the events, without serving. Cut short, it is continued by the next start of a server or of this.
 *
 * @param told how many events have been read, after each.
 * @returns how many there were, and what could not be indexed.
 * @throws {DirectoryInUse} while a server has the directory.
 * @throws {StoreUnavailable} if the store does not serve; one that does not at the beginning leaves the indexes as they are.
 */
export async function rebuildIndex(
  config: Config,
  surroundings: { readonly environment: Readonly<Record<string, string | undefined>>; readonly log: Log },
  told: (events: number) => void,
): Promise<{ readonly events: number; readonly notIndexed: readonly NotIndexed[] }> {
  const directory = resolve(config.dataDir);
  const opened = await openStores(config.store, { directory, ...surroundings });
  const { store } = opened;
  try {
    opened.index.close();
    opened.importIndex.close();
    const health = await store.health();
    if (!health.serving) throw new StoreUnavailable(`the store ${opened.kept} does not serve: ${health.reason}`);
    const clock = SYSTEM_CLOCK;
    let read = 0;
    const counted = () => told(++read);
    const { log } = surroundings;
    const index = openSqliteDecisionIndex({ file: indexFile(directory), anew: true });
    const logs = createDecisionLogs(store);
    const ofDecisions = await build(store, DECISION_STREAMS, index, log, counted, (ports) => {
      const approverKeys = createApproverKeys({ store, clock, log: ports.log });
      return createIndexer({ ...ports, index, logs, approverKeys, clock });
    });
    const importIndex = openSqliteImportIndex({ file: importIndexFile(directory), anew: true });
    const imports = createImportedLogs(store);
    const ofImports = await build(store, IMPORTED_STREAMS, importIndex, log, counted, (ports) =>
      createImportIndexer({ ...ports, index: importIndex, imports, clock }),
    );
    return { events: read, notIndexed: [...ofDecisions, ...ofImports] };
  } finally {
    await store.close();
  }
}

/** Feeds an index from the beginning of its streams to where they end now, and closes it. */
async function build(
  store: EventStore,
  prefix: string,
  index: { close(): void },
  log: Log,
  told: () => void,
  feeding: (ports: { readonly subscription: Pick<DecisionSubscription, "follow">; readonly log: Log }) => {
    readonly caughtUp: Promise<void>;
    run(signal: AbortSignal): Promise<void>;
  },
): Promise<readonly NotIndexed[]> {
  const stopping = new AbortController();
  const notIndexed: NotIndexed[] = [];
  const failed = Promise.withResolvers<Error>();
  const subscription: Pick<DecisionSubscription, "follow"> = {
    async *follow(after, signal) {
      for await (const message of store.follow(prefix, after, { signal })) {
        if (message.kind === "event") told();
        yield message;
      }
    },
  };
  const listening: Log = {
    ...log,
    // What the indexer would get over by trying again for ever ends this.
    error(facts: { readonly decision_id?: string; readonly import_id?: string; readonly error?: Error }, message) {
      const { decision_id: decisionId, import_id: importId, error } = facts;
      const words = { message: error?.message ?? message };
      if (decisionId !== undefined) notIndexed.push({ decisionId, ...words });
      else if (importId !== undefined) notIndexed.push({ importId, ...words });
      else failed.resolve(causeOf(error ?? new Error(message)));
    },
  };
  const indexer = feeding({ subscription, log: listening });
  const running = indexer.run(stopping.signal);
  try {
    const failure = await Promise.race([
      indexer.caughtUp,
      failed.promise,
      storeAway(store, SYSTEM_CLOCK, stopping.signal),
    ]);
    if (failure !== undefined) throw failure;
    return notIndexed;
  } finally {
    stopping.abort();
    await running;
    index.close();
  }
}

/** Damage among the events is what it is; anything else was in the way of writing. */
function causeOf(error: Error): Error {
  return error instanceof StreamCorrupt
    ? error
    : new UnusableDatabase(`the index cannot be built: ${error.message}`, { cause: error });
}
