import type { Actor } from "../domain/actor.ts";
import type { DecisionId, ImportId, Instant } from "../domain/ids.ts";
import { KEYS_SET_ASIDE } from "../domain/key-view.ts";
import type { Label } from "../domain/request.ts";
import type { IndexedRow, IndexRow, LogIndex } from "./decision-index.ts";
import { type ForeignSummary, foreignSummary } from "./foreign-summary.ts";
import type { ImportedLog } from "./import-reader.ts";
import { indexRow, shortened } from "./index-row.ts";

/** The index of imports: only what is whole is in it. */
export interface ImportIndex extends LogIndex<ImportId, ImportRow> {
  /** Rows that match, newest first by the time of their first import, at most `limit`, beginning after a key (exclusive). */
  list(query: ImportQuery): readonly ImportRow[];
}

/** An import in the index. */
export interface ImportRow extends IndexedRow {
  readonly importId: ImportId;
  /** What it is an import of, in this form or the other. */
  readonly decision: IndexRow | undefined;
  readonly foreign: ForeignSummary | undefined;
  readonly firstImportedAt: Instant;
  /** By whom it was imported last, when, and whence. */
  readonly importedBy: Actor;
  readonly importedAt: Instant;
  readonly source: string;
}

export interface ImportQuery {
  readonly filter: ImportFilter;
  readonly after: ImportKey | undefined;
  readonly limit: number;
}

/** Where a row stands in the order of imports. */
export interface ImportKey {
  readonly firstImportedAt: Instant;
  readonly importId: ImportId;
}

/** Everything given must hold. */
export interface ImportFilter {
  readonly decisionId: DecisionId | undefined;
  /** All of these. */
  readonly labels: readonly Label[];
}

/** What the index holds of an import, by a clock. */
export function importRow(log: ImportedLog, now: Instant, timeChange: number): ImportRow {
  const { importId, segments } = log;
  const [first] = segments;
  const last = segments.at(-1);
  if (first === undefined || last === undefined) throw new TypeError("an import has at least one segment");
  const row = log.kind === "own" ? indexRow(log.decision, now, timeChange, KEYS_SET_ASIDE) : undefined;
  const foreign = log.kind === "foreign" ? foreignSummary(log) : undefined;
  return {
    importId,
    decision: row,
    foreign: foreign && listed(foreign),
    firstImportedAt: first.importedAt,
    importedBy: last.importedBy,
    importedAt: last.importedAt,
    source: last.source,
    headSeq: log.events.length - 1,
    nextChangeAt: row?.nextChangeAt,
    timeChange,
  };
}

/** Labels of a decision of the original that a list shows, and that it can be found by. Of our own there are no more. */
const MAX_LISTED_LABELS = 32;

/** The original bounds nothing; a page of a list has to be. */
function listed(foreign: ForeignSummary): ForeignSummary {
  const { goal, requester, labels } = foreign;
  return {
    ...foreign,
    goal: shortened(goal),
    requester: { ...requester, id: shortened(requester.id) },
    labels: labels.slice(0, MAX_LISTED_LABELS).map(shortened),
  };
}
