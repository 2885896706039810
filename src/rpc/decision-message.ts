import type { DecisionView } from "../app/view-of-log.ts";
import { toWireDecision, toWireTimeline } from "../codec/decision.ts";
import { DIGESTS } from "../evidence/digests.ts";

/** How many timeline entries an answer holds if nobody says otherwise. */
export const DEFAULT_TIMELINE = 20;

/** A decision for the wire, with the digests that approvers need. */
export function decisionMessage({ decision, lifecycle, keys, timeline }: DecisionView, timelineLimit: number) {
  const { decisionId, created, policy } = decision;
  return toWireDecision(decision, {
    lifecycle,
    keys,
    timeline: toWireTimeline(timeline, timelineLimit),
    digests: policy && { request: DIGESTS.request(decisionId, created, policy), policy: DIGESTS.policy(policy.policy) },
  });
}
