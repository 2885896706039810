import type { DecisionId, Digest } from "../domain/ids.ts";
import type { ApproverKeys } from "./approver-keys.ts";
import type { Clock } from "./clock.ts";
import type { DecisionIndex, IndexKey, IndexRow } from "./decision-index.ts";
import { Refused } from "./refused.ts";
import { createWake } from "./wake.ts";

/** Decisions that are judged at the same time. */
const BATCH = 256;

/** How long a loss that nobody rang for goes unnoticed at most, in milliseconds. */
const LONGEST_NAP = 15_000;

const EVERYTHING = {
  labels: [],
  requesterId: undefined,
  adapterId: undefined,
  mode: undefined,
  reviewStatuses: [],
  createdFrom: undefined,
  createdUntil: undefined,
} as const;

/**
 * Has the open decisions judged anew whose approvers lost keys, until the signal: at the start of all there are, for nobody knows by which keys the index was fed last.
 *
 * @param judge judges decisions by now, each given with the revision that the index knows of it.
 */
export async function followKeyLosses(
  ports: {
    readonly approverKeys: Pick<ApproverKeys, "load" | "listen">;
    readonly index: Pick<DecisionIndex, "list">;
    readonly clock: Clock;
  },
  judge: (open: ReadonlyMap<DecisionId, number>) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const { approverKeys, index, clock } = ports;
  const wake = createWake(clock);
  const stop = approverKeys.listen(wake.ring);
  const done = new Set<Digest>();
  try {
    while (!signal.aborted) {
      const { registry } = await approverKeys.load(signal);
      const lost = [...registry.keys.values()].filter(({ keyId, revoked }) => revoked && !done.has(keyId));
      for (const approverId of new Set(lost.map(({ approver }) => approver.id))) await judgeAnew(approverId);
      for (const { keyId } of lost) done.add(keyId);
      await wake.wait(LONGEST_NAP, signal);
    }
  } catch (error) {
    // A damaged registry is told by whoever reads it for a decision; here nothing follows from it.
    if (!(error instanceof Refused)) throw error;
    await wake.wait(LONGEST_NAP, signal);
  } finally {
    stop();
  }

  async function judgeAnew(approverId: string): Promise<void> {
    const filter = { ...EVERYTHING, approverId, states: ["APPROVED", "PENDING_APPROVAL"] } as const;
    let after: IndexKey | undefined;
    do {
      const rows: readonly IndexRow[] = index.list({
        filter,
        sight: "everything",
        order: "oldest_first",
        after,
        limit: BATCH,
      });
      const open = new Map(rows.map(({ decisionId, headSeq }) => [decisionId, headSeq]));
      if (open.size > 0) await judge(open);
      after = rows.length < BATCH ? undefined : rows.at(-1);
    } while (after !== undefined && !signal.aborted);
  }
}

/** Whether a row stands where it stood: then the loss of a key changed nothing. */
export function isSameStanding(a: IndexRow, b: IndexRow): boolean {
  return a.state === b.state && a.progress.approvalsValid === b.progress.approvalsValid;
}
