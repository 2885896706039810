import { MAX_EVENTS } from "../domain/limits.ts";
import type { Decision } from "../domain/state.ts";
import { BrokenLog } from "../evidence/chain.ts";
import { createLogJudge, type Objection } from "../evidence/judge-log.ts";
import { headSeqOf, objectionsToEntry } from "./check-index-entry.ts";
import { assertBeside, type CheckStream, withoutPlace } from "./check-stream.ts";
import { decisionOf } from "./decision-logs.ts";
import type { StoredEvent } from "./event-store.ts";
import { MAX_EVENT_BYTES } from "./record.ts";
import { takeUpStored } from "./take-up-stored.ts";

/** Checks the log of a decision, and then what the index says of it. */
export const checkDecisionStream: CheckStream = async (stream, events, ports, report) => {
  const { index, isIndexed } = ports;
  const decisionId = decisionOf(stream);
  const judge = createLogJudge(decisionId);
  // Before the log: what the index knew at that moment is in the log by now.
  const entry = index?.entry(decisionId);
  const indexedAt = entry === undefined ? undefined : headSeqOf(entry);
  let decision: Decision | undefined;
  /** The decision where the index has it. */
  let asIndexed: Decision | undefined;
  /** The last event that the index has been fed. */
  let fed: number | undefined;

  for await (const stored of events) {
    const seq = stored.revision;
    try {
      assertFits(stored);
      const before: Decision | undefined = decision;
      const { decision: after, recorded } = takeUpStored(decisionId, before, stored);
      assertBeside(stored, recorded.event.eventId);
      decision = after;
      for (const objection of judge({ before, after, recorded, text: stored.data }))
        report({ kind: "RULE", seq, message: wordsOf(objection) });
    } catch (error) {
      if (!(error instanceof BrokenLog)) throw error;
      report({ kind: "LOG", seq, message: withoutPlace(error.message, `event ${seq}`) });
      return;
    }
    if (seq === indexedAt) asIndexed = decision;
    if (isIndexed(stored.position)) fed = seq;
  }
  if (index === undefined || decision === undefined) return;

  const say = (message: string) => report({ kind: "INDEX", message });
  if (entry === undefined) {
    if (fed !== undefined) say(`it has no row, though the index has been fed event ${fed}`);
    return;
  }
  if (indexedAt === undefined) return say("its row cannot be read");
  if (indexedAt < (fed ?? 0))
    return say(`its row is as of event ${indexedAt}, though the index has been fed event ${fed}`);
  if (asIndexed === undefined)
    return say(`its row is as of event ${indexedAt}, but the log ends at event ${decision.head.seq}`);
  const lastTimeChange = index.lastTimeChange();
  const indexed = asIndexed;
  if (indexed.approvals.every(({ signature }) => signature === undefined)) {
    for (const objection of objectionsToEntry(entry, indexed, ports.now(), lastTimeChange, undefined)) say(objection);
    return;
  }
  const objections = async (again?: "again") => {
    const keys = await ports.keys(again);
    // By a registry that does not replay nobody can tell what the row should be.
    return keys === undefined ? [] : objectionsToEntry(entry, indexed, ports.now(), lastTimeChange, keys);
  };
  if ((await objections()).length === 0) return;
  // Beside a running server the index may know of a key that was lost after the registry was read.
  for (const objection of await objections("again")) say(objection);
};

/** Bounds that whatever wrote the log kept. */
function assertFits({ revision, data }: StoredEvent): void {
  if (revision >= MAX_EVENTS)
    throw new BrokenLog(`a decision has ${MAX_EVENTS} events at most; what follows was not looked at`);
  const bytes = Buffer.byteLength(data);
  if (bytes > MAX_EVENT_BYTES) throw new BrokenLog(`it has ${bytes} bytes; an event has ${MAX_EVENT_BYTES} at most`);
}

function wordsOf({ check, result: { detail = "", expected = "", actual = "" } }: Objection): string {
  const compared =
    expected === "" && actual === "" ? "" : ` (expected ${expected || "nothing"}, found ${actual || "nothing"})`;
  return `${check}: ${detail}${compared}`;
}
