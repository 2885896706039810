import { chmodSync, closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** Marks a SQLite file as an event store of ours (`NxAt`). */
export const APPLICATION_ID = 0x4e784174;

/** The schema that this version reads and writes. */
export const SCHEMA_VERSION = 1;

/** A file that this version must not touch. The message says why and what to do. */
export class UnusableDatabase extends Error {
  override readonly name = "UnusableDatabase";
}

/** A file of ours whose content is not what a database has. */
export class DamagedDatabase extends UnusableDatabase {}

/**
 * Opens the event store's file for its one writer, making it if it does not exist.
 *
 * Nothing is repaired: a file that is damaged, newer or somebody else's is refused before anything is written to it.
 *
 * @throws {UnusableDatabase}
 */
export function openForWriting(file: string): DatabaseSync {
  return guarded(file, () => {
    if (existsSync(file)) inspect(file);
    else create(file);
    const database = new DatabaseSync(file);
    // WAL with FULL: a commit returns once it is in the log and the log is on the disk.
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
    return database;
  });
}

/** Opens it for reading beside the writer. */
export function openForReading(file: string): DatabaseSync {
  return guarded(file, () => new DatabaseSync(file, { readOnly: true }));
}

/** Makes the file under another name first: one that exists is complete, whenever the making of it was cut short. */
function create(file: string): void {
  if (existsSync(`${file}-wal`)) throw damaged(file, "it is gone, but its log of writes is there");
  const making = `${file}.new`;
  for (const leftover of [making, `${making}-journal`]) rmSync(leftover, { force: true });
  const database = new DatabaseSync(making);
  try {
    chmodSync(making, 0o600);
    database.exec(`PRAGMA synchronous = FULL; BEGIN IMMEDIATE; ${SCHEMA} COMMIT`);
  } finally {
    database.close();
  }
  renameSync(making, file);
  syncDirectory(dirname(file));
}

function syncDirectory(directory: string): void {
  const descriptor = openSync(directory, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

export const SCHEMA = `
  CREATE TABLE streams (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    revision INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE events (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    stream_id INTEGER NOT NULL REFERENCES streams (id),
    revision INTEGER NOT NULL,
    id TEXT NOT NULL,
    type TEXT NOT NULL,
    data TEXT NOT NULL,
    metadata TEXT,
    UNIQUE (stream_id, revision)
  ) STRICT;
  CREATE TABLE probe (id INTEGER PRIMARY KEY CHECK (id = 1), room BLOB NOT NULL) STRICT;
  PRAGMA application_id = ${APPLICATION_ID};
  PRAGMA user_version = ${SCHEMA_VERSION};
`;

/** Looks at a file through a connection that cannot write, so that not even the log left by a crash is carried over into it. */
function inspect(file: string): void {
  assertNotEmpty(file);
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    inspectOpen(database, file);
  } finally {
    database.close();
  }
}

/** SQLite takes an empty file for an empty database. @throws {DamagedDatabase} */
export function assertNotEmpty(file: string): void {
  if (statSync(file).size === 0) throw damaged(file, "it is empty");
}

function inspectOpen(database: DatabaseSync, file: string): void {
  identify(database, file);
  const tables = database.prepare(
    "SELECT count(*) AS n FROM sqlite_schema WHERE name IN ('streams', 'events', 'probe')",
  );
  if (tables.get()?.["n"] !== 3) throw damaged(file, "tables are missing");
  // Looks at the structure of every page's tree without comparing indexes with tables; every event is verified by digest when it is read.
  const found = database.prepare("PRAGMA quick_check(1)").get()?.["quick_check"];
  if (found !== "ok") throw damaged(file, String(found));
}

/**
 * Makes sure that a file is an event store that this version can read.
 *
 * @throws {UnusableDatabase}
 */
export function identify(database: DatabaseSync, file: string): void {
  const applicationId = pragma(database, "application_id");
  const version = pragma(database, "user_version");
  if (applicationId !== APPLICATION_ID)
    throw new UnusableDatabase(`${file} is not an event store of nexus-attest: choose another data directory.`);
  if (version > SCHEMA_VERSION)
    throw new UnusableDatabase(
      `${file} was written by a newer version (schema ${version}, this one knows ${SCHEMA_VERSION}): run that version. The file was not changed.`,
    );
}

export function pragma(database: DatabaseSync, name: string): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()?.[name]);
}

/**
 * Opens or reads a file, in words for an operator if that fails.
 *
 * @throws {UnusableDatabase}
 */
export function guarded<Result>(file: string, open: () => Result): Result {
  try {
    return open();
  } catch (error) {
    if (error instanceof UnusableDatabase) throw error;
    const { message } = error as Error;
    if (isDamage(error)) throw damaged(file, message, error);
    throw new UnusableDatabase(`${file} cannot be opened: ${message}`, { cause: error });
  }
}

/** SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_IOERR_SHORT_READ for a file that ends too early, and a number that JavaScript cannot hold: no row of ours has one. */
export function isDamage(error: unknown): boolean {
  const { errcode = 0, code } = error as { readonly errcode?: number; readonly code?: string };
  return (errcode & 0xff) === 11 || (errcode & 0xff) === 26 || errcode === 522 || code === "ERR_OUT_OF_RANGE";
}

export function damaged(file: string, what: string, cause?: unknown): DamagedDatabase {
  return new DamagedDatabase(
    `${file} is damaged (${what}): restore it from a backup. The file was not changed; docs/operations.md says how to go about it.`,
    { cause },
  );
}
