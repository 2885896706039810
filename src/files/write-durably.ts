import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** Writes a file that only its owner may read: whole or not at all, whatever happens meanwhile. */
export function writeDurably(file: string, content: string | Uint8Array): void {
  const draft = `${file}.new`;
  // What a crash left there, or somebody else's link, is not written into.
  rmSync(draft, { force: true });
  createDurably(draft, content);
  renameSync(draft, file);
  syncDirectory(dirname(file));
}

/** Writes a file that only its owner may read, where there is none yet: EEXIST if there is one. */
export function createDurably(file: string, content: string | Uint8Array): void {
  const written = openSync(file, "wx", 0o600);
  try {
    writeFileSync(written, content);
    fsyncSync(written);
  } finally {
    closeSync(written);
  }
}

/** Makes the names in a directory last. */
export function syncDirectory(directory: string): void {
  const parent = openSync(directory, "r");
  try {
    fsyncSync(parent);
  } finally {
    closeSync(parent);
  }
}
