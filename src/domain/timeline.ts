import { countingApprovals } from "./approvals.ts";
import type { RecordedEvent } from "./event.ts";
import { evolve } from "./evolve.ts";
import type { Instant } from "./ids.ts";
import { type KeyView, keyLostAt } from "./key-view.ts";
import { nextChangeAt } from "./lifecycle.ts";
import { policyInForce } from "./policy-in-force.ts";
import { type Quorum, quorum } from "./quorum.ts";
import type { Approval, Decision } from "./state.ts";
import type { TimelineEntry } from "./timeline-entry.ts";
import { describeEvent } from "./timeline-text.ts";

/**
 * What happened to a decision up to a moment: one entry for each event, and between them the approvals that ended (they expired, or the keys that signed them
 * were revoked) and the moments at which the quorum was met or lost. Behind the gate nothing is derived: approvals no longer matter.
 */
export function timelineOf(events: readonly RecordedEvent[], now: Instant, keys: KeyView): readonly TimelineEntry[] {
  const entries: TimelineEntry[] = [];
  let decision: Decision | undefined;
  /** The decision with only those approvals that still stand, so that a long log does not cost the square of its length. */
  let standing: Decision | undefined;
  let held = false;

  for (const recorded of events) {
    const { seq, occurredAt, actor, body } = recorded.event;
    const before = standing === undefined ? [] : passTime(standing, occurredAt).approvals;
    decision = evolve(decision, recorded);
    standing = { ...decision, approvals: standingAfter(decision, before) };
    const judged = quorumOf(standing, occurredAt, keys);
    entries.push({ seq, time: occurredAt, actor, eventType: body.type, ...describeEvent(recorded.event, judged) });
    addThreshold(standing, occurredAt, judged);
  }
  if (standing !== undefined) passTime(standing, now);
  return entries;

  /** Adds what time alone brought about up to and including a moment. */
  function passTime(before: Decision, until: Instant): Decision {
    let after = before;
    for (let at = before.head.occurredAt; ; ) {
      const next = nextChangeAt(after, at, keys);
      if (next === undefined || next > until) return after;
      const isOver = (approval: Approval) => approval.expiresAt === next || keyLostAt(approval, keys) === next;
      for (const approval of after.approvals) if (isOver(approval)) entries.push(ending(after, approval, next));
      after = { ...after, approvals: after.approvals.filter((approval) => !isOver(approval)) };
      at = next;
      addThreshold(after, at, quorumOf(after, at, keys));
    }
  }

  /** Adds an entry if the quorum was met or lost at a moment. */
  function addThreshold(decision: Decision, at: Instant, judged: Quorum | undefined): void {
    if (judged === undefined) return;
    const { required, have, missing } = judged;
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

/** How far the quorum is at a moment; undefined where it does not matter. */
function quorumOf(decision: Decision, at: Instant, keys: KeyView): Quorum | undefined {
  const policy = policyInForce(decision);
  if (policy === undefined || decision.phase.kind !== "open") return undefined;
  return quorum(policy, countingApprovals(decision, at, keys));
}

/** The approvals that stand after an event, given those that stood before it. */
function standingAfter({ approvals, head }: Decision, before: readonly Approval[]): readonly Approval[] {
  const last = approvals.at(-1);
  if (last?.seq === head.seq) return [...before, last];
  const revoked = approvals.findLast((approval) => approval.revoked?.seq === head.seq);
  return revoked === undefined ? before : before.filter(({ seq }) => seq !== revoked.seq);
}

/** An approval that ended by itself: at its expiry, or when its key was revoked. */
function ending(decision: Decision, { approver, seq, expiresAt }: Approval, time: Instant): TimelineEntry {
  const place = { seq: decision.head.seq, time, actor: approver, eventType: undefined };
  return expiresAt === time
    ? {
        ...place,
        category: "APPROVAL_EXPIRED",
        label: "Approval expired",
        summary: `The approval of ${approver.id} (seq ${seq}) expired.`,
      }
    : {
        ...place,
        category: "APPROVAL_KEY_REVOKED",
        label: "Approval key revoked",
        summary: `The key that signed the approval of ${approver.id} (seq ${seq}) was revoked.`,
      };
}
