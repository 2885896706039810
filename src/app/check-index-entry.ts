import type { Instant } from "../domain/ids.ts";
import { KEYS_SET_ASIDE } from "../domain/key-view.ts";
import type { Decision } from "../domain/state.ts";
import type { IndexRow } from "./decision-index.ts";
import { indexRow } from "./index-row.ts";
import { type KeysOfIndex, type Standing, standingsBySignatures } from "./row-standings.ts";
import type { IndexEntry } from "./store-content.ts";

/** Longest text of a value that a message shows, in UTF-16 code units. */
const MAX_SHOWN = 120;

/** As of which event a row of the index is; undefined if it cannot be read. */
export function headSeqOf({ text }: IndexEntry): number | undefined {
  const { headSeq } = rowIn(text) ?? {};
  return typeof headSeq === "number" ? headSeq : undefined;
}

/**
 * What an entry of the index says that does not follow from the decision, in words.
 *
 * A row is as of an event and as of a moment, for approvals expire and lose their keys. A row that waits for the clock is right; one that is ahead of it is not.
 *
 * @param keys undefined where no approval is signed.
 */
export function objectionsToEntry(
  entry: IndexEntry,
  decision: Decision,
  now: Instant,
  lastTimeChange: number,
  keys: KeysOfIndex | undefined,
): readonly string[] {
  const found = rowIn(entry.text) ?? {};
  const byClock = () => momentsOf(decision, found.nextChangeAt).map((moment) => ({ moment, keys: KEYS_SET_ASIDE }));
  const standings = keys === undefined ? byClock() : standingsBySignatures(decision, now, keys);
  const [latest] = standings;
  if (latest === undefined) throw new TypeError("a row has been judged by something");
  if (keys === undefined && decision.phase.kind === "open" && latest.moment > Math.max(now, decision.head.occurredAt))
    return [
      `its row is as of ${new Date(latest.moment).toISOString()}, when an approval expires, which is later than now`,
    ];
  const timeChange = typeof found.timeChange === "number" ? found.timeChange : 0;
  const rowOf = (standing: Standing) => indexRow(decision, standing.moment, timeChange, standing.keys);
  const right = standings.find((standing) => JSON.stringify(rowOf(standing)) === entry.text);
  const same = right && rowOf(right);
  const expected = same ?? rowOf(latest);
  return [
    ...(same === undefined ? rowDifferences(expected, found) : []),
    ...differences(columnsOf(expected), entry.columns, "it is found by", "the row"),
    ...(timeChange > lastTimeChange
      ? [`its row counts ${timeChange} changes by time, of which the index knows ${lastTimeChange}`]
      : []),
  ];
}

/**
 * The moments by which a row may have been judged, as far as they make a difference. While a decision is open the row's next change tells: it was the last before
 * that at which an approval expired. Behind the gate none makes a difference; after a veto or a withdrawal approvals go on to expire, and the row is as of whenever it was
 * written.
 */
function momentsOf({ approvals, head, phase }: Decision, nextChangeAt: unknown): readonly Instant[] {
  const { occurredAt } = head;
  const expiries = approvals.flatMap(({ expiresAt, revoked }) =>
    expiresAt === undefined || expiresAt <= occurredAt || revoked !== undefined ? [] : [expiresAt],
  );
  if (phase.kind === "rejected" || phase.kind === "cancelled") return [occurredAt, ...new Set(expiries)];
  if (phase.kind !== "open") return [occurredAt];
  const before = typeof nextChangeAt === "number" ? nextChangeAt : Number.POSITIVE_INFINITY;
  return [expiries.reduce((latest, expiry) => (expiry < before ? Math.max(latest, expiry) : latest), occurredAt)];
}

function rowDifferences(expected: IndexRow, found: object): readonly string[] {
  const different = differences(JSON.parse(JSON.stringify(expected)) as object, found, "its row says", "the log");
  return different.length > 0 ? different : ["its row is not written as a server writes it"];
}

/** What the columns hold that rows are found by; named as the database names them. */
function columnsOf(row: IndexRow): IndexEntry["columns"] {
  return {
    created_at: row.createdAt,
    state: row.state,
    requester_id: row.requester.id,
    adapter_id: row.adapterId,
    mode: row.mode,
    next_change_at: row.nextChangeAt ?? null,
    time_change: row.timeChange,
  };
}

function differences(expected: object, found: object, says: string, truth: string): readonly string[] {
  const right = new Map<string, unknown>(Object.entries(expected));
  const wrong = new Map<string, unknown>(Object.entries(found));
  const names = [...right.keys(), ...[...wrong.keys()].filter((name) => !right.has(name))];
  const different = names.filter((name) => JSON.stringify(right.get(name)) !== JSON.stringify(wrong.get(name)));
  return different.map((name) => `${says} ${name} ${shown(wrong.get(name))}, by ${truth} ${shown(right.get(name))}`);
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length <= MAX_SHOWN ? text : `${text.slice(0, MAX_SHOWN).toWellFormed()}…`;
}

function rowIn(text: string): Partial<Record<keyof IndexRow, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
