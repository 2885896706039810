import { resolve } from "node:path";
import { createApproverKeys } from "./app/approver-keys.ts";
import { SYSTEM_CLOCK } from "./app/clock.ts";
import { createDecisionLogs, DECISION_STREAMS } from "./app/decision-logs.ts";
import type { DecisionSubscription } from "./app/decision-subscription.ts";
import { type EventStore, StoreUnavailable, StreamCorrupt } from "./app/event-store.ts";
import { createIndexer } from "./app/indexer.ts";
import type { Log } from "./app/log.ts";
import { storeAway } from "./app/store-away.ts";
import type { Config } from "./config/schema.ts";
import { indexFile, openStores } from "./open-stores.ts";
import { UnusableDatabase } from "./store/sqlite/database.ts";
import { openSqliteDecisionIndex } from "./store/sqlite/decision-index.ts";

/** A decision whose log does not replay. */
export interface NotIndexed {
  readonly decisionId: string;
  readonly message: string;
}

/**
 * Drops the index of a data directory and builds it anew from the events, without serving. Cut short, it is continued by the next start of a server or of this.
 *
 * @param told how many events have been read, after each.
 * @returns how many there were, and the decisions that could not be indexed.
 * @throws {DirectoryInUse} while a server has the directory.
 * @throws {StoreUnavailable} if the store does not serve; one that does not at the beginning leaves the index as it is.
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
    const health = await store.health();
    if (!health.serving) throw new StoreUnavailable(`the store ${opened.kept} does not serve: ${health.reason}`);
    return await build(store, indexFile(directory), surroundings.log, told);
  } finally {
    await store.close();
  }
}

async function build(store: EventStore, file: string, log: Log, told: (events: number) => void) {
  const index = openSqliteDecisionIndex({ file, anew: true });
  const stopping = new AbortController();
  const notIndexed: NotIndexed[] = [];
  const failed = Promise.withResolvers<Error>();
  let events = 0;
  const subscription: Pick<DecisionSubscription, "follow"> = {
    async *follow(after, signal) {
      for await (const message of store.follow(DECISION_STREAMS, after, { signal })) {
        if (message.kind === "event") told(++events);
        yield message;
      }
    },
  };
  const listening: Log = {
    ...log,
    // What the indexer would get over by trying again for ever ends this.
    error(facts: { readonly decision_id?: string; readonly error?: Error }, message) {
      const { decision_id: decisionId, error } = facts;
      if (decisionId === undefined) failed.resolve(causeOf(error ?? new Error(message)));
      else notIndexed.push({ decisionId, message: error?.message ?? message });
    },
  };
  const clock = SYSTEM_CLOCK;
  const logs = createDecisionLogs(store);
  const approverKeys = createApproverKeys({ store, clock, log: listening });
  const indexer = createIndexer({ subscription, index, logs, approverKeys, clock, log: listening });
  const running = indexer.run(stopping.signal);
  try {
    const failure = await Promise.race([indexer.caughtUp, failed.promise, storeAway(store, clock, stopping.signal)]);
    if (failure !== undefined) throw failure;
    return { events, notIndexed };
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
