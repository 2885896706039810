import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import type { AuditEntry } from "../app/audit-log.ts";
import { digestOf } from "../evidence/digest.ts";
import { follows, type Head, MAX_LINE_BYTES, NO_HEAD, readLine } from "./audit-record.ts";

/** How much of the end of a file is looked at to go on with it, in bytes. */
const TAIL_BYTES = 16 * MAX_LINE_BYTES;

/** Where a file ends. */
export interface Tail {
  readonly head: Head;
  /** What stands behind the last whole record: what a crash or a full disk left of one. */
  readonly torn: string;
}

/** Reads where a file ends; undefined if what is there is no audit log. */
export function readTail(file: string): Tail | undefined {
  const opened = openSync(file, "r");
  try {
    const { size } = fstatSync(opened);
    const bytes = Buffer.alloc(Math.min(size, TAIL_BYTES));
    for (let read = 0; read < bytes.length; ) {
      const more = readSync(opened, bytes, read, bytes.length - read, size - bytes.length + read);
      if (more === 0) break;
      read += more;
    }
    return tailOf(bytes.toString("latin1"), bytes.length === size);
  } finally {
    closeSync(opened);
  }
}

/** Latin-1 keeps each byte, also those of half a character. */
function tailOf(text: string, isWhole: boolean): Tail | undefined {
  if (text === "") return { head: NO_HEAD, torn: "" };
  for (let end = text.lastIndexOf("\n"); end >= 0; end = text.lastIndexOf("\n", end - 1)) {
    const start = text.lastIndexOf("\n", end - 1) + 1;
    const placed = readLine(utf8(text.slice(start, end)));
    if (placed !== undefined) return { head: placed, torn: text.slice(end + 1) };
    if (start === 0) break;
  }
  // The very first record was cut short.
  return isWhole && text.startsWith("{") ? { head: NO_HEAD, torn: text } : undefined;
}

/** How a file is gone on with whose end is torn: what has to be written first, and where that leads. */
export function settleTail({ head, torn }: Tail): {
  readonly prefix: "" | "\n";
  readonly head: Head;
  readonly repair: AuditEntry | undefined;
} {
  if (torn === "") return { prefix: "", head, repair: undefined };
  const placed = readLine(utf8(torn));
  // Only its line feed is missing.
  if (placed !== undefined && follows(placed, head)) return { prefix: "\n", head: placed, repair: undefined };
  return {
    prefix: "\n",
    head,
    repair: { kind: "audit.repair", outcome: "SUCCEEDED", details: { torn: digestOfTorn(torn) } },
  };
}

/** What a repair says of the bytes that it closes off. */
export function digestOfTorn(torn: string): string {
  return digestOf(Buffer.from(torn, "latin1"));
}

function utf8(latin1: string): string {
  return Buffer.from(latin1, "latin1").toString("utf8");
}
