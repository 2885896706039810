import { describe, expect, test } from "vitest";
import type { Instant } from "../../src/domain/ids.ts";
import { KEYS_SET_ASIDE } from "../../src/domain/key-view.ts";
import { timelineOf } from "../../src/domain/timeline.ts";
import type { TimelineCategory, TimelineEntry } from "../../src/domain/timeline-entry.ts";
import {
  alice,
  at,
  attached,
  bob,
  cancelled,
  carol,
  created,
  dave,
  type Fact,
  gated,
  granted,
  minute,
  rejected,
  revoked,
  robot,
  started,
  WAY_TO,
} from "./facts.ts";
import { logOf } from "./given.ts";

function timeline(facts: readonly Fact[], now: Instant = minute(1_000)): readonly TimelineEntry[] {
  return timelineOf(logOf(facts), now, KEYS_SET_ASIDE);
}

/** Each entry as its minute, its seq and what it is about. */
function lines(...asked: Parameters<typeof timeline>): readonly string[] {
  return timeline(...asked).map(({ time, seq, category }) => `${(time - minute(0)) / 60_000} #${seq} ${category}`);
}

describe("one entry for each event", () => {
  const CATEGORIES = {
    draft: ["REQUEST"],
    open: ["REQUEST", "POLICY"],
    rejected: ["REQUEST", "POLICY", "APPROVAL"],
    cancelled: ["REQUEST", "POLICY", "REQUEST"],
    failed: ["REQUEST", "POLICY", "APPROVAL", "APPROVAL", "EXECUTION", "EXECUTION", "EXECUTION"],
  } as const satisfies Partial<Record<keyof typeof WAY_TO, readonly TimelineCategory[]>>;

  test.each(Object.keys(CATEGORIES) as (keyof typeof CATEGORIES)[])("%s: with its seq, time, actor, type", (phase) => {
    const events = logOf(WAY_TO[phase]);
    const own = timelineOf(events, minute(1_000), KEYS_SET_ASIDE).filter(({ eventType }) => eventType !== undefined);
    expect(own).toEqual(
      events.map(({ event }, index) => ({
        seq: event.seq,
        time: event.occurredAt,
        actor: event.actor,
        eventType: event.body.type,
        category: CATEGORIES[phase][index],
        label: expect.stringMatching(/^[A-Z]/),
        summary: expect.stringMatching(/./),
      })),
    );
  });
});

describe("the quorum", () => {
  test("met: right after the approval that met it, and once", () => {
    expect(lines([...WAY_TO.approved, granted(dave)])).toEqual([
      "0 #0 REQUEST",
      "1 #1 POLICY",
      "2 #2 APPROVAL",
      "3 #3 APPROVAL",
      "3 #3 THRESHOLD_MET",
      "4 #4 APPROVAL",
    ]);
    expect(timeline(WAY_TO.approved).at(-1)).toEqual({
      seq: 3,
      time: minute(3),
      category: "THRESHOLD_MET",
      label: "Quorum met",
      summary: "2 of 2 approvals stand.",
      actor: undefined,
      eventType: undefined,
    });
  });

  test("lost by a revocation, met again by another approval", () => {
    expect(lines([...WAY_TO.approved, revoked(bob), granted(dave)]).slice(3)).toEqual([
      "3 #3 APPROVAL",
      "3 #3 THRESHOLD_MET",
      "4 #4 APPROVAL",
      "4 #4 THRESHOLD_LOST",
      "5 #5 APPROVAL",
      "5 #5 THRESHOLD_MET",
    ]);
    expect(timeline([...WAY_TO.approved, revoked(bob)]).at(-1)).toMatchObject({
      label: "Quorum lost",
      summary: "1 of 2 approvals stand, 1 missing.",
    });
  });

  test("of groups: not met by the number alone", () => {
    const facts = [created(), attached({ groups: [{ group: "ops", minApprovals: 1 }] }), granted(bob), granted(carol)];
    expect(lines(facts)).toHaveLength(4);
    expect(lines([...facts, granted(dave, { groups: ["ops"] })]).at(-1)).toBe("4 #4 THRESHOLD_MET");
  });
});

describe("an approval that expires", () => {
  const expiring = [created(), attached(), granted(bob, { expiresAt: minute(10) }), granted(carol)];

  test("at its very moment: first that it expired, then that the quorum is lost", () => {
    expect(lines(expiring, minute(10) - 1).at(-1)).toBe("3 #3 THRESHOLD_MET");
    expect(lines(expiring, minute(10)).slice(-2)).toEqual(["10 #3 APPROVAL_EXPIRED", "10 #3 THRESHOLD_LOST"]);
    expect(timeline(expiring).at(-2)).toEqual({
      seq: 3,
      time: minute(10),
      category: "APPROVAL_EXPIRED",
      label: "Approval expired",
      summary: "The approval of bob (seq 2) expired.",
      actor: bob,
      eventType: undefined,
    });
  });

  test("stands between the events around it, before one of the same moment", () => {
    expect(lines([...expiring, at(minute(10), granted(dave))]).slice(5)).toEqual([
      "10 #3 APPROVAL_EXPIRED",
      "10 #3 THRESHOLD_LOST",
      "10 #4 APPROVAL",
      "10 #4 THRESHOLD_MET",
    ]);
    expect(lines([...expiring, at(minute(10) - 1, revoked(carol))]).slice(5)).toEqual([
      "9.999983333333333 #4 APPROVAL",
      "9.999983333333333 #4 THRESHOLD_LOST",
      "10 #4 APPROVAL_EXPIRED",
    ]);
  });

  test("together with others: one entry each in order of seq, the quorum is lost once, after them", () => {
    const together = [
      created(),
      attached({ minApprovals: 3 }),
      granted(bob, { expiresAt: minute(10) }),
      granted(carol, { expiresAt: minute(10) }),
      granted(dave, { expiresAt: minute(9) }),
      granted(robot),
    ];
    const entries = timeline(together).slice(7);
    expect(entries.map(({ category, actor, summary }) => [category, actor?.id ?? summary])).toEqual([
      ["APPROVAL_EXPIRED", "dave"],
      ["APPROVAL_EXPIRED", "bob"],
      ["APPROVAL_EXPIRED", "carol"],
      ["THRESHOLD_LOST", "1 of 3 approvals stand, 2 missing."],
    ]);
  });

  test("does not expire once it was revoked", () => {
    const facts = [created(), attached(), granted(bob, { expiresAt: minute(10) }), revoked(bob)];
    expect(lines(facts)).toHaveLength(4);
  });

  test("given again: each life ends by itself", () => {
    const facts = [...expiring, at(minute(11), granted(bob, { expiresAt: minute(15) }))];
    expect(lines(facts).slice(5)).toEqual([
      "10 #3 APPROVAL_EXPIRED",
      "10 #3 THRESHOLD_LOST",
      "11 #4 APPROVAL",
      "11 #4 THRESHOLD_MET",
      "15 #4 APPROVAL_EXPIRED",
      "15 #4 THRESHOLD_LOST",
    ]);
  });

  test("no longer matters once the gate is passed or the decision closed", () => {
    for (const end of [[gated()], [gated(), at(minute(20), started())], [rejected(carol)], [cancelled()]]) {
      const facts = [...expiring, ...end];
      expect(lines(facts)).toEqual(lines(facts, minute(9)));
      expect(lines(facts)).toHaveLength(facts.length + 1);
    }
  });

  test("even if somebody with a role for it revokes it afterwards", () => {
    expect(lines([...expiring, at(minute(20), revoked(alice, bob))]).slice(5)).toEqual([
      "10 #3 APPROVAL_EXPIRED",
      "10 #3 THRESHOLD_LOST",
      "20 #4 APPROVAL",
    ]);
  });
});

test("a longer log only adds to the timeline of a shorter one", () => {
  const facts = [
    created(),
    attached(),
    granted(bob, { expiresAt: minute(10) }),
    granted(carol, { expiresAt: minute(12) }),
    at(minute(11), granted(bob)),
    at(minute(20), rejected(bob)),
  ];
  const whole = lines(facts);
  for (const length of facts.keys()) {
    const now = logOf(facts)[length]?.event.occurredAt ?? 0;
    const part = lines(facts.slice(0, length + 1), now);
    expect(whole.slice(0, part.length)).toEqual(part);
  }
});
