import { describe, expect, test } from "vitest";
import type { DecisionEvent, EventType } from "../../src/domain/event.ts";
import { evolve, IllegalEvent } from "../../src/domain/evolve.ts";
import type { DecisionId, Digest } from "../../src/domain/ids.ts";
import {
  alice,
  at,
  attached,
  bob,
  carol,
  completed,
  created,
  EVERY_EVENT,
  FAILED,
  type Fact,
  failed,
  gated,
  granted,
  minute,
  outcomeUnknown,
  revoked,
  SERVER_ID,
  server,
  WAY_TO,
} from "./facts.ts";
import { decisionOf, logOf } from "./given.ts";

/** Why an event cannot follow, without its own place and type; undefined if it can. */
function whyNot(way: readonly Fact[], next: Fact): string | undefined {
  const [prefix, last] = [logOf(way), logOf([...way, next]).at(-1)];
  if (last === undefined) throw new RangeError("there is a last event");
  const before = decisionOf(...way);
  try {
    evolve(before, last);
    return undefined;
  } catch (error) {
    if (!(error instanceof IllegalEvent)) throw error;
    expect(error.seq).toBe(prefix.length);
    const place = `event ${prefix.length} (${next.body.type}): `;
    expect(error.message).toMatch(new RegExp(`^${place.replaceAll(/[()]/g, "\\$&")}`));
    return error.message.slice(place.length);
  }
}

const PASSED = "the gate has been passed";
const NO_POLICY = "no policy is attached";
const UNBROKEN = "the gate was not passed by break-glass";
const NOT_STARTED = {
  EXECUTION_STARTED: "an execution starts once, after the gate",
  EXECUTION_COMPLETED: "only a started execution without an outcome can complete",
  EXECUTION_FAILED: "only an execution behind the gate and without an outcome can fail",
  EXECUTION_OUTCOME_UNKNOWN: "only a started execution without an outcome can have an unknown one",
} as const;

/** What holds before the gate only, refused for one reason. */
function nothingOpen(why: string) {
  return {
    DECISION_CREATED: "a decision is created once",
    POLICY_ATTACHED: why,
    APPROVAL_GRANTED: why,
    APPROVAL_REVOKED: why,
    EXECUTION_REQUESTED: why,
    DECISION_REJECTED: why,
    DECISION_CANCELLED: why,
  } as const;
}

describe("which event can follow, and why another cannot", () => {
  const CREATED_ONCE = { DECISION_CREATED: "a decision is created once" } as const;
  const { EXECUTION_STARTED, EXECUTION_COMPLETED, EXECUTION_OUTCOME_UNKNOWN } = NOT_STARTED;
  const illegal: Record<keyof typeof WAY_TO, Partial<Record<EventType, string>>> = {
    draft: {
      ...CREATED_ONCE,
      ...NOT_STARTED,
      APPROVAL_GRANTED: NO_POLICY,
      APPROVAL_REVOKED: "bob has no approval to revoke",
      EXECUTION_REQUESTED: NO_POLICY,
      DECISION_REJECTED: NO_POLICY,
    },
    open: {
      ...CREATED_ONCE,
      ...NOT_STARTED,
      POLICY_ATTACHED: "a policy attaches once",
      APPROVAL_REVOKED: "bob has no approval to revoke",
    },
    approved: { ...CREATED_ONCE, ...NOT_STARTED, POLICY_ATTACHED: "a policy attaches once" },
    rejected: { ...nothingOpen("the decision is rejected"), ...NOT_STARTED },
    cancelled: { ...nothingOpen("the decision is cancelled"), ...NOT_STARTED },
    gated: { ...nothingOpen(PASSED), EXECUTION_COMPLETED, EXECUTION_OUTCOME_UNKNOWN },
    started: { ...nothingOpen(PASSED), EXECUTION_STARTED },
    unknown: { ...nothingOpen(PASSED), EXECUTION_STARTED, EXECUTION_OUTCOME_UNKNOWN },
    completed: { ...nothingOpen(PASSED), ...NOT_STARTED },
    failed: { ...nothingOpen(PASSED), ...NOT_STARTED },
  };

  test.each(Object.keys(WAY_TO) as (keyof typeof WAY_TO)[])("%s", (phase) => {
    for (const [type, next] of Object.entries(EVERY_EVENT))
      expect(whyNot(WAY_TO[phase], next), type).toBe(
        { ...illegal[phase], EXECUTION_REVIEWED: UNBROKEN }[type as EventType],
      );
  });

  test("a decision whose execution never began can fail, and then takes nothing more", () => {
    const neverBegan = [...WAY_TO.gated, failed()];
    for (const [type, next] of Object.entries(EVERY_EVENT)) expect(whyNot(neverBegan, next), type).toBeDefined();
    expect(decisionOf(...neverBegan).phase).toMatchObject({ kind: "failed", startedAt: undefined, outcome: FAILED });
  });
});

describe("an event out of place", () => {
  const [first, second] = logOf(WAY_TO.open);
  if (first === undefined || second === undefined) throw new RangeError("two events");
  const draft = evolve(undefined, first);

  test.each<{ readonly what: string; readonly change: Partial<DecisionEvent>; readonly why: string }>([
    { what: "a gap", change: { seq: 2 }, why: "event 2 (POLICY_ATTACHED): seq 1 was expected" },
    { what: "a repetition", change: { seq: 0 }, why: "event 0 (POLICY_ATTACHED): seq 1 was expected" },
    {
      what: "another decision's",
      change: { decisionId: "e".repeat(32) as DecisionId },
      why: `event 1 (POLICY_ATTACHED): belongs to decision ${"e".repeat(32)}, not ${"d".repeat(32)}`,
    },
    {
      what: "a broken chain",
      change: { previousDigest: "event 7" as Digest },
      why: "event 1 (POLICY_ATTACHED): previous_digest is not the digest of the event before",
    },
    {
      what: "time that goes back",
      change: { occurredAt: minute(0) - 1 },
      why: "event 1 (POLICY_ATTACHED): occurred before the event before it",
    },
  ])("$what is refused", ({ change, why }) => {
    expect(() => evolve(draft, { ...second, event: { ...second.event, ...change } })).toThrow(
      expect.objectContaining({ name: "IllegalEvent", message: why }),
    );
  });

  test("the same moment is no step back", () => {
    expect(decisionOf(created(), at(minute(0), attached())).head.occurredAt).toBe(minute(0));
  });

  test.each<{ readonly change: Partial<DecisionEvent>; readonly why: string }>([
    { change: { seq: 1 }, why: "event 1 (DECISION_CREATED): the log must begin with seq 0" },
    {
      change: { body: attached().body },
      why: "event 0 (POLICY_ATTACHED): the log must begin with DECISION_CREATED",
    },
    {
      change: { previousDigest: "event 7" as Digest },
      why: "event 0 (DECISION_CREATED): the first event has no previous digest",
    },
  ])("at the beginning: $why", ({ change, why }) => {
    expect(() => evolve(undefined, { ...first, event: { ...first.event, ...change } })).toThrow(
      expect.objectContaining({ name: "IllegalEvent", message: why }),
    );
  });
});

describe("what is known after the events", () => {
  test("who asked, for what, and when", () => {
    expect(decisionOf(...WAY_TO.draft)).toEqual({
      reviews: [],
      decisionId: "d".repeat(32),
      requester: alice,
      created: created().body,
      createdAt: minute(0),
      policy: undefined,
      approvals: [],
      phase: { kind: "open" },
      head: { seq: 0, digest: "event 0", occurredAt: minute(0) },
    });
  });

  test("a revocation ends the approver's latest approval, the others stay on record", () => {
    const { approvals } = decisionOf(
      created(),
      attached(),
      granted(bob, { expiresAt: minute(3) }),
      granted(carol),
      at(minute(5), granted(bob)),
      revoked(bob),
    );
    expect(approvals.map(({ approver, seq, revoked }) => [approver.id, seq, revoked])).toEqual([
      ["bob", 2, undefined],
      ["carol", 3, undefined],
      ["bob", 4, { at: minute(6), seq: 5, reason: "second thoughts" }],
    ]);
  });

  test("somebody with a role for it ends another's approval", () => {
    const { approvals } = decisionOf(created(), attached(), granted(bob), revoked(carol, bob));
    expect(approvals).toMatchObject([{ approver: bob, revoked: { seq: 3 } }]);
  });

  test("a system's approval is not ended by revoking the person's of the same id", () => {
    const system = { type: "SYSTEM", id: "bob" } as const;
    expect(whyNot([created(), attached(), granted(system)], revoked(bob))).toBe("bob has no approval to revoke");
  });

  test("the gate as it was passed stays known to the end", () => {
    const gate = {
      gate: gated().body,
      gateSeq: 4,
      gateDigest: "event 4",
      gatedAt: minute(4),
      executor: alice,
      requestId: "request-4",
    };
    const claim = { startedAt: minute(5), serverId: SERVER_ID };
    expect(decisionOf(...WAY_TO.gated).phase).toEqual({ kind: "gated", ...gate });
    expect(decisionOf(...WAY_TO.started).phase).toEqual({ kind: "started", ...claim, ...gate });
    expect(decisionOf(...WAY_TO.unknown).phase).toEqual({
      kind: "unknown",
      unknown: outcomeUnknown().body,
      ...claim,
      endedAt: minute(6),
      ...gate,
    });
    const settled = { startedAt: minute(5), endedAt: minute(7), ...gate };
    expect(decisionOf(...WAY_TO.unknown, completed()).phase).toEqual({
      kind: "completed",
      outcome: completed().body,
      ...settled,
    });
    expect(decisionOf(...WAY_TO.unknown, { actor: server, body: FAILED }).phase).toEqual({
      kind: "failed",
      outcome: FAILED,
      ...settled,
    });
  });

  test("the decision before is left as it was", () => {
    const before = decisionOf(...WAY_TO.approved);
    const copy = structuredClone(before);
    for (const next of Object.values(EVERY_EVENT)) whyNot(WAY_TO.approved, next);
    expect(before).toEqual(copy);
  });
});
