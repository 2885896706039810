import { describe, expect, test } from "vitest";
import type { AdapterView } from "../../src/domain/blocking.ts";
import type { Digest } from "../../src/domain/ids.ts";
import type { Policy } from "../../src/domain/policy.ts";
import { execute, policyBody } from "./commands.ts";
import {
  alice,
  at,
  attached,
  bob,
  carol,
  created,
  dave,
  type Fact,
  granted,
  minute,
  planOf,
  REQUEST,
  revoked,
  robot,
  WAY_TO,
} from "./facts.ts";
import { type Circumstances, DECISION_ID, given, LOCAL, READABLE_DIGESTS } from "./given.ts";

/** The codes that close the gate to bob. */
function blocking(facts: readonly Fact[], circumstances: Circumstances = {}, adapterId?: string): readonly string[] {
  const { verdict } = given(...facts).when(bob, execute(adapterId), circumstances);
  if (verdict.accepted) return [];
  expect(verdict.rejection).toMatchObject({ reason: "GATE_CLOSED" });
  return verdict.rejection.blockingReasons?.map(({ code }) => code) ?? ["none given"];
}

function approvedUnder(policy: Partial<Policy>, request: Parameters<typeof created>[0] = {}): readonly Fact[] {
  return [created(request), attached(policy), granted(bob), granted(carol)];
}

function adapter(adapterId: string, ...capabilities: readonly string[]): AdapterView {
  return { kind: "known", adapterId, capabilities };
}

describe("the gate", () => {
  test("passed by anybody: records all that it was judged by", () => {
    const plan = planOf(2);
    const digests = {
      requestDigest: READABLE_DIGESTS.request(DECISION_ID, { ...REQUEST, plan }, policyBody({ maxSteps: 5 })),
      policyDigest: READABLE_DIGESTS.policy(policyBody({ maxSteps: 5 }).policy),
      approvalDigests: ["event 2" as Digest, "event 3" as Digest],
    };
    const { goal, mode, labels } = REQUEST;
    given(...approvedUnder({ maxSteps: 5 }, { plan }))
      .when(robot, execute(), { adapter: adapter("local", "dry_run", "apply") })
      .thenEvents({
        type: "EXECUTION_REQUESTED",
        adapterId: "local",
        mode: "APPLY",
        adapterCapabilities: ["apply", "dry_run"],
        approvalDigests: digests.approvalDigests,
        policyDigest: digests.policyDigest,
        routerRequestDigest: READABLE_DIGESTS.runRequest({
          decisionId: DECISION_ID,
          adapterId: "local",
          mode,
          goal,
          plan,
          maxSteps: 5,
          labels,
          ...digests,
        }),
      });
  });

  test("is passed in the mode of the request", () => {
    const { verdict } = given(...approvedUnder({}, { mode: "DRY_RUN" })).when(alice, execute());
    expect(verdict).toMatchObject({ events: [{ type: "EXECUTION_REQUESTED", mode: "DRY_RUN" }] });
  });

  test("relies on every approval that stands, and on no other, in order of seq", () => {
    const { verdict } = given(
      created(),
      attached(),
      granted(bob, { expiresAt: minute(10) }),
      granted(carol),
      granted(dave),
      revoked(dave),
      granted(robot),
      at(minute(20), granted(bob)),
    ).when(alice, execute());
    expect(verdict).toMatchObject({ events: [{ approvalDigests: ["event 3", "event 6", "event 7"] }] });
  });

  test("one approval short: closed, in words that say what is missing", () => {
    given(created(), attached(), granted(bob))
      .when(alice, execute())
      .thenRefused("GATE_CLOSED", "It cannot be executed now: 2 approvals needed, 1 standing, 1 missing.");
  });

  test("a draft: closed for want of a policy", () => {
    expect(blocking(WAY_TO.draft)).toEqual(["NO_POLICY"]);
  });
});

describe("all is judged again at the moment of the gate", () => {
  test("an approval that expires: open a millisecond before, closed at that very instant", () => {
    const facts = [created(), attached(), granted(bob, { expiresAt: minute(30) }), granted(carol)];
    expect(blocking(facts, { at: minute(30) - 1 })).toEqual([]);
    expect(blocking(facts, { at: minute(30) })).toEqual(["APPROVAL_EXPIRED", "MISSING_APPROVALS"]);
  });

  test("an approval that was revoked", () => {
    expect(blocking([...WAY_TO.approved, revoked(bob)])).toEqual(["MISSING_APPROVALS"]);
  });

  test("what the adapter declares then", () => {
    expect(blocking(WAY_TO.approved, { adapter: adapter("local", "dry_run") })).toEqual(["ADAPTER_CAPABILITY_MISSING"]);
    const unknown = { kind: "unknown", adapterId: "local", why: "it is down." } as const;
    expect(blocking(WAY_TO.approved, { adapter: unknown })).toEqual(["ADAPTER_UNKNOWN"]);
  });

  test("an approval that the policy does not count, however it came into the log", () => {
    for (const [policy, facts] of [
      [{}, [granted(alice), granted(bob)]],
      [{ humansOnly: true }, [granted(bob), granted(robot)]],
      [{ requireComment: true }, [granted(bob, { comment: "ok" }), granted(carol)]],
      [
        { maxApprovalLifetimeSeconds: 3600 },
        [granted(bob, { expiresAt: minute(60) }), granted(carol, { expiresAt: minute(90) })],
      ],
      [{ maxApprovalLifetimeSeconds: 3600 }, [granted(bob, { expiresAt: minute(60) }), granted(carol)]],
      [{}, [granted(bob), granted({ ...bob, type: "SYSTEM" })]],
    ] as const)
      expect(blocking([created(), attached(policy), ...facts])).toEqual(["MISSING_APPROVALS"]);
  });
});

describe("the adapter", () => {
  test("of the request cannot be exchanged, even for one that the policy allows", () => {
    given(...approvedUnder({ allowedAdapters: ["local", "other"] }))
      .when(bob, execute("other"), { adapter: adapter("other", "apply") })
      .thenRefused("ADAPTER_MISMATCH", "What was approved is a run on local, not on other.");
  });

  test("of the request may be named again", () => {
    expect(blocking(WAY_TO.approved, {}, "local")).toEqual([]);
  });

  test("not named by the request: has to be named now, out of the policy's", () => {
    const facts = approvedUnder({ allowedAdapters: ["east", "west"] }, { adapterId: "" });
    given(...facts)
      .when(bob, execute(), { adapter: { kind: "unchosen" } })
      .thenRefused("ADAPTER_REQUIRED", "The request names no adapter: name one of east, west.");
    const { verdict } = given(...facts).when(bob, execute("west"), { adapter: adapter("west", "apply") });
    expect(verdict).toMatchObject({ events: [{ type: "EXECUTION_REQUESTED", adapterId: "west" }] });
    expect(blocking(facts, { adapter: LOCAL }, "local")).toEqual(["ADAPTER_NOT_ALLOWED"]);
  });

  test("named by neither the request nor the policy: whoever executes cannot choose any", () => {
    const facts = approvedUnder({}, { adapterId: "" });
    expect(blocking(facts, { adapter: LOCAL }, "local")).toEqual(["ADAPTER_UNKNOWN"]);
    expect(blocking(facts, { adapter: { kind: "unchosen" } })).toEqual(["ADAPTER_UNKNOWN"]);
  });

  test("another than was asked about, or none: closed, for what holds of it is not known", () => {
    for (const view of [adapter("other", "apply", "dry_run"), { kind: "unchosen" } as const])
      given(...WAY_TO.approved)
        .when(bob, execute(), { adapter: view })
        .thenRefused(
          "GATE_CLOSED",
          "It cannot be executed now: The capabilities of adapter local could not be learned: its router was not asked.",
        );
    const chosen = approvedUnder({ allowedAdapters: ["east", "west"] }, { adapterId: "" });
    expect(blocking(chosen, { adapter: adapter("west", "apply") }, "east")).toEqual(["ADAPTER_UNKNOWN"]);
  });
});
