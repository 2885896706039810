import { describe, expect, test } from "vitest";
import type { AdapterView, BlockingReason } from "../../src/domain/blocking.ts";
import type { Instant } from "../../src/domain/ids.ts";
import { KEYS_SET_ASIDE } from "../../src/domain/key-view.ts";
import type { Policy } from "../../src/domain/policy.ts";
import { blockingReasons } from "../../src/domain/triage-ladder.ts";
import {
  at,
  attached,
  bob,
  cancelled,
  carol,
  created,
  dave,
  type Fact,
  failed,
  gated,
  granted,
  minute,
  planOf,
  rejected,
  revoked,
  WAY_TO,
} from "./facts.ts";
import { decisionOf, LOCAL } from "./given.ts";

function blocking(facts: readonly Fact[], adapter = LOCAL, now: Instant = minute(20)): readonly BlockingReason[] {
  return blockingReasons(decisionOf(...facts), now, { adapter, keys: KEYS_SET_ASIDE });
}

function codes(...asked: Parameters<typeof blocking>): readonly string[] {
  return blocking(...asked).map(({ code }) => code);
}

function approvedUnder(policy: Partial<Policy>, request: Parameters<typeof created>[0] = {}): readonly Fact[] {
  return [created(request), attached(policy), granted(bob), granted(carol)];
}

const SILENT: AdapterView = { kind: "unknown", adapterId: "local", why: "its router did not answer." };

describe("the ladder, rung by rung", () => {
  test("nothing blocks what is approved", () => {
    expect(blocking(WAY_TO.approved)).toEqual([]);
  });

  test.each<[keyof typeof WAY_TO, string, string]>([
    ["draft", "NO_POLICY", "No policy is attached: attach one first."],
    ["completed", "ALREADY_EXECUTED", "It has been executed; a decision is executed once."],
    ["failed", "EXECUTION_FAILED", "Its execution failed: to retry, make a new decision."],
    ["gated", "EXECUTING", "It is being executed."],
    ["started", "EXECUTING", "It is being executed."],
    ["unknown", "OUTCOME_UNKNOWN", "It was started and nobody can say how it ended: settle the execution."],
  ])("%s: %s alone", (phase, code, message) => {
    expect(blocking(WAY_TO[phase])).toEqual([{ code, message }]);
  });

  test("behind the gate nothing else is asked any more: neither the adapter nor what has expired since", () => {
    const expiring = [created(), attached(), granted(bob, { expiresAt: minute(10) }), granted(carol), gated()];
    expect(codes(expiring, SILENT, minute(20))).toEqual(["EXECUTING"]);
    expect(codes([...expiring, failed()], SILENT, minute(20))).toEqual(["EXECUTION_FAILED"]);
  });

  test("rejected, cancelled: that first, then what else is missing", () => {
    expect(blocking(WAY_TO.rejected)[0]).toEqual({ code: "REJECTED", message: "An approver rejected it." });
    expect(codes(WAY_TO.rejected)).toEqual(["REJECTED", "MISSING_APPROVALS"]);
    expect(blocking(WAY_TO.cancelled)[0]).toEqual({ code: "CANCELLED", message: "The requester cancelled it." });
    expect(codes([...WAY_TO.approved, rejected(bob)])).toEqual(["REJECTED"]);
  });

  test("a cancelled draft: nobody is told to attach a policy any more", () => {
    expect(blocking([created(), cancelled()])).toEqual([
      { code: "NO_POLICY", message: "No policy was attached." },
      { code: "CANCELLED", message: "The requester cancelled it." },
    ]);
  });

  test("the mode", () => {
    expect(blocking(approvedUnder({ allowedModes: ["DRY_RUN"] }))).toEqual([
      {
        code: "MODE_NOT_ALLOWED",
        message: "The policy does not allow APPLY, only DRY_RUN.",
        mode: "APPLY",
        allowedModes: ["DRY_RUN"],
      },
    ]);
  });

  test("the steps: as many as allowed are not too many", () => {
    expect(blocking(approvedUnder({ maxSteps: 2 }, { plan: planOf(3) }))).toEqual([
      { code: "TOO_MANY_STEPS", message: "The plan has 3 steps, the policy allows 2.", steps: 3, maxSteps: 2 },
    ]);
    for (const maxSteps of [0, 3, 4]) expect(blocking(approvedUnder({ maxSteps }, { plan: planOf(3) }))).toEqual([]);
    expect(blocking(approvedUnder({ maxSteps: 1 }))).toEqual([]);
  });
});

describe("the adapter", () => {
  const declares = (...capabilities: readonly string[]): AdapterView => ({
    kind: "known",
    adapterId: "local",
    capabilities,
  });

  test("has to declare what the policy wants, and `apply` to apply", () => {
    const policy = { requireAdapterCapabilities: ["timeout", "external"] };
    expect(blocking(approvedUnder(policy), declares("timeout"))).toEqual([
      {
        code: "ADAPTER_CAPABILITY_MISSING",
        message: "Adapter local does not declare external, apply.",
        adapterId: "local",
        missing: ["external", "apply"],
      },
    ]);
    expect(codes(approvedUnder(policy), declares("timeout", "external", "apply"))).toEqual([]);
    expect(codes(approvedUnder({}), declares("dry_run"))).toEqual(["ADAPTER_CAPABILITY_MISSING"]);
    expect(codes(approvedUnder({}, { mode: "DRY_RUN" }), declares())).toEqual([]);
  });

  test("named once though the policy asks for `apply` itself", () => {
    const [reason] = blocking(approvedUnder({ requireAdapterCapabilities: ["apply"] }), declares());
    expect(reason).toMatchObject({ missing: ["apply"] });
  });

  test("that did not answer closes the gate, even to one that the policy allows", () => {
    expect(blocking(approvedUnder({ allowedAdapters: ["local"] }), SILENT)).toEqual([
      {
        code: "ADAPTER_UNKNOWN",
        message: "The capabilities of adapter local could not be learned: its router did not answer.",
        adapterId: "local",
        allowedAdapters: ["local"],
      },
    ]);
  });

  test("that the request names and nobody asked about closes it too", () => {
    expect(codes(approvedUnder({}), { kind: "unchosen" })).toEqual(["ADAPTER_UNKNOWN"]);
    expect(codes(approvedUnder({ allowedAdapters: ["other"] }), { kind: "unchosen" })).toEqual([
      "ADAPTER_UNKNOWN",
      "ADAPTER_NOT_ALLOWED",
    ]);
  });

  test("outside the policy's list", () => {
    expect(blocking(approvedUnder({ allowedAdapters: ["east", "west"] }))).toEqual([
      {
        code: "ADAPTER_NOT_ALLOWED",
        message: "The policy does not allow adapter local, only east, west.",
        adapterId: "local",
        allowedAdapters: ["east", "west"],
      },
    ]);
  });

  test("left to whoever executes: judged then; with nothing to choose from never", () => {
    const unchosen = { kind: "unchosen" } as const;
    expect(codes(approvedUnder({ allowedAdapters: ["east", "west"] }, { adapterId: "" }), unchosen)).toEqual([]);
    expect(blocking(approvedUnder({}, { adapterId: "" }), unchosen)).toEqual([
      {
        code: "ADAPTER_UNKNOWN",
        message: "The request names no adapter and the policy lists none to choose from: it cannot be executed.",
        adapterId: "",
        allowedAdapters: [],
      },
    ]);
  });
});

describe("the approvals", () => {
  const expiring = [created(), attached(), granted(bob, { expiresAt: minute(10) }), granted(carol)];

  test("missing ones: how many, and of which groups", () => {
    const groups = [
      { group: "ops", minApprovals: 1 },
      { group: "security", minApprovals: 2 },
    ];
    const facts = [created(), attached({ groups }), granted(bob, { groups: ["ops"] }), granted(carol)];
    expect(blocking(facts)).toEqual([
      {
        code: "MISSING_APPROVALS",
        message: "2 approvals needed, 2 standing, 2 missing (2 of group security).",
        required: 2,
        have: 2,
        missing: 2,
        groups: [{ group: "security", required: 2, have: 0 }],
      },
    ]);
    expect(blocking([created(), attached({ minApprovals: 1 })])).toMatchObject([
      { message: "1 approval needed, 0 standing, 1 missing." },
    ]);
  });

  test("expired ones, if there would be enough without that: whose and when", () => {
    expect(blocking(expiring, LOCAL, minute(10) - 1)).toEqual([]);
    expect(blocking(expiring, LOCAL, minute(10))).toEqual([
      {
        code: "APPROVAL_EXPIRED",
        message: "There would be enough approvals had those of bob not expired.",
        approvals: [{ approver: bob, expiredAt: minute(10) }],
      },
      {
        code: "MISSING_APPROVALS",
        message: "2 approvals needed, 1 standing, 1 missing.",
        required: 2,
        have: 1,
        missing: 1,
        groups: [],
      },
    ]);
  });

  test("expired ones are no matter if there would not have been enough anyway", () => {
    expect(codes([created(), attached({ minApprovals: 3 }), ...expiring.slice(2)])).toEqual(["MISSING_APPROVALS"]);
  });

  test("expired ones are no matter if the others suffice", () => {
    expect(codes([...expiring, granted(dave)])).toEqual([]);
  });

  test("what expired and was given again does not count as expired, whether it stands or was taken back", () => {
    const again = [...expiring, at(minute(11), granted(bob))];
    expect(codes(again)).toEqual([]);
    expect(codes([...again, revoked(bob)])).toEqual(["MISSING_APPROVALS"]);
  });

  test("what was revoked before it expired does not count as expired", () => {
    expect(codes([...expiring, revoked(bob)])).toEqual(["MISSING_APPROVALS"]);
  });

  test("of an expired one only the last life is named", () => {
    const twice = [...expiring, at(minute(11), granted(bob, { expiresAt: minute(15) }))];
    expect(blocking(twice)).toMatchObject([{ approvals: [{ approver: bob, expiredAt: minute(15) }] }, {}]);
  });
});

test("all that apply are listed, in order", () => {
  const policy = {
    allowedModes: ["DRY_RUN"],
    maxSteps: 1,
    requireAdapterCapabilities: ["timeout"],
    allowedAdapters: ["other"],
  } as const;
  const facts = [created({ plan: planOf(2) }), attached(policy), granted(bob, { expiresAt: minute(10) })];
  const everything = [...facts, granted(carol), at(minute(12), cancelled())];
  expect(codes(everything)).toEqual([
    "CANCELLED",
    "MODE_NOT_ALLOWED",
    "TOO_MANY_STEPS",
    "ADAPTER_CAPABILITY_MISSING",
    "ADAPTER_NOT_ALLOWED",
    "APPROVAL_EXPIRED",
    "MISSING_APPROVALS",
  ]);
  expect(codes(everything, SILENT)).toEqual([
    "CANCELLED",
    "MODE_NOT_ALLOWED",
    "TOO_MANY_STEPS",
    "ADAPTER_UNKNOWN",
    "ADAPTER_NOT_ALLOWED",
    "APPROVAL_EXPIRED",
    "MISSING_APPROVALS",
  ]);
});
