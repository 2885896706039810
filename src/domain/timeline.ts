import { countingApprovals } from "./approvals.ts";
import type { RecordedEvent } from "./event.ts";
import { evolve } from "./evolve.ts";
import type { Instant } from "./ids.ts";
import { nextChangeAt } from "./lifecycle.ts";
import { quorum } from "./quorum.ts";
import type { Approval, Decision } from "./state.ts";
import type { TimelineEntry } from "./timeline-entry.ts";
import { describeEvent } from "./timeline-text.ts";

/**
 * What happened to a decision up to a moment: one entry for each event, and between them the approvals that expired and the moments at which the quorum
 * was met or lost. Behind the gate nothing is derived: approvals no longer matter.
 */
export function timelineOf(events: readonly RecordedEvent[], now: Instant): readonly TimelineEntry[] {
  const entries: TimelineEntry[] = [];
  let decision: Decision | undefined;
  let held = false;

  for (const recorded of events) {
    if (decision !== undefined) passTime(decision, recorded.event.occurredAt);
    decision = evolve(decision, recorded);
    const { seq, occurredAt, actor, body } = recorded.event;
    entries.push({ seq, time: occurredAt, actor, eventType: body.type, ...describeEvent(recorded.event, decision) });
    judge(decision, occurredAt);
  }
  if (decision !== undefined) passTime(decision, now);
  return entries;

  /** Adds what time alone brought about up to and including a moment. */
  function passTime(decision: Decision, until: Instant): void {
    let at = decision.head.occurredAt;
    for (;;) {
      const next = nextChangeAt(decision, at);
      if (next === undefined || next > until) return;
      for (const approval of decision.approvals) {
        if (approval.expiresAt === next && approval.revoked === undefined)
          entries.push(expiry(decision, approval, next));
      }
      at = next;
      judge(decision, at);
    }
  }

  /** Adds an entry if the quorum was met or lost at a moment. */
  function judge(decision: Decision, at: Instant): void {
    const policy = decision.policy?.policy;
    if (policy === undefined || decision.phase.kind !== "open") return;
    const { required, have, missing } = quorum(policy, countingApprovals(decision, at));
    const holds = missing === 0;
    if (holds === held) return;
    held = holds;
    entries.push({
      seq: decision.head.seq,
      time: at,
      category: holds ? "THRESHOLD_MET" : "THRESHOLD_LOST",
      label: holds ? "Quorum met" : "Quorum lost",
      summary: holds
        ? `${have} of ${required} approvals stand.`
        : `${have} of ${required} approvals stand, ${missing} missing.`,
      actor: undefined,
      eventType: undefined,
    });
  }
}

function expiry(decision: Decision, { approver, seq }: Approval, time: Instant): TimelineEntry {
  return {
    seq: decision.head.seq,
    time,
    category: "APPROVAL_EXPIRED",
    label: "Approval expired",
    summary: `The approval of ${approver.id} (seq ${seq}) expired.`,
    actor: approver,
    eventType: undefined,
  };
}
