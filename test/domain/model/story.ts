import type { Actor } from "../../../src/domain/actor.ts";
import type { EventType } from "../../../src/domain/event.ts";
import type { Instant } from "../../../src/domain/ids.ts";
import type { LifecycleState } from "../../../src/domain/lifecycle.ts";
import type { Policy } from "../../../src/domain/policy.ts";
import type { Mode } from "../../../src/domain/request.ts";

/*
 * The rules once more, from the specification instead of the code: a decision is nothing but the list of what was done, and every
 * question is answered by looking through that list. Slow and plain, to judge the code by.
 */

export interface Deed {
  readonly what: EventType;
  readonly who: Actor;
  readonly when: Instant;
  /** Of an approval. */
  readonly groups: readonly string[];
  readonly expiresAt: Instant | undefined;
}

export interface Story {
  readonly asked: { readonly mode: Mode; readonly steps: number; readonly adapterId: string };
  readonly rules: Policy | undefined;
  readonly deeds: readonly Deed[];
}

export function happened(story: Story, ...types: readonly EventType[]): boolean {
  return story.deeds.some(({ what }) => types.includes(what));
}

export function isOver(story: Story): boolean {
  return happened(story, "EXECUTION_COMPLETED", "EXECUTION_FAILED", "DECISION_REJECTED", "DECISION_CANCELLED");
}

export function isBehindTheGate(story: Story): boolean {
  return happened(story, "EXECUTION_REQUESTED");
}

export function requester(story: Story): Actor | undefined {
  return story.deeds[0]?.who;
}

export type Word = "none" | "stands" | "expired" | "revoked";

/** What became of the last approval that anybody given by `isWhose` gave, by a clock. */
export function lastWord(story: Story, isWhose: (actor: Actor) => boolean, now: Instant): Word {
  const theirs = story.deeds.filter(
    ({ what, who }) => isWhose(who) && (what === "APPROVAL_GRANTED" || what === "APPROVAL_REVOKED"),
  );
  const last = theirs.at(-1);
  if (last === undefined) return "none";
  if (last.what === "APPROVAL_REVOKED") return "revoked";
  return last.expiresAt !== undefined && now >= last.expiresAt ? "expired" : "stands";
}

/** Each person's last approval, of those whose approvals came to this by a clock. */
export function lastApprovals(story: Story, word: Word, now: Instant): readonly Deed[] {
  const ids = new Set(story.deeds.map(({ who }) => who.id));
  return [...ids]
    .filter((id) => lastWord(story, (who) => who.id === id, now) === word)
    .map((id) => story.deeds.findLast(({ what, who }) => what === "APPROVAL_GRANTED" && who.id === id))
    .filter((deed) => deed !== undefined);
}

/** How many more people it takes. */
export function missing(rules: Policy, approvals: readonly Deed[]): number {
  const seats = rules.groups.flatMap(({ group, minApprovals }) => Array<string>(minApprovals).fill(group));
  const filled = mostSeats(
    approvals.map(({ groups }) => groups),
    seats,
  );
  return Math.max(rules.minApprovals - approvals.length, seats.length - filled, 0);
}

/** The most seats that people can fill, found by trying every assignment. */
export function mostSeats(people: readonly (readonly string[])[], seats: readonly string[]): number {
  const [person, ...others] = people;
  if (person === undefined) return 0;
  const choices = seats.flatMap((group, index) =>
    person.includes(group) ? [1 + mostSeats(others, seats.toSpliced(index, 1))] : [],
  );
  return Math.max(mostSeats(others, seats), ...choices);
}

export function quorumHolds(story: Story, now: Instant): boolean {
  return story.rules !== undefined && missing(story.rules, lastApprovals(story, "stands", now)) === 0;
}

export function stateOf(story: Story, now: Instant): LifecycleState {
  if (happened(story, "EXECUTION_COMPLETED")) return "COMPLETED";
  if (happened(story, "EXECUTION_FAILED")) return "FAILED";
  if (happened(story, "DECISION_REJECTED")) return "REJECTED";
  if (happened(story, "DECISION_CANCELLED")) return "CANCELLED";
  if (happened(story, "EXECUTION_OUTCOME_UNKNOWN")) return "OUTCOME_UNKNOWN";
  if (isBehindTheGate(story)) return "EXECUTING";
  if (story.rules === undefined) return "DRAFT";
  return quorumHolds(story, now) ? "APPROVED" : "PENDING_APPROVAL";
}

/** When the clock alone changes something next. */
export function nextChange(story: Story, now: Instant): Instant | undefined {
  if (isOver(story) || isBehindTheGate(story)) return undefined;
  const expiries = lastApprovals(story, "stands", now).flatMap(({ expiresAt }) => expiresAt ?? []);
  return expiries.length === 0 ? undefined : Math.min(...expiries);
}
