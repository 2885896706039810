import { writeFileSync } from "node:fs";
import { UsageError } from "./failure.ts";

/** Writes a file of evidence for the owner's eyes only, and never over another unless that was asked for. */
export function writeEvidence(file: string, bytes: Uint8Array, overwrite: boolean): void {
  try {
    writeFileSync(file, bytes, { flag: overwrite ? "w" : "wx", mode: 0o600 });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const why =
      code === "EEXIST" ? "exists already: choose another name, or say --force" : `cannot be written: ${code}`;
    throw new UsageError(`${file} ${why}`, { cause });
  }
}
