import { expect, test } from "vitest";
import { decisionAfter } from "../../src/app/decision-after.ts";
import type { Digest } from "../../src/domain/ids.ts";
import { attached, created, granted, revoked } from "../domain/facts.ts";
import { logOf, replay } from "../domain/given.ts";

const CAROL = { type: "HUMAN", id: "carol" } as const;

/** A log of so many approvals, each taken back. */
function longLog(approvals: number) {
  const facts = Array.from({ length: approvals }, () => [granted(CAROL), revoked(CAROL)]).flat();
  const events = logOf([created(), attached(), ...facts]);
  return { events, decision: replay(events) };
}

test("the decision after each event, asked for in any order, of the log as it was and as it has become", () => {
  const { events } = longLog(4);
  const earlier = { events: events.slice(0, 5), decision: replay(events.slice(0, 5)) };
  const later = { events, decision: replay(events) };
  for (const seq of [0, 1, 3, 2, 2, 4]) expect(decisionAfter(earlier, seq)).toEqual(replay(events.slice(0, seq + 1)));
  for (const seq of [9, 3, 5, 6, 0, 8]) expect(decisionAfter(later, seq)).toEqual(replay(events.slice(0, seq + 1)));
});

test("another log that begins with the same event is not taken for this one", () => {
  const log = longLog(1);
  expect(decisionAfter(log, 2).approvals[0]?.approver.id).toBe("carol");
  const [, , byErin] = logOf([created(), attached(), granted({ type: "HUMAN", id: "erin" })]);
  if (byErin === undefined) throw new RangeError("three events");
  const other = log.events.with(2, { ...byErin, digest: "of another event" as Digest });
  expect(decisionAfter({ ...log, events: other }, 2).approvals[0]?.approver.id).toBe("erin");
});

test("there is no decision after an event that is not there", () => {
  expect(() => decisionAfter({ events: [], decision: replay(longLog(1).events) }, 0)).toThrow(RangeError);
});

test("reading on from event to event does not cost the length of the log each time", () => {
  const log = longLog(500);
  let applied = 0;
  const counted = log.events.map(({ event, digest }) => ({
    digest,
    get event() {
      applied += 1;
      return event;
    },
  }));
  for (const seq of counted.keys()) decisionAfter({ events: counted, decision: log.decision }, seq);
  expect(applied).toBeLessThan(counted.length * 3);
});
