import { randomUUID } from "node:crypto";
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { join } from "node:path";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * What the server that has this data directory calls itself, for as long as the directory lives: a random UUID, made at the first start. It stands in the claims
 * of runs, so whoever holds the directory's lock must know it before it claims any.
 *
 * @throws {Error} if what is there is no id: another one would disown the runs that were claimed by it.
 */
export function serverIdIn(directory: string): string {
  const file = join(directory, "server-id");
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    const made = randomUUID();
    writeDurably(directory, file, `${made}\n`);
    return made;
  }
  const id = text.trimEnd();
  if (!UUID.test(id))
    throw new Error(
      `${file} does not hold a server's id: restore it from a backup, or read docs/operations.md before you delete it.`,
    );
  return id;
}

/** Whole or not at all, whatever happens meanwhile. */
function writeDurably(directory: string, file: string, text: string): void {
  const draft = `${file}.new`;
  const written = openSync(draft, "w", 0o600);
  try {
    writeSync(written, text);
    fsyncSync(written);
  } finally {
    closeSync(written);
  }
  renameSync(draft, file);
  const parent = openSync(directory, "r");
  try {
    fsyncSync(parent);
  } finally {
    closeSync(parent);
  }
}
