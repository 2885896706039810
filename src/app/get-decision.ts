import type { DecisionId } from "../domain/ids.ts";
import { lifecycle } from "../domain/lifecycle.ts";
import type { AdapterViews } from "./adapter-view.ts";
import type { ApproverKeys } from "./approver-keys.ts";
import { createFindCircumstances } from "./circumstances.ts";
import type { Clock } from "./clock.ts";
import type { DecisionLogs } from "./decision-logs.ts";
import type { HouseRules } from "./house-rules.ts";
import { noSuchDecision, Refused } from "./refused.ts";
import { createViewOfLog, type DecisionView, type ViewedAt } from "./view-of-log.ts";

/**
 * One decision, at any point of its past, judged by any clock.
 *
 * @throws {Refused} DECISION_NOT_FOUND, SEQ_OUT_OF_RANGE, STORED_LOG_CORRUPT.
 */
export type GetDecision = (decisionId: DecisionId, at: ViewedAt, signal?: AbortSignal) => Promise<DecisionView>;

export function createGetDecision(ports: {
  readonly logs: DecisionLogs;
  readonly adapters: AdapterViews;
  readonly approverKeys: ApproverKeys;
  readonly houseRules: HouseRules;
  readonly clock: Clock;
}): GetDecision {
  const viewOf = createViewOfLog<DecisionId>({
    ...ports,
    findCircumstances: createFindCircumstances(ports),
    judge: lifecycle,
    absent: noSuchDecision,
    notYet: () => new Refused("DECISION_NOT_FOUND", "The decision did not exist at that time."),
  });
  return async (decisionId, at, signal) => (await viewOf(decisionId, at, signal)).view;
}
