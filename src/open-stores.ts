import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { DecisionIndex } from "./app/decision-index.ts";
import type { EventStore } from "./app/event-store.ts";
import type { ImportIndex } from "./app/import-index.ts";
import type { Log } from "./app/log.ts";
import { ConfigError } from "./config/load-config.ts";
import type { Config } from "./config/schema.ts";
import { resolveSecret } from "./config/secret.ts";
import { serverIdIn } from "./server-id.ts";
import { openSqliteDecisionIndex } from "./store/sqlite/decision-index.ts";
import { lockDirectory } from "./store/sqlite/directory-lock.ts";
import { openSqliteEventStore } from "./store/sqlite/event-store.ts";
import { openSqliteImportIndex } from "./store/sqlite/import-index.ts";

export interface Stores {
  readonly store: EventStore;
  readonly index: DecisionIndex;
  /** The index of what was imported. */
  readonly importIndex: ImportIndex;
  /** Where the decisions are, without credentials. */
  readonly kept: string;
  /** What the server that has the data directory calls itself. */
  readonly serverId: string;
  /** Whether other servers may write to the store. */
  readonly isShared: boolean;
}

/**
 * Opens the store that the configuration names, and the index beside it. Both or none: a store that stays open keeps the data directory from everybody else.
 *
 * @throws {ConfigError}
 */
export async function openStores(
  configured: Config["store"],
  surroundings: {
    readonly directory: string;
    readonly environment: Readonly<Record<string, string | undefined>>;
    readonly log: Log;
  },
): Promise<Stores> {
  const { directory, environment, log } = surroundings;
  const text = resolveSecret(configured, "store", environment);
  const { store, kept } =
    text === "embedded"
      ? { store: await openSqliteEventStore({ directory }), kept: text }
      : await openRemote(text, directory, log);
  try {
    const serverId = serverIdIn(directory);
    const index = openSqliteDecisionIndex({ file: indexFile(directory) });
    const importIndex = openSqliteImportIndex({ file: importIndexFile(directory) });
    return { store, kept, serverId, isShared: text !== "embedded", index, importIndex };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** The index within a data directory. */
export function indexFile(directory: string): string {
  return join(directory, "index.sqlite");
}

/** The index of imports within a data directory. */
export function importIndexFile(directory: string): string {
  return join(directory, "imports.sqlite");
}

/** An EventStoreDB. The data directory, which holds the index and the local router's runs, is this server's alone all the same. */
async function openRemote(text: string, directory: string, log: Log): Promise<Pick<Stores, "store" | "kept">> {
  const { store, kept } = await connectStore("store", text, log);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const lock = lockDirectory(directory);
  return { kept, store: { ...store, close: () => store.close().finally(() => lock.release()) } };
}

/**
 * Opens an EventStoreDB by its connection string.
 *
 * @param where where the string was given, for messages.
 * @throws {ConfigError} if it is of no use; never with what stood there.
 */
export async function connectStore(where: string, text: string, log: Log): Promise<Pick<Stores, "store" | "kept">> {
  // The client is loaded by those who use it.
  const [{ parseConnection }, { openEventStoreDB }] = await Promise.all([
    import("./store/eventstoredb/connection.ts"),
    import("./store/eventstoredb/event-store.ts"),
  ]);
  try {
    const connection = parseConnection(text);
    return { kept: connection.address, store: openEventStoreDB({ connection, log }) };
  } catch (cause) {
    throw new ConfigError(`${where}: the connection string cannot be used: ${(cause as Error).message}.`, { cause });
  }
}
