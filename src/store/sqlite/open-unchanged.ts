import { closeSync, existsSync, openSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { StoreUnavailable } from "../../app/event-store.ts";
import { guarded, UnusableDatabase } from "./database.ts";

/** A database of a data directory, opened so that nothing in the directory changes. */
export interface UnchangedDatabase {
  readonly database: DatabaseSync;
  readonly file: string;
  /** Whether the file alone is all there is: no server is at work and no log of writes is left beside it. */
  readonly isWhole: boolean;
  /** @throws {StoreUnavailable} if a server has taken the directory up since: what was read may have been half of two states. */
  assertUntouched(): void;
  close(): void;
}

/** How long a server may keep a reader out while it tidies its log of writes up, in milliseconds. */
const BUSY_FOR = 5_000;

/**
 * Opens a database for reading in one of three ways, for SQLite's own read-only mode would leave files of its own beside one that nobody uses, and wants to write
 * to the directory:
 *
 * - A server has the directory: as one more reader of its log of writes.
 * - Nobody has it, and there is no log of writes: as a file that does not change (`immutable`).
 * - Nobody has it, and a crash has left a log of writes: with that, its index in memory alone (exclusive locking, without locks that would have to be written).
 *
 * @throws {UnusableDatabase}
 */
export function openUnchanged(file: string): UnchangedDatabase {
  const directory = dirname(resolve(file));
  const isServed = isInUse(directory);
  const wal = `${file}-wal`;
  const hasWal = sizeOf(wal) > 0;
  const before = stateOf(file, wal);
  const database = guarded(file, () => {
    const url = pathToFileURL(file);
    if (!isServed && !hasWal) url.searchParams.set("immutable", "1");
    else if (!isServed) url.searchParams.set("vfs", process.platform === "win32" ? "win32-none" : "unix-none");
    const opened = openOrExplain(file, () => new DatabaseSync(url, { readOnly: true, timeout: BUSY_FOR }));
    if (!isServed && hasWal) opened.exec("PRAGMA locking_mode = EXCLUSIVE");
    return opened;
  });
  return {
    database,
    file,
    isWhole: !isServed && !hasWal,
    assertUntouched() {
      // A server makes the log of writes as soon as it opens the database.
      if (isServed || stateOf(file, wal) === before) return;
      throw new StoreUnavailable(
        `${directory} was taken into use while it was being read: what was found does not count. Run it again.`,
      );
    },
    close: () => database.close(),
  };
}

/**
 * Whether a server has the data directory: its lock keeps readers of `lock.sqlite` out. Whoever looks lets go at once.
 *
 * @throws {UnusableDatabase} if that cannot be told.
 */
function isInUse(directory: string): boolean {
  const file = join(directory, "lock.sqlite");
  if (!existsSync(file)) return false;
  const lock = guarded(file, () => openOrExplain(file, () => new DatabaseSync(file, { readOnly: true, timeout: 0 })));
  try {
    lock.prepare("SELECT count(*) FROM sqlite_schema").get();
    return false;
  } catch (error) {
    // SQLITE_BUSY
    if (((error as { readonly errcode?: number }).errcode ?? 0) % 256 === 5) return true;
    throw new UnusableDatabase(`${file} cannot be read: ${(error as Error).message}`, { cause: error });
  } finally {
    lock.close();
  }
}

/** SQLite says the same of every file that it cannot open. */
function openOrExplain(file: string, open: () => DatabaseSync): DatabaseSync {
  try {
    return open();
  } catch (error) {
    // SQLITE_CANTOPEN
    if ((error as { readonly errcode?: number }).errcode !== 14) throw error;
    try {
      closeSync(openSync(file, "r"));
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      const why = code === "EACCES" ? "permission denied" : code === "ENOENT" ? "there is no such file" : String(code);
      throw new UnusableDatabase(`${file} cannot be read: ${why}`, { cause });
    }
    throw error;
  }
}

function stateOf(...files: readonly string[]): string {
  return files
    .map((file) => {
      const stat = statSync(file, { bigint: true, throwIfNoEntry: false });
      return stat === undefined ? "none" : `${stat.ino} ${stat.size} ${stat.mtimeNs}`;
    })
    .join(", ");
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
