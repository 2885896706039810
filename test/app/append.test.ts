import { describe, expect, test } from "vitest";
import type { Clock } from "../../src/app/clock.ts";
import {
  AppendOutcomeUnknown,
  type EventStore,
  StoreUnavailable,
  WrongExpectedRevision,
} from "../../src/app/event-store.ts";
import { approval, CANCELLATION, caller, creation, decisionsUnderTest, newDecisionId } from "./decisions-under-test.ts";

/** What becomes of one call of append: it is written or not, and answered or not. */
type Fate = "works" | "fails" | "fails though it persisted" | "store is away" | "another comes first";

/** A clock that lets nobody wait. */
const IMPATIENT: Clock = { now: () => Date.UTC(2026, 0, 5, 9), uptime: () => 0, sleep: async () => {} };

describe("every write x what can become of it", () => {
  const WRITES = [
    { write: "a new decision", command: creation(), by: "bob", isNew: true, length: 2 },
    { write: "an approval", command: approval("fine"), by: "carol", isNew: false, length: 3 },
    { write: "a cancellation", command: CANCELLATION, by: "bob", isNew: false, length: 3 },
  ] as const;
  const FATES: readonly { readonly fates: readonly Fate[]; readonly expected: "written" | "unknown" | "nothing" }[] = [
    { fates: ["works"], expected: "written" },
    { fates: ["fails", "works"], expected: "written" },
    { fates: ["fails though it persisted", "works"], expected: "written" },
    { fates: ["fails though it persisted", "fails", "fails though it persisted", "works"], expected: "written" },
    { fates: ["fails", "fails", "fails", "works"], expected: "written" },
    { fates: ["fails", "store is away", "works"], expected: "written" },
    { fates: ["fails though it persisted", "store is away", "works"], expected: "written" },
    { fates: ["fails though it persisted", "store is away", "store is away", "store is away"], expected: "unknown" },
    { fates: ["fails", "fails", "fails", "fails"], expected: "unknown" },
    { fates: ["fails", "store is away", "store is away", "store is away"], expected: "unknown" },
    { fates: ["store is away"], expected: "nothing" },
  ];

  for (const { write, command, by, isNew, length } of WRITES)
    test.each(FATES)(`${write}: $fates -> $expected`, async ({ fates, expected }) => {
      const plan: Fate[] = [];
      const calls: unknown[] = [];
      const decisions = await decisionsUnderTest({
        clock: IMPATIENT,
        store: (real) => ({ ...real, append: fated(real, plan, calls) }),
      });
      const decisionId = isNew ? newDecisionId() : await decisions.create();
      calls.length = 0;
      plan.push(...fates);
      const who = caller(by, "my-key");
      const answer = await decisions.handle(who, decisionId, command).catch((error: unknown) => error);
      const name = { written: undefined, unknown: "AppendOutcomeUnknown", nothing: "StoreUnavailable" }[expected];
      expect((answer as Error).name).toBe(name);
      expect(plan).toEqual([]);
      // The very same append each time: stream, place, ids and bytes.
      for (const call of calls) expect(call).toEqual(calls[0]);

      // Whatever it was, the same command once more comes to exactly one write.
      const again = await decisions.handle(who, decisionId, command);
      if (expected === "written") expect(again).toEqual({ ...(answer as typeof again), repeated: true });
      expect(await Array.fromAsync(decisions.real.read(`decision-${decisionId}`))).toHaveLength(length);
    });
});

test("another's event takes the place meanwhile: nothing was written, so it is decided anew with new ids", async () => {
  const plan: Fate[] = [];
  const calls: { readonly events: readonly { readonly id: string }[] }[] = [];
  const decisions = await decisionsUnderTest({
    clock: IMPATIENT,
    store: (real) => ({ ...real, append: fated(real, plan, calls) }),
  });
  const decisionId = await decisions.create({ policy: { minApprovals: 2 } });
  const rival = await decisions.logs.load(decisionId);
  expect(rival?.events).toHaveLength(2);
  calls.length = 0;
  plan.push("fails", "another comes first", "works");
  const { written } = await decisions.handle(caller("carol"), decisionId, approval());
  expect(written[0].event.seq).toBe(2);
  expect(calls).toHaveLength(3);
  expect(calls[1]?.events).toEqual(calls[0]?.events);
  expect(calls[2]?.events[0]?.id).not.toBe(calls[0]?.events[0]?.id);
});

test("a caller that goes away while the outcome is unknown is not kept waiting", async () => {
  const gone = new AbortController();
  const decisions = await decisionsUnderTest({
    store: (real) => ({
      ...real,
      async append() {
        gone.abort(new Error("gone"));
        throw new AppendOutcomeUnknown("lost");
      },
    }),
  });
  const answer = decisions.handle(caller("bob"), newDecisionId(), creation(), { signal: gone.signal });
  await expect(answer).rejects.toThrow(AppendOutcomeUnknown);
});

/** An append whose fate is planned; beyond the plan it works. */
function fated(real: EventStore, plan: Fate[], calls: unknown[]): EventStore["append"] {
  return async (stream, expected, events) => {
    calls.push({ stream, expected, events });
    switch (plan.shift() ?? "works") {
      case "works":
        return await real.append(stream, expected, events);
      case "fails":
        throw new AppendOutcomeUnknown("no answer");
      case "fails though it persisted":
        await real.append(stream, expected, events);
        throw new AppendOutcomeUnknown("no answer");
      case "store is away":
        throw new StoreUnavailable("away");
      case "another comes first":
        throw new WrongExpectedRevision(stream, expected, 2);
    }
  };
}
