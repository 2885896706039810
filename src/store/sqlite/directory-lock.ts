import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { UnusableDatabase } from "./database.ts";

/** Somebody else is using the data directory. The message names them. */
export class DirectoryInUse extends Error {
  override readonly name = "DirectoryInUse";
}

export interface DirectoryLock {
  release(): void;
}

/** Directories held by this process: the kernel's locks do not tell two holders within a process apart. */
const held = new Set<string>();

/**
 * Takes a data directory for this process alone. The lock is the kernel's, held through an exclusive transaction on `lock.sqlite`, so it ends with the process
 * however that ends; `lock.json` beside it only tells others who holds it.
 *
 * @throws {DirectoryInUse}
 * @throws {UnusableDatabase} if it cannot be written.
 */
export function lockDirectory(directory: string): DirectoryLock {
  const key = resolve(directory);
  const holderFile = join(key, "lock.json");
  if (held.has(key)) throw new DirectoryInUse(`The data directory ${key} is in use by this very process already.`);
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(join(key, "lock.sqlite"), { timeout: 0 });
    database.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
  } catch (error) {
    database?.close();
    // SQLITE_BUSY
    if (((error as { readonly errcode?: number }).errcode ?? 0) % 256 !== 5)
      throw new UnusableDatabase(
        `The data directory ${key} cannot be used: ${(error as Error).message} (lock.sqlite). The server's user must be able to read and write it.`,
        { cause: error },
      );
    throw new DirectoryInUse(
      `The data directory ${key} is in use by ${holder(holderFile)}: stop it, or choose another directory.`,
      {
        cause: error,
      },
    );
  }
  const since = new Date().toISOString();
  writeFileSync(holderFile, `${JSON.stringify({ pid: process.pid, host: hostname(), since })}\n`, { mode: 0o600 });
  held.add(key);
  return {
    release() {
      if (!held.delete(key)) return;
      writeFileSync(holderFile, "");
      database.close();
    },
  };
}

function holder(file: string): string {
  try {
    const { pid, host, since } = JSON.parse(existsSync(file) ? readFileSync(file, "utf8") : "{}") as Record<
      string,
      unknown
    >;
    if (typeof pid === "number") return `process ${pid} on ${String(host)}, since ${String(since)}`;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  return "another process that has not written its name yet";
}
