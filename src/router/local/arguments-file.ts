import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The file by which a program gets the arguments of its step. */
export interface ArgumentsFile {
  readonly path: string;
  readonly remove: () => void;
}

/**
 * Writes a step's arguments into a new directory that only the server's user can look into, under a name that nobody can know before.
 *
 * @param scratch a directory that is private to the server.
 * @throws what the file system says, if there is no room; nothing is left then.
 */
export function writeArgumentsFile(scratch: string, argumentsJson: string): ArgumentsFile {
  const directory = mkdtempSync(join(scratch, "step-"));
  const path = join(directory, "arguments.json");
  const remove = () => rmSync(directory, { recursive: true, force: true });
  try {
    writeNewFile(path, argumentsJson);
  } catch (error) {
    remove();
    throw error;
  }
  return { path, remove };
}

/** Never writes to what is there already: neither a file nor what a symbolic link leads to. */
export function writeNewFile(path: string, text: string): void {
  writeFileSync(path, text, { mode: 0o600, flag: "wx" });
}
