import { MAX_GROUPS } from "../domain/actor.ts";
import { stands } from "../domain/approvals.ts";
import type { RecordedEvent } from "../domain/event.ts";
import { evolve } from "../domain/evolve.ts";
import { KEYS_SET_ASIDE } from "../domain/key-view.ts";
import { MAX_LABELS } from "../domain/limits.ts";
import type { Decision } from "../domain/state.ts";

/**
 * What it may take to judge an imported log from its beginning: approvals that stand, counted anew at each event and each expiry. A thousand events with five
 * hundred approvals each, or ten thousand with fifty.
 */
export const MAX_JUDGED = 500_000;

/**
 * What makes a log that holds together too costly to keep, undefined if nothing does: labels and groups beyond what any server takes, or a quorum that would have to
 * be worked out for thousands of approvals at thousands of events. Whoever reads an import has it judged, as often as they like.
 */
export function flawOfImport(events: readonly RecordedEvent[]): string | undefined {
  let decision: Decision | undefined;
  let judged = 0;
  for (const recorded of events) {
    const { seq, body, occurredAt } = recorded.event;
    decision = evolve(decision, recorded);
    if (body.type === "DECISION_CREATED" && body.labels.length > MAX_LABELS)
      return `events[${seq}] has more than ${MAX_LABELS} labels.`;
    if (body.type === "APPROVAL_GRANTED" && body.groups.length > MAX_GROUPS)
      return `events[${seq}] names more than ${MAX_GROUPS} groups.`;
    if (decision.phase.kind !== "open") continue;
    const standing = decision.approvals.filter((approval) => stands(approval, occurredAt, KEYS_SET_ASIDE)).length;
    const expires = body.type === "APPROVAL_GRANTED" && body.expiresAt !== undefined;
    judged += expires ? 2 * standing : standing;
    if (judged > MAX_JUDGED)
      return `events[${seq}]: with so many approvals at so many events it costs too much to judge.`;
  }
  return undefined;
}
