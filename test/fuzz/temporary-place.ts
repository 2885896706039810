import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A directory that stays: for what has to be looked at afterwards. */
export function temporaryPlace(): string {
  return mkdtempSync(join(tmpdir(), "nexus-attest-fuzz-"));
}
