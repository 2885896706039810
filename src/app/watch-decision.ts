import type { DecisionId } from "../domain/ids.ts";
import { lifecycle } from "../domain/lifecycle.ts";
import type { AdapterViews } from "./adapter-view.ts";
import type { ApproverKeys } from "./approver-keys.ts";
import { createFindCircumstances } from "./circumstances.ts";
import type { Clock } from "./clock.ts";
import type { DecisionFeed } from "./decision-feed.ts";
import type { DecisionLogs } from "./decision-logs.ts";
import type { HouseRules } from "./house-rules.ts";
import { noSuchDecision } from "./refused.ts";
import type { RunProgressBoard } from "./run-progress.ts";
import { createWatchLog, type WatchLog } from "./watch-log.ts";

/**
 * Follows one decision: every event from `fromSeq` in order, exactly once, then live; the lifecycle after each, whenever time alone changes it, and when a key that
 * signed an approval is revoked. Returns once a terminal state has been delivered.
 *
 * @throws {Refused} DECISION_NOT_FOUND, SEQ_OUT_OF_RANGE, STORED_LOG_CORRUPT; SERVER_DRAINING when `draining` aborts.
 */
export type WatchDecision = WatchLog<DecisionId>;

export function createWatchDecision(ports: {
  readonly logs: DecisionLogs;
  readonly feed: DecisionFeed;
  readonly progress: RunProgressBoard;
  readonly adapters: AdapterViews;
  readonly approverKeys: ApproverKeys;
  readonly houseRules: HouseRules;
  readonly clock: Clock;
  /** Time without a message after which one says that the connection is alive, in milliseconds. */
  readonly heartbeat: number;
  /** Aborts when the server is shutting down. */
  readonly draining: AbortSignal;
}): WatchDecision {
  const { approverKeys, houseRules } = ports;
  return createWatchLog<DecisionId>({
    ...ports,
    findCircumstances: createFindCircumstances(ports),
    judge: lifecycle,
    listenToWorld: (ring) => {
      const stops = [approverKeys.listen(ring), houseRules.listen(ring)];
      return () => {
        for (const stop of stops) stop();
      };
    },
    toldAfter: "each event",
    absent: noSuchDecision,
  });
}
