import { isDeepStrictEqual } from "node:util";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { decide } from "../../src/domain/decide.ts";
import type { EventType } from "../../src/domain/event.ts";
import { evolve, IllegalEvent } from "../../src/domain/evolve.ts";
import { KEYS_SET_ASIDE } from "../../src/domain/key-view.ts";
import { eventsOf, isRepeat } from "../../src/domain/repeat.ts";
import { isTerminal } from "../../src/domain/state.ts";
import { DECISION_ID, READABLE_DIGESTS, replay } from "./given.ts";
import { type Play, play } from "./model/play.ts";
import { scenarios } from "./model/scenario.ts";
import { lastApprovals, quorumHolds } from "./model/story.ts";

/** Judges what random scenarios come to. On failure fast-check prints the seed and the shortest scenario that it finds. */
function always(judge: (played: Play) => void, numRuns = 1_000): void {
  fc.assert(
    fc.property(scenarios, (scenario) => judge(play(scenario))),
    { numRuns },
  );
}

/** The types of the events written, in order. */
function types({ events }: Play): readonly EventType[] {
  return events.map(({ event }) => event.body.type);
}

test("replaying what was written gives the decision, at every point", () => {
  always(({ scenes, events, decision }) => {
    for (const scene of scenes.slice(1))
      expect(isDeepStrictEqual(replay(scene.events), scene.decision), `as of ${scene.events.length - 1}`).toBe(true);
    expect(isDeepStrictEqual(replay(events), decision)).toBe(true);
  });
});

test("events are numbered without gaps, chained, and never go back in time", () => {
  always(({ events }) => {
    for (const [index, { event }] of events.entries()) {
      const before = events[index - 1];
      expect(event.seq).toBe(index);
      expect(event.previousDigest).toBe(before?.digest ?? "");
      expect(event.occurredAt).toBeGreaterThanOrEqual(before?.event.occurredAt ?? 0);
    }
  });
});

test("there is one gate at most, one start at most, one outcome at most, and in this order", () => {
  const ways = new Set<string>();
  always((played) => {
    const way = types(played).filter((type) => type.startsWith("EXECUTION_"));
    const names = way.map((type) => type.slice("EXECUTION_".length)).join(" ");
    expect(names).toMatch(/^(REQUESTED( STARTED( OUTCOME_UNKNOWN)?)?( COMPLETED| FAILED)?)?$/);
    expect(names).not.toBe("REQUESTED COMPLETED");
    ways.add(names);
  }, 2_000);
  expect(ways).toContain("REQUESTED FAILED");
  expect(ways).toContain("REQUESTED STARTED OUTCOME_UNKNOWN COMPLETED");
});

test("at the gate the quorum really held, and the run is on what was asked for", () => {
  let gates = 0;
  always(({ scenes, decision }) => {
    const gate = scenes.find(({ verdict }) => verdict.accepted && verdict.events[0]?.type === "EXECUTION_REQUESTED");
    const [body] = gate?.verdict.accepted === true ? gate.verdict.events : [];
    if (body?.type !== "EXECUTION_REQUESTED" || gate?.story === undefined) return;
    const { story, attempt, events } = gate;
    gates += 1;
    expect(quorumHolds(story, attempt.now)).toBe(true);
    const standing = lastApprovals(story, "stands", attempt.now).map(({ who }) => who.id);
    const reliedOn = events.filter(({ digest }) => body.approvalDigests.includes(digest));
    expect(reliedOn.map(({ event }) => event.actor.id).toSorted()).toEqual(standing.toSorted());
    expect(new Set(standing).size).toBe(standing.length);
    expect(body.approvalDigests).toEqual(reliedOn.map(({ digest }) => digest));
    expect(body.mode).toBe(decision.created.mode);
    const { allowedAdapters = [] } = decision.policy?.policy ?? {};
    if (decision.created.adapterId !== "") expect(body.adapterId).toBe(decision.created.adapterId);
    else expect(allowedAdapters).toContain(body.adapterId);
    if (allowedAdapters.length > 0) expect(allowedAdapters).toContain(body.adapterId);
  }, 2_000);
  expect(gates).toBeGreaterThan(100);
});

test("a command that is repeated is known by what it wrote; under its request id another is not taken for it", () => {
  always(({ scenes, events, decision }) => {
    for (const { attempt, requestId, verdict } of scenes) {
      const wrote = eventsOf(events, attempt.actor, requestId);
      const bodies = verdict.accepted ? verdict.events : [];
      expect(wrote.map(({ event }) => event.body)).toEqual(bodies);
      if (!verdict.accepted || attempt.command.type === "START_EXECUTION") continue;
      expect(isRepeat(attempt.command, wrote, decision.policy?.policy)).toBe(true);
      for (const other of scenes)
        if (other.attempt.command.type !== attempt.command.type && other.attempt.command.type !== "RECORD_OUTCOME")
          expect(isRepeat(other.attempt.command, wrote, decision.policy?.policy)).toBe(false);
    }
  }, 500);
});

test("what has ended takes neither command nor event any more", () => {
  let ends = 0;
  always(({ scenes, events, decision }) => {
    if (!isTerminal(decision.phase)) return;
    ends += 1;
    const at = decision.head.occurredAt;
    for (const { attempt, verdict } of scenes.slice(1)) {
      const { actor, groups, view: adapter, command } = attempt;
      const world = { digests: READABLE_DIGESTS, adapter, keys: KEYS_SET_ASIDE, signature: "not_checked" } as const;
      const context = { decisionId: DECISION_ID, actor, groups, at, ...world };
      if (command.type !== "CREATE_DECISION")
        expect(decide(command, decision, context)).toMatchObject({ rejection: { reason: "DECISION_CLOSED" } });
      for (const body of verdict.accepted ? verdict.events : []) {
        const [last] = events.slice(-1);
        if (last === undefined) throw new RangeError("there is a last event");
        const { seq, digest } = decision.head;
        const next = { ...last.event, seq: seq + 1, previousDigest: digest, body };
        expect(() => evolve(decision, { event: next, digest })).toThrow(IllegalEvent);
      }
    }
  });
  expect(ends).toBeGreaterThan(100);
});

test("deciding and evolving change nothing that they are given", () => {
  always(({ scenes, events }) => {
    for (const { attempt, decision } of scenes) {
      const { command, actor, groups, now: at, view: adapter } = frozen(attempt);
      const world = { digests: READABLE_DIGESTS, adapter, keys: KEYS_SET_ASIDE, signature: "not_checked" } as const;
      const context = { decisionId: DECISION_ID, actor, groups, at, ...world };
      decide(command, frozen(decision), context);
    }
    frozen(events).reduce<Parameters<typeof evolve>[0]>((before, event) => frozen(evolve(before, event)), undefined);
  }, 300);
});

/** Frozen to the ground, so that a write throws. */
function frozen<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  for (const part of Object.values(value)) frozen(part);
  return Object.freeze(value);
}
