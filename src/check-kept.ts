import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Checked, type CheckMessage, checkStore } from "./app/check-store.ts";
import type { Clock } from "./app/clock.ts";
import { contentOfStore } from "./app/content-of-store.ts";
import { StoreUnavailable, StreamCorrupt } from "./app/event-store.ts";
import type { Log } from "./app/log.ts";
import type { StoreContent } from "./app/store-content.ts";
import type { Config } from "./config/schema.ts";
import { resolveSecret } from "./config/secret.ts";
import { connectStore, indexFile } from "./open-stores.ts";
import { DamagedDatabase } from "./store/sqlite/database.ts";
import { openEventFile } from "./store/sqlite/event-file.ts";
import { type IndexFile, type NoIndex, openIndexFile } from "./store/sqlite/index-file.ts";

/** What came of a check. */
export interface CheckedAll extends Omit<Checked, "index"> {
  /** Where the decisions are, without credentials. */
  readonly kept: string;
  /** The index that was compared, or why none was. */
  readonly index: NonNullable<Checked["index"]> | string;
  /** Whether everything was looked at: nothing was too damaged to be read. */
  readonly isWhole: boolean;
}

/** What a check works with. */
export interface CheckSurroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly log: Log;
  readonly clock: Clock;
}

/** A store opened to be checked. */
interface Opened {
  readonly content: StoreContent;
  readonly kept: string;
  assertUntouched(): void;
  close(): Promise<void>;
}

/**
 * Checks the store that a configuration names, and the index in its data directory against it. A server may run on both; nothing is changed and nothing is locked.
 *
 * @param tell every problem as it is found, and how far it is.
 * @throws {UnusableDatabase} if a file cannot be read.
 * @throws {StoreUnavailable} if the store does not serve, or a server has taken the directory up meanwhile: what was told then does not count.
 */
export async function checkKept(
  config: Config,
  surroundings: CheckSurroundings,
  tell: (message: CheckMessage, total: number | undefined) => void,
): Promise<CheckedAll> {
  const directory = resolve(config.dataDir);
  const nothing = { streams: 0, events: 0, index: "the store cannot be read", isWhole: false };
  const text = resolveSecret(config.store, "store", surroundings.environment);
  const kept = text === "embedded" ? directory : "";
  const damage = (kind: "STORE" | "INDEX", message: string) =>
    tell({ kind: "problem", problem: { kind, message } }, undefined);

  const opened = await damageOr(() =>
    text === "embedded" ? Promise.resolve(openDirectory(directory)) : openRemote(text, surroundings),
  );
  if (opened instanceof Error) {
    damage("STORE", opened.message);
    return { ...nothing, kept };
  }
  let compared: IndexFile | undefined;
  try {
    const { content } = opened;
    const index = openIndex(directory);
    if ("reason" in index) for (const message of index.damage) damage("INDEX", message);
    else compared = index;
    const checked = await damageOr(() =>
      checkStore({ content, index: compared, clock: surroundings.clock }, (message) => tell(message, content.total)),
    );
    opened.assertUntouched();
    compared?.assertUntouched();
    if (checked instanceof Error) {
      damage("STORE", `${checked.message} The rest was not looked at.`);
      return { ...nothing, kept: opened.kept };
    }
    const why = "reason" in index ? index.reason : "";
    return { ...checked, kept: opened.kept, index: checked.index ?? why, isWhole: true };
  } finally {
    compared?.close();
    await opened.close();
  }
}

/** The result, or the damage that was in the way of it. */
async function damageOr<Result>(work: () => Promise<Result>): Promise<Result | DamagedDatabase | StreamCorrupt> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof DamagedDatabase || error instanceof StreamCorrupt) return error;
    throw error;
  }
}

function openDirectory(directory: string): Opened {
  const file = join(directory, "events.sqlite");
  const content = openEventFile(file);
  return {
    content,
    kept: directory,
    assertUntouched: () => content.assertUntouched(),
    close: async () => content.close(),
  };
}

async function openRemote(text: string, { log, clock }: CheckSurroundings): Promise<Opened> {
  const { store, kept } = await connectStore("store", text, log);
  const health = await store.health();
  if (health.serving)
    return { content: contentOfStore(store, clock), kept, assertUntouched: () => {}, close: () => store.close() };
  await store.close();
  throw new StoreUnavailable(`the store ${kept} does not serve: ${health.reason}`);
}

function openIndex(directory: string): IndexFile | NoIndex {
  const file = indexFile(directory);
  if (!existsSync(file)) return { reason: `there is none in ${directory}`, damage: [] };
  try {
    return openIndexFile(file);
  } catch (error) {
    if (!(error instanceof DamagedDatabase)) throw error;
    const { cause } = error;
    const message = `${file} is damaged (${cause instanceof Error ? cause.message : error.message})`;
    return { reason: "it is damaged", damage: [message] };
  }
}
