import { readFileSync } from "node:fs";
import { unreadable } from "./failure.ts";

/**
 * The bytes of a file that the command line was given; - is standard input.
 *
 * @throws {UsageError} if it cannot be read.
 */
export function readInput(file: string): Uint8Array {
  try {
    return readFileSync(file === "-" ? 0 : file);
  } catch (cause) {
    throw unreadable(file, cause);
  }
}
