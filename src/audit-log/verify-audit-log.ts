import { follows, type Head, NO_HEAD, type Placed, readLine } from "./audit-record.ts";
import { digestOfTorn } from "./audit-tail.ts";

/** Something that a log does not get past. */
export interface AuditProblem {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly message: string;
}

export interface AuditVerdict {
  readonly records: number;
  /** The seq of the first record; undefined if there is none. */
  readonly first: number | undefined;
  /** The last record: whoever has kept its digest elsewhere can tell whether anything was cut off at the end. */
  readonly head: Head;
  /** Rests of records that a crash or a full disk had cut short, closed off by the server. */
  readonly repaired: number;
  /** Whether the last record is only begun, as a crash leaves it; the server closes it off when it starts. */
  readonly isTorn: boolean;
  readonly problems: readonly AuditProblem[];
}

/** A file of a log, the oldest first. */
export interface AuditText {
  readonly file: string;
  readonly lines: AsyncIterable<AuditLine> | Iterable<AuditLine>;
}

export interface AuditLine {
  /** Without its line feed, as Latin-1, so that every byte counts. */
  readonly text: string;
  /** Whether it ends in a line feed. */
  readonly isEnded: boolean;
}

/** Problems that are told; where there are more, something is wrong with the whole file. */
export const MAX_PROBLEMS = 100;

/** Follows the chain through a log, or through the files that it was rotated into. Edited, removed, added or reordered lines do not fit. */
export async function verifyAuditLog(files: readonly AuditText[]): Promise<AuditVerdict> {
  const problems: AuditProblem[] = [];
  let records = 0;
  let repaired = 0;
  let first: number | undefined;
  let head: Head = NO_HEAD;
  let pending: { readonly file: string; readonly line: number; readonly text: string }[] = [];

  let isTorn = false;
  for (const [index, { file, lines }] of files.entries()) {
    let line = 0;
    let isEnded = true;
    for await (const each of lines) {
      line += 1;
      ({ isEnded } = each);
      take({ file, line, text: each.text });
    }
    // What is torn is closed off in the same file, but for the last, which the server may not have come back to yet.
    isTorn = index === files.length - 1 && pending.length > 0 && !isEnded;
    if (!isTorn) refusePending();
  }
  return { records, first, head, repaired, isTorn, problems };

  function take(place: { readonly file: string; readonly line: number; readonly text: string }): void {
    const placed = readLine(Buffer.from(place.text, "latin1").toString("utf8"));
    if (placed === undefined) {
      pending.push(place);
      return;
    }
    if (pending.length > 0) {
      if (
        placed.kind === "audit.repair" &&
        placed.details["torn"] === digestOfTorn(pending.map(({ text }) => text).join("\n"))
      ) {
        pending = [];
        repaired += 1;
      } else refusePending();
    }
    const misfit = misfitOf(placed);
    if (misfit !== undefined) tell({ file: place.file, line: place.line, message: misfit });
    first ??= placed.seq;
    records += 1;
    head = { seq: placed.seq, digest: placed.digest };
  }

  function misfitOf(placed: Placed): string | undefined {
    if (records === 0) {
      // The log may begin with files that are not here, but what calls itself the first record has none before it.
      return (placed.seq === 0) === (placed.previousDigest === "")
        ? undefined
        : "the first record does not fit its seq";
    }
    if (follows(placed, head)) return undefined;
    if (placed.seq === 0)
      return `a new chain begins behind seq ${head.seq}: what was written between the two is not here`;
    if (placed.seq > head.seq + 1)
      return `seq ${placed.seq} follows seq ${head.seq}: ${placed.seq - head.seq - 1} missing`;
    if (placed.seq <= head.seq) return `seq ${placed.seq} follows seq ${head.seq}: out of order, or written twice`;
    return `the record before it, seq ${head.seq}, is not the one that it was written behind: changed, or put in its place`;
  }

  function refusePending(): void {
    for (const { file, line } of pending)
      tell({ file, line, message: "is no record, and the server has not closed it off" });
    pending = [];
  }

  function tell(problem: AuditProblem): void {
    if (problems.length < MAX_PROBLEMS) problems.push(problem);
  }
}
