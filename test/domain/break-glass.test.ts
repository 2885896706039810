import { describe, expect, test } from "vitest";
import type { Command } from "../../src/domain/command.ts";
import type { Digest } from "../../src/domain/ids.ts";
import { KEYS_SET_ASIDE } from "../../src/domain/key-view.ts";
import { lifecycle, nextChangeAt } from "../../src/domain/lifecycle.ts";
import { reviewOf } from "../../src/domain/review.ts";
import {
  alice,
  attached,
  bob,
  carol,
  completed,
  created,
  dave,
  type Fact,
  failed,
  glassBroken,
  granted,
  minute,
  reviewed,
  robot,
  started,
} from "./facts.ts";
import { decisionOf, given, LOCAL } from "./given.ts";

const HOUR = 3_600_000;
const RULE = { minApprovals: 0, reviewWithin: 24 * HOUR };
const EMERGENCY: Command = { type: "REQUEST_EXECUTION", adapterId: undefined, breakGlassReason: "the site is down" };
const REVIEW: Command = { type: "REVIEW_EXECUTION", verdict: "JUSTIFIED", comment: "" };

describe("breaking the glass", () => {
  const short = [created(), attached(), granted(bob)];

  test("passes the gate without the quorum, with the reason and the day by which it has to be reviewed", () => {
    const { verdict } = given(...short).when(carol, EMERGENCY, { breakGlass: RULE });
    expect(verdict).toMatchObject({
      accepted: true,
      events: [
        {
          type: "EXECUTION_REQUESTED",
          approvalDigests: ["event 2"],
          breakGlass: { reason: "the site is down", minApprovals: 0, reviewBy: minute(3) + 24 * HOUR },
        },
      ],
    });
  });

  test("takes a server that allows it, and a reason", () => {
    given(...short)
      .when(carol, EMERGENCY)
      .thenRefused(
        "BREAK_GLASS_DISABLED",
        "This server allows no execution by break-glass: its configuration says so.",
      );
    const withoutReason = { ...EMERGENCY, breakGlassReason: "" };
    expect(given(...short).when(carol, withoutReason, { breakGlass: RULE }).verdict).toMatchObject({
      rejection: { reason: "GATE_CLOSED", blockingReasons: [{ code: "MISSING_APPROVALS" }] },
    });
  });

  test("breaks nothing where the gate is open", () => {
    const { verdict } = given(...short, granted(dave)).when(carol, EMERGENCY, { breakGlass: RULE });
    expect(verdict).toMatchObject({ accepted: true });
    expect(verdict.accepted && Object.keys(verdict.events[0] ?? {})).not.toContain("breakGlass");
  });

  test("goes without approvals, and without nothing else", () => {
    const cases: readonly (readonly [Fact, object, readonly string[]])[] = [
      [attached({ allowedModes: ["DRY_RUN"] }), {}, ["MODE_NOT_ALLOWED"]],
      [
        attached(),
        { adapter: { kind: "known", adapterId: "local", capabilities: [] } },
        ["ADAPTER_CAPABILITY_MISSING"],
      ],
      [attached(), { adapter: { kind: "unknown", adapterId: "local", why: "gone" } }, ["ADAPTER_UNKNOWN"]],
    ];
    for (const [policy, world, codes] of cases) {
      const { verdict } = given(created(), policy).when(carol, EMERGENCY, { breakGlass: RULE, ...world });
      expect(verdict).toMatchObject({ rejection: { blockingReasons: codes.map((code) => ({ code })) } });
    }
    const guardrail = {
      name: "dry",
      match: { adapters: [], labels: [], modes: [] },
      minApprovals: 3,
      groups: [],
      humansOnly: false,
      requireSignedApprovals: false,
      allowedModes: ["DRY_RUN" as const],
      maxApprovalLifetimeSeconds: 0,
      requiredLabels: [],
      allowSelfApproval: false,
    };
    const guardrails = [{ digest: "sha256:dry" as Digest, guardrail }];
    expect(given(...short).when(carol, EMERGENCY, { breakGlass: RULE, guardrails }).verdict).toMatchObject({
      rejection: { blockingReasons: [{ code: "GUARDRAIL_NOT_MET", unmet: [{ code: "MODE_NOT_ALLOWED" }] }] },
    });
    const { allowedModes: _, ...rest } = guardrail;
    const approvals = [{ digest: "sha256:three" as Digest, guardrail: { ...rest, allowedModes: [] } }];
    expect(given(...short).when(carol, EMERGENCY, { breakGlass: RULE, guardrails: approvals }).verdict).toMatchObject({
      accepted: true,
    });
  });

  test("needs as many approvals as the configuration asks for even then, of different people", () => {
    const rule = { ...RULE, minApprovals: 1 };
    expect(given(...short).when(carol, EMERGENCY, { breakGlass: rule }).verdict).toMatchObject({ accepted: true });
    expect(given(created(), attached()).when(carol, EMERGENCY, { breakGlass: rule }).verdict).toMatchObject({
      rejection: { reason: "GATE_CLOSED", blockingReasons: [{ code: "MISSING_APPROVALS", required: 1, have: 0 }] },
    });
    const two = { breakGlass: { ...RULE, minApprovals: 2 } };
    const duties = { executorIsNotRequester: false, approverIsNotExecutor: false, aliases: [["bob", "dave"]] };
    const byOne = [created(), attached({ minApprovals: 3 }), granted(bob), granted(dave)];
    expect(given(...byOne).when(carol, EMERGENCY, two).verdict).toMatchObject({ accepted: true });
    expect(given(...byOne).when(carol, EMERGENCY, { ...two, duties }).verdict).toMatchObject({ accepted: false });
  });

  test("keeps apart whom the configuration keeps apart", () => {
    const duties = { executorIsNotRequester: true, approverIsNotExecutor: true, aliases: [] };
    expect(given(...short).when(alice, EMERGENCY, { breakGlass: RULE, duties }).verdict).toMatchObject({
      rejection: { reason: "EXECUTOR_IS_REQUESTER" },
    });
    expect(given(...short).when(bob, EMERGENCY, { breakGlass: RULE, duties }).verdict).toMatchObject({
      rejection: { reason: "EXECUTOR_IS_APPROVER" },
    });
  });
});

describe("the review", () => {
  const broken = [created(), attached(), granted(bob), glassBroken(dave, "event 2"), started(), completed()];
  const status = (...facts: readonly Fact[]) => reviewOf(decisionOf(...facts), minute(60))?.status;

  test("waits for as many as the quorum was short of, and is overdue from its day on", () => {
    const decision = decisionOf(...broken);
    const due = minute(24 * 60);
    expect(reviewOf(decision, due - 1)).toMatchObject({ status: "PENDING", missing: 1, reviewBy: due, objections: 0 });
    expect(reviewOf(decision, due)?.status).toBe("OVERDUE");
    expect(nextChangeAt(decision, minute(60), KEYS_SET_ASIDE)).toBe(due);
    expect(nextChangeAt(decision, due, KEYS_SET_ASIDE)).toBeUndefined();
    expect(lifecycle(decision, due, { adapter: LOCAL, keys: KEYS_SET_ASIDE })).toMatchObject({
      state: "COMPLETED",
      review: { status: "OVERDUE" },
    });
  });

  test("is done when enough people have found it justified, also late, and when the run failed", () => {
    expect(status(...broken, reviewed(carol))).toBe("APPROVED");
    expect(reviewOf(decisionOf(...broken, reviewed(carol)), minute(48 * 60))?.status).toBe("APPROVED");
    const failedRun = [created(), attached(), glassBroken(dave), started(), failed()];
    expect(status(...failedRun, reviewed(carol))).toBe("PENDING");
    expect(status(...failedRun, reviewed(carol), reviewed(bob))).toBe("APPROVED");
  });

  test("is not made up by whoever approved already, nor by the requester, nor where groups are missing", () => {
    expect(status(...broken, reviewed(bob))).toBe("PENDING");
    expect(status(...broken, reviewed(alice))).toBe("PENDING");
    const grouped = attached({ minApprovals: 1, groups: [{ group: "sre", minApprovals: 1 }] });
    const inGroups = [created(), grouped, glassBroken(dave), started(), completed()];
    expect(status(...inGroups, reviewed(carol))).toBe("PENDING");
    expect(status(...inGroups, reviewed(carol, { groups: ["sre"] }))).toBe("APPROVED");
  });

  test("ends with the first objection", () => {
    const objected = [...broken, reviewed(carol, { verdict: "UNJUSTIFIED" })];
    expect(status(...objected)).toBe("OBJECTED");
    given(...objected)
      .when(bob, REVIEW)
      .thenRefused("NOTHING_TO_REVIEW", "Its review is done: objected to.");
  });

  test("is taken at any time behind the gate, from somebody who could have approved and did not execute", () => {
    const review = { type: "EXECUTION_REVIEWED", verdict: "JUSTIFIED", comment: "", groups: ["a", "b"] } as const;
    for (const way of [broken.slice(0, 4), broken.slice(0, 5), broken])
      given(...way)
        .when(carol, REVIEW, { groups: ["b", "a"] })
        .thenEvents(review);
    const on = given(...broken);
    expect(on.when(dave, REVIEW).verdict).toMatchObject({ rejection: { reason: "REVIEWER_IS_EXECUTOR" } });
    expect(on.when(alice, REVIEW).verdict).toMatchObject({ rejection: { reason: "SELF_APPROVAL" } });
    expect(on.when(bob, REVIEW).verdict).toMatchObject({ rejection: { reason: "ALREADY_APPROVED" } });
    expect(on.when(bob, { ...REVIEW, verdict: "UNJUSTIFIED" }).verdict).toMatchObject({ accepted: true });
    const aliases = [["dave", "dave-admin"]];
    const duties = { executorIsNotRequester: false, approverIsNotExecutor: false, aliases };
    const otherName = { type: "HUMAN", id: "dave-admin" } as const;
    expect(on.when(otherName, REVIEW, { duties }).verdict).toMatchObject({
      rejection: { reason: "REVIEWER_IS_EXECUTOR" },
    });
    const humans = given(created(), attached({ humansOnly: true }), glassBroken(dave), started(), completed());
    expect(humans.when(robot, REVIEW).verdict).toMatchObject({ rejection: { reason: "HUMAN_REQUIRED" } });
    const twice = given(created(), attached({ minApprovals: 3 }), glassBroken(dave), reviewed(carol));
    expect(twice.when(carol, REVIEW).verdict).toMatchObject({ rejection: { reason: "ALREADY_REVIEWED" } });
  });

  test("in a log by whoever executed, or twice by one person, cannot have happened", () => {
    expect(() => decisionOf(...broken, reviewed(dave))).toThrow("event 6 (EXECUTION_REVIEWED): dave executed it");
    const twice = [...broken.slice(0, 4), reviewed(carol), reviewed(carol)];
    expect(() => decisionOf(...twice)).toThrow("carol has reviewed it already");
  });

  test("there is none where no glass was broken", () => {
    const whole = [created(), attached(), granted(bob), granted(carol)];
    given(...whole)
      .when(dave, REVIEW)
      .thenRefused("NOTHING_TO_REVIEW", "The decision was not executed by break-glass: there is nothing to review.");
    expect(reviewOf(decisionOf(...whole), minute(9))).toBeUndefined();
  });
});
