import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { BlockingCode } from "../../src/domain/blocking.ts";
import { KEYS_SET_ASIDE } from "../../src/domain/key-view.ts";
import { lifecycle } from "../../src/domain/lifecycle.ts";
import type { RejectionReason } from "../../src/domain/rejection.ts";
import { timelineOf } from "../../src/domain/timeline.ts";
import { replay } from "./given.ts";
import { chronicle } from "./model/chronicle.ts";
import { blockers } from "./model/ladder.ts";
import { type Play, play } from "./model/play.ts";
import { refusals, written } from "./model/rules.ts";
import { scenarios } from "./model/scenario.ts";
import { lastApprovals, missing, nextChange, stateOf } from "./model/story.ts";

/** Plays random scenarios and judges each. On failure fast-check prints the seed and the shortest scenario that it finds. */
function always(judge: (played: Play) => void, numRuns: number): void {
  fc.assert(
    fc.property(scenarios, (scenario) => judge(play(scenario))),
    { numRuns },
  );
}

describe("judged by the rules told once more", () => {
  test("every command is accepted or refused as they say, and writes what they say", () => {
    const given = new Set<RejectionReason | "accepted">();
    always(({ scenes }) => {
      for (const { attempt, story, verdict } of scenes) {
        const reasons = refusals(story, attempt);
        if (verdict.accepted) {
          expect(reasons).toEqual([]);
          expect(verdict.events.map(({ type }) => type)).toEqual(written(story, attempt));
          given.add("accepted");
        } else {
          expect(reasons).toContain(verdict.rejection.reason);
          given.add(verdict.rejection.reason);
        }
      }
    }, 4_000);
    expect(given).toEqual(
      new Set([
        "accepted",
        "ADAPTER_MISMATCH",
        "ADAPTER_REQUIRED",
        "ALREADY_APPROVED",
        "APPROVAL_LIFETIME_TOO_LONG",
        "COMMENT_REQUIRED",
        "DECISION_CLOSED",
        "EXECUTION_UNDER_WAY",
        "EXPIRY_NOT_IN_FUTURE",
        "GATE_CLOSED",
        "HUMAN_REQUIRED",
        "NOT_THE_REQUESTER",
        "NOT_YOUR_APPROVAL",
        "NOTHING_TO_SETTLE",
        "NO_POLICY",
        "NO_STANDING_APPROVAL",
        "POLICY_ALREADY_ATTACHED",
        "REQUEST_DIGEST_MISMATCH",
        "REQUEST_ID_REUSED",
        "SELF_APPROVAL",
      ]),
    );
  });

  test("the lifecycle is what they say, at every point of the log, by a clock of then and of later", () => {
    const seen = new Set<BlockingCode>();
    const states = new Set<string>();
    always(({ scenes, story, events }) => {
      for (const { attempt, story: soFar, events: prefix } of [
        ...scenes.slice(1),
        { attempt: scenes.at(-1)?.attempt, story, events },
      ]) {
        if (soFar === undefined || attempt === undefined) continue;
        const decision = replay(prefix);
        const { view } = attempt;
        for (const now of [decision.head.occurredAt, attempt.now, attempt.now + 600_000]) {
          const { state, blockingReasons, nextChangeAt, progress } = lifecycle(decision, now, {
            adapter: view,
            keys: KEYS_SET_ASIDE,
          });
          const codes = blockingReasons.map(({ code }) => code);
          expect([state, codes, nextChangeAt]).toEqual([
            stateOf(soFar, now),
            blockers(soFar, now, view),
            nextChange(soFar, now),
          ]);
          if (soFar.rules !== undefined && state === "PENDING_APPROVAL")
            expect(progress.approvalsMissing).toBe(missing(soFar.rules, lastApprovals(soFar, "stands", now)));
          states.add(state);
          for (const code of codes) seen.add(code);
        }
      }
    }, 1_500);
    expect(states.size).toBe(9);
    // All but IMPORTED, which is not about decisions of our own.
    expect(seen.size).toBe(14);
  });

  test("the timeline tells what they tell, in order", () => {
    always(({ events, story, decision }) => {
      for (const now of [decision.head.occurredAt, decision.head.occurredAt + 3_600_000])
        expect(
          timelineOf(events, now, KEYS_SET_ASIDE).map(({ time, category, eventType, actor }) => {
            const whose = category === "APPROVAL_EXPIRED" ? ` ${actor?.id}` : "";
            return `${time} ${eventType ?? category}${whose}`;
          }),
        ).toEqual(chronicle(story, now));
    }, 2_000);
  });
});
