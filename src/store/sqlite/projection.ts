import { chmodSync, existsSync, rmSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";

/** A file of rows that follow from the events. */
export interface ProjectionFile {
  /** `:memory:` keeps it there. */
  readonly file: string;
  /** Whether what is there is dropped whatever it is. */
  readonly anew: boolean;
  /** What makes its tables. */
  readonly schema: string;
  /** The version of the schema. A file of another is dropped. */
  readonly version: number;
}

/** Opens a projection. A file that is damaged or of another version is dropped: whoever feeds it builds it anew from the events. */
export function openProjection({ file, anew, schema, version }: ProjectionFile): DatabaseSync {
  if (file !== ":memory:" && !anew && existsSync(file)) {
    const database = new DatabaseSync(file);
    if (isUsable(database, version)) return configured(database);
    database.close();
  }
  if (file !== ":memory:") for (const suffix of ["", "-wal", "-shm"]) rmSync(file + suffix, { force: true });
  const database = configured(new DatabaseSync(file));
  if (file !== ":memory:") chmodSync(file, 0o600);
  database.exec(`BEGIN; ${schema} PRAGMA user_version = ${version}; COMMIT`);
  return database;
}

/** A file that was damaged shows it here, not at some later call. */
function isUsable(database: DatabaseSync, version: number): boolean {
  try {
    return (
      Number(database.prepare("PRAGMA user_version").get()?.["user_version"]) === version &&
      database.prepare("PRAGMA quick_check(1)").get()?.["quick_check"] === "ok"
    );
  } catch (error) {
    if ((error as { readonly code?: string }).code === "ERR_SQLITE_ERROR") return false;
    throw error;
  }
}

/**
 * What a power failure takes from the end of a projection, the events give back: no commit waits for the disk. But rows and position must stay together, so
 * the log of writes is on the disk before it is carried over into the file (NORMAL).
 */
function configured(database: DatabaseSync): DatabaseSync {
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
  return database;
}

/** Does some work in one transaction, all of it or nothing. */
export function inTransaction(database: DatabaseSync, work: () => void): void {
  database.exec("BEGIN IMMEDIATE");
  try {
    work();
    database.exec("COMMIT");
  } catch (error) {
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}
