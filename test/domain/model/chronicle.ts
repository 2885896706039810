import type { Instant } from "../../../src/domain/ids.ts";
import type { TimelineCategory } from "../../../src/domain/timeline-entry.ts";
import { isBehindTheGate, isOver, lastApprovals, quorumHolds, type Story } from "./story.ts";

/** What a timeline has to tell up to a moment: when, and what about; an event as its type. */
export function chronicle(story: Story, now: Instant): readonly string[] {
  const lines: string[] = [];
  let held = false;

  for (const [index, deed] of story.deeds.entries()) {
    tellExpiries(soFar(index), deed.when);
    lines.push(`${deed.when} ${deed.what}`);
    tellQuorum(soFar(index + 1), deed.when);
  }
  tellExpiries(story, now);
  return lines;

  function soFar(deeds: number): Story {
    const past = story.deeds.slice(0, deeds);
    const rules = past.some(({ what }) => what === "POLICY_ATTACHED") ? story.rules : undefined;
    return { ...story, rules, deeds: past };
  }

  function isWaiting(part: Story): boolean {
    return part.rules !== undefined && !isOver(part) && !isBehindTheGate(part);
  }

  function tellExpiries(part: Story, until: Instant): void {
    const from = part.deeds.at(-1)?.when ?? until;
    if (!isWaiting(part)) return;
    const expiring = lastApprovals(part, "stands", from).filter(({ expiresAt }) => (expiresAt ?? until + 1) <= until);
    const moments = [...new Set(expiring.map(({ expiresAt }) => expiresAt ?? until))].toSorted((a, b) => a - b);
    for (const moment of moments) {
      const gone = expiring.filter(({ expiresAt }) => expiresAt === moment).map(({ who }) => who.id);
      const inOrder = part.deeds.filter((deed) => expiring.includes(deed) && gone.includes(deed.who.id));
      for (const { who } of inOrder) lines.push(`${moment} ${"APPROVAL_EXPIRED" satisfies TimelineCategory} ${who.id}`);
      tellQuorum(part, moment);
    }
  }

  function tellQuorum(part: Story, moment: Instant): void {
    if (!isWaiting(part) || quorumHolds(part, moment) === held) return;
    held = !held;
    lines.push(`${moment} ${(held ? "THRESHOLD_MET" : "THRESHOLD_LOST") satisfies TimelineCategory}`);
  }
}
