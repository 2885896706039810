import { expect, test } from "vitest";
import { toWireTimeline } from "../../src/codec/decision.ts";
import { KEYS_SET_ASIDE } from "../../src/domain/key-view.ts";
import { timelineOf } from "../../src/domain/timeline.ts";
import { DEFAULT_TIMELINE } from "../../src/rpc/decision-message.ts";
import { attached, bob, created, granted, minute, revoked } from "../domain/facts.ts";
import { logOf } from "../domain/given.ts";

/** Of a log of so many events, none of which makes an entry more than its own. */
function entriesOf(count: number) {
  const toAndFro = Array.from({ length: count - 2 }, (_, index) => (index % 2 === 0 ? granted(bob) : revoked(bob)));
  return timelineOf(logOf([created(), attached(), ...toAndFro]), minute(1_000), KEYS_SET_ASIDE);
}

test("the last twenty entries by default, oldest first, and how many there are in all", () => {
  expect(DEFAULT_TIMELINE).toBe(20);
  const { entries, total, truncated } = toWireTimeline(entriesOf(21), DEFAULT_TIMELINE);
  expect(entries.map(({ seq }) => seq)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  expect({ total, truncated }).toEqual({ total: 21, truncated: true });
});

test.each([2, 19, 20])("%i entries are not cut", (count) => {
  const { entries, total, truncated } = toWireTimeline(entriesOf(count), 20);
  expect([entries.length, total, truncated]).toEqual([count, count, false]);
});

test("derived entries count like any other", () => {
  const facts = [created(), attached({ minApprovals: 1 }), granted(bob, { expiresAt: minute(10) })];
  const { entries, total, truncated } = toWireTimeline(timelineOf(logOf(facts), minute(10), KEYS_SET_ASIDE), 3);
  expect(entries.map(({ label }) => label)).toEqual(["Quorum met", "Approval expired", "Quorum lost"]);
  expect({ total, truncated }).toEqual({ total: 6, truncated: true });
});

test("text that was cut in the middle of a character is still text", () => {
  const [entry] = toWireTimeline(
    timelineOf(logOf([created({ goal: `${"x".repeat(159)}😀` })]), minute(0), KEYS_SET_ASIDE),
    20,
  ).entries;
  expect(entry?.summary.isWellFormed()).toBe(true);
});
