import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { writeDurably } from "./files/write-durably.ts";

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
    writeDurably(file, `${made}\n`);
    return made;
  }
  const id = text.trimEnd();
  if (!UUID.test(id))
    throw new Error(
      `${file} does not hold a server's id: restore it from a backup, or read docs/operations.md before you delete it.`,
    );
  return id;
}
