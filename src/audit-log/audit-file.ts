import { closeSync, constants, fstatSync, fsyncSync, ftruncateSync, openSync, statSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import type { AuditEntry } from "../app/audit-log.ts";
import type { Instant } from "../domain/ids.ts";
import { syncDirectory } from "../files/write-durably.ts";
import { type SealedRecord, sealRecord } from "./audit-record.ts";
import { readTail, settleTail, type Tail } from "./audit-tail.ts";

/** An append-only file of records, each chained to the one before, also across the files that it is rotated into. */
export interface AuditFile {
  /**
   * Writes a record at the end. If another file has been put in the place of this one, or none is there any more, the chain goes on in a new one.
   *
   * @param how.isDurable whether it has to be on the disk before this returns.
   * @throws what the file system says. Then the record is not there, or nobody can say.
   */
  append(
    entry: AuditEntry,
    how: { readonly now: Instant; readonly lost: number; readonly isDurable: boolean },
  ): SealedRecord;
  close(): void;
}

/** The file is not what an audit log is written into. */
export class UnusableAuditFile extends Error {
  override readonly name = "UnusableAuditFile";
}

/** Only appended to; made for its owner alone; never through a link, which somebody else may turn elsewhere. */
const FLAGS = constants.O_APPEND | constants.O_CREAT | constants.O_WRONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

interface Opened {
  readonly descriptor: number;
  readonly inode: number;
  readonly device: number;
}

/**
 * Opens a file and goes on with what it holds.
 *
 * @throws {UnusableAuditFile} if it is another kind of file, or what the file system says.
 */
export function openAuditFile(file: string, now: Instant): AuditFile {
  let opened = open(file);
  let tail = tailOf(file);
  // What a crash left is closed off at once.
  if (!(tail.head.seq === -1 && tail.torn === "")) settle(now, 0);

  return {
    append(entry, { now: at, lost, isDurable }) {
      followName(at);
      settle(at, lost);
      const sealed = write("", sealRecord(tail.head, entry, at, lost));
      if (isDurable) fsyncSync(opened.descriptor);
      return sealed;
    },
    close: () => closeSync(opened.descriptor),
  };

  /** Goes on in the file that has the name now. What rotates logs gives this one another name, or takes it away. */
  function followName(at: Instant): void {
    const found = statSync(file, { throwIfNoEntry: false });
    if (found?.ino === opened.inode && found.dev === opened.device) return;
    const next = open(file);
    closeSync(opened.descriptor);
    opened = next;
    const { torn } = tailOf(file);
    tail = { head: tail.head, torn };
    settle(at, 0);
    write("", sealRecord(tail.head, { kind: "audit.open", outcome: "SUCCEEDED" }, at, 0));
    fsyncSync(opened.descriptor);
  }

  function settle(at: Instant, lost: number): void {
    if (tail.torn === "") return;
    const { prefix, head, repair } = settleTail(tail);
    if (repair !== undefined) {
      write(prefix, sealRecord(head, repair, at, lost));
      return;
    }
    writeBytes(prefix);
    tail = { head, torn: "" };
  }

  function write(prefix: string, sealed: SealedRecord): SealedRecord {
    writeBytes(`${prefix}${sealed.line}\n`);
    tail = { head: sealed.head, torn: "" };
    return sealed;
  }

  /** All of it or nothing, as far as the file can be cut back. */
  function writeBytes(text: string): void {
    const bytes = Buffer.from(text, "utf8");
    const { size } = fstatSync(opened.descriptor);
    let written = 0;
    try {
      while (written < bytes.length) written += writeSync(opened.descriptor, bytes, written);
    } catch (error) {
      if (written > 0) cutBack(size, bytes.subarray(0, written));
      throw error;
    }
  }

  function cutBack(size: number, rest: Uint8Array): void {
    try {
      ftruncateSync(opened.descriptor, size);
    } catch {
      // A file that may only be appended to: the rest stays, and is closed off by the next record.
      tail = { head: tail.head, torn: `${tail.torn}${Buffer.from(rest).toString("latin1")}` };
    }
  }
}

function open(file: string): Opened {
  const isNew = statSync(file, { throwIfNoEntry: false }) === undefined;
  const descriptor = openSync(file, FLAGS, 0o600);
  const found = fstatSync(descriptor);
  if (!found.isFile()) {
    closeSync(descriptor);
    throw new UnusableAuditFile("it is not a file that can be appended to");
  }
  if (isNew) syncDirectory(dirname(file));
  return { descriptor, inode: found.ino, device: found.dev };
}

function tailOf(file: string): Tail {
  const tail = readTail(file);
  if (tail === undefined) throw new UnusableAuditFile("it holds something else than an audit log");
  return tail;
}
