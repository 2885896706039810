import type { ImportId } from "../domain/ids.ts";
import type { ImportableLog } from "../evidence/read-import.ts";
import { ofStoredText } from "../exchange/read-any-import.ts";
import type { ImportedLog } from "./import-reader.ts";
import { Refused } from "./refused.ts";

/** What to do if the same log has been imported before; the schema's ImportConflictMode. */
export type ConflictMode = "REJECT" | "FAST_FORWARD" | "KEEP_BOTH";

/** What became of an import; the schema's ImportOutcome. */
export type ImportOutcome = "CREATED" | "UNCHANGED" | "FAST_FORWARDED" | "KEPT_BESIDE";

/** What there is to be done. */
export type ImportPlan =
  /** It is here. */
  | { readonly kind: "nothing"; readonly there: ImportedLog }
  /** Append the log from a seq on. */
  | {
      readonly kind: "append";
      readonly importId: ImportId;
      readonly firstSeq: number;
      readonly outcome: Exclude<ImportOutcome, "UNCHANGED">;
    };

/** How a log that comes stands to one that is here. */
type Comparison =
  | { readonly kind: "same" | "longer" | "shorter" }
  | { readonly kind: "diverged"; readonly seq: number };

/**
 * Decides what becomes of a log by what is here whole: under the id of the log, and of this very file beside it. What is here is never replaced.
 *
 * @throws {Refused} IMPORT_CONFLICT, IMPORT_DIVERGED.
 */
export function planImport(
  log: ImportableLog,
  mode: ConflictMode,
  { there, beside }: { readonly there: ImportedLog | undefined; readonly beside: ImportedLog | undefined },
): ImportPlan {
  const { importId, besideId } = log;
  if (there === undefined) return { kind: "append", importId, firstSeq: 0, outcome: "CREATED" };
  const compared = compare(log, there);
  switch (mode) {
    case "FAST_FORWARD":
      if (compared.kind === "diverged") throw diverged(importId, compared.seq);
      if (compared.kind !== "longer") return { kind: "nothing", there };
      if (!isWrittenAlike(log, there)) throw writtenOtherwise(importId);
      return { kind: "append", importId, firstSeq: there.events.length, outcome: "FAST_FORWARDED" };
    case "REJECT":
      if (compared.kind === "same") return { kind: "nothing", there };
      if (beside !== undefined) return { kind: "nothing", there: beside };
      throw conflict(importId, compared, there.events.length);
    case "KEEP_BOTH":
      if (beside !== undefined) return { kind: "nothing", there: beside };
      if (compared.kind === "same" && isKeptBy(there, log)) return { kind: "nothing", there };
      return { kind: "append", importId: besideId, firstSeq: 0, outcome: "KEPT_BESIDE" };
  }
}

/** Whether an import gives out the very file. */
export function isKeptBy({ segments }: ImportedLog, { fileDigest }: ImportableLog): boolean {
  return segments.at(-1)?.fileDigest === fileDigest;
}

function compare({ events }: ImportableLog, there: ImportedLog): Comparison {
  const common = Math.min(events.length, there.events.length);
  for (let seq = 0; seq < common; seq++)
    if (events[seq]?.digest !== there.events[seq]?.digest) return { kind: "diverged", seq };
  if (events.length === there.events.length) return { kind: "same" };
  return { kind: events.length > there.events.length ? "longer" : "shorter" };
}

/** Whether what is here of a log in another's format stands in the file to the byte: it is put together again of what is kept. Ours is written in one way only. */
function isWrittenAlike({ events }: ImportableLog, there: ImportedLog): boolean {
  if (there.kind === "own") return true;
  return there.events.every(({ text }, seq) => ofStoredText(events[seq]?.text ?? "") === text);
}

function writtenOtherwise(importId: ImportId): Refused {
  const message = `The log goes on where import ${importId} ends, but its file is written otherwise, with other spaces or other escapes, and could not be given out to the byte: KEEP_BOTH keeps it beside.`;
  return new Refused("IMPORT_CONFLICT", message, { facts: { import_id: importId } });
}

function diverged(importId: ImportId, seq: number): Refused {
  return new Refused(
    "IMPORT_DIVERGED",
    `The log and import ${importId} part at seq ${seq}: neither continues the other. KEEP_BOTH keeps it beside.`,
    { facts: { import_id: importId, diverged_at_seq: `${seq}` } },
  );
}

function conflict(importId: ImportId, compared: Comparison, length: number): Refused {
  const how =
    compared.kind === "diverged"
      ? `parts from this one at seq ${compared.seq}: KEEP_BOTH keeps it beside`
      : compared.kind === "longer"
        ? `is the beginning of this one, up to seq ${length - 1}: FAST_FORWARD appends the rest`
        : `goes on where this one ends: there is nothing to import`;
  return new Refused("IMPORT_CONFLICT", `Import ${importId} is here, and ${how}.`, {
    facts: { import_id: importId, ...(compared.kind === "diverged" ? { diverged_at_seq: `${compared.seq}` } : {}) },
  });
}
