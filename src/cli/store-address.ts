import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { EventStore } from "../app/event-store.ts";
import { StoreUnavailable } from "../app/event-store.ts";
import type { Log } from "../app/log.ts";
import { connectStore } from "../open-stores.ts";
import { openSqliteEventStore } from "../store/sqlite/event-store.ts";
import { UsageError, unreadable } from "./failure.ts";

/** Where a store is said to be. */
export interface StoreAddress {
  /** A data directory, or a connection string. */
  readonly text: string;
  /** Where that was said, for messages. */
  readonly given: string;
}

/**
 * Takes the one of the ways to name a store that was used: a flag, a file, or a variable of the environment. Only the last two may hold credentials, for
 * everybody on a machine can read the arguments of its programs.
 *
 * @throws {UsageError}
 */
export function storeAddress(
  flag: string,
  given: { readonly typed: string | undefined; readonly file: string | undefined },
  variable: { readonly name: string; readonly value: string | undefined },
): StoreAddress {
  const { typed, file } = given;
  if (typed !== undefined && file !== undefined) throw new UsageError(`say either ${flag} or ${flag}-file`);
  if (typed !== undefined) {
    if (isRemote(typed) && typed.includes("@"))
      throw new UsageError(
        `${flag}: credentials on a command line can be read by everybody on the machine: set ${variable.name}, or name a file that holds the connection string with ${flag}-file PATH`,
      );
    return { text: typed, given: flag };
  }
  if (file !== undefined) return { text: contentOf(file), given: `${flag}-file` };
  if (variable.value !== undefined && variable.value !== "") return { text: variable.value, given: variable.name };
  throw new UsageError(
    `${flag}: say which store: a data directory, or an EventStoreDB such as esdb://host:2113; with credentials, in a file by ${flag}-file or in ${variable.name}`,
  );
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, "utf8").trimEnd();
  } catch (cause) {
    throw unreadable(file, cause);
  }
}

function isRemote(text: string): boolean {
  return /^esdb(\+discover)?:/.test(text);
}

export interface OpenedStore {
  readonly store: EventStore;
  /** The directory, or the connection string without credentials. */
  readonly kept: string;
}

/**
 * Opens a store that serves now. A data directory is then this process's alone.
 *
 * @param making whether a directory that holds no store may become one.
 * @throws {UsageError} if nothing is there.
 * @throws {StoreUnavailable} if it does not serve.
 */
export async function openAddress({ text, given }: StoreAddress, log: Log, making: boolean): Promise<OpenedStore> {
  const opened = isRemote(text) ? await connectStore(given, text, log) : await openDirectory();
  const health = await opened.store.health();
  if (health.serving) return opened;
  await opened.store.close();
  throw new StoreUnavailable(`${given}: the store does not serve: ${health.reason}`);

  async function openDirectory(): Promise<OpenedStore> {
    if (text === "" || text.includes("://"))
      throw new UsageError(`${given}: it is neither a directory nor an EventStoreDB such as esdb://host:2113`);
    if (!making && !existsSync(join(text, "events.sqlite")))
      throw new UsageError(`${given}: there is no store in ${text}: no events.sqlite`);
    return { kept: text, store: await openSqliteEventStore({ directory: text }) };
  }
}
