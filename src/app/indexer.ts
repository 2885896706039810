import type { DecisionId } from "../domain/ids.ts";
import type { ApproverKeys } from "./approver-keys.ts";
import type { Clock } from "./clock.ts";
import type { DecisionIndex, IndexRow } from "./decision-index.ts";
import { type DecisionLog, type DecisionLogs, decisionOf } from "./decision-logs.ts";
import type { DecisionSubscription } from "./decision-subscription.ts";
import { createIndexLag } from "./index-lag.ts";
import { indexRow } from "./index-row.ts";
import { followKeyLosses, isSameStanding } from "./key-losses.ts";
import type { Log } from "./log.ts";
import { createLogIndexer, type Indexer } from "./log-indexer.ts";

/** The times of logs of ours. */
export const OF_DECISIONS = {
  occurredAt: ({ events }: DecisionLog, revision: number) => events[revision]?.event.occurredAt,
  notBefore: ({ decision }: DecisionLog) => decision.head.occurredAt,
};

/** Feeds the index of decisions. */
export function createIndexer(ports: {
  readonly subscription: Pick<DecisionSubscription, "follow">;
  readonly index: DecisionIndex;
  readonly logs: DecisionLogs;
  readonly approverKeys: ApproverKeys;
  readonly clock: Clock;
  readonly log: Log;
}): Indexer {
  const { approverKeys } = ports;
  return createLogIndexer<DecisionId, DecisionLog, IndexRow>({
    ...ports,
    changedBy: ({ stream }) => decisionOf(stream),
    ...OF_DECISIONS,
    async rowOf({ decision }, now, timeChange) {
      const { keys, notBefore } = await approverKeys.viewOrUnknown(decision);
      return indexRow(decision, Math.max(now, notBefore), timeChange, keys);
    },
    keyLosses: { isSame: isSameStanding, follow: (judge, signal) => followKeyLosses(ports, judge, signal) },
    idOf: ({ decisionId }) => decisionId,
    named: (decisionId) => ({ decision_id: decisionId }),
    lag: createIndexLag(ports),
  });
}
