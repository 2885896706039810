import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { createApproverKeys } from "../../src/app/approver-keys.ts";
import { createDecisionLogs } from "../../src/app/decision-logs.ts";
import type { EventStore } from "../../src/app/event-store.ts";
import { createCommandHandler } from "../../src/app/handle-command.ts";
import { createKeyCommandHandler } from "../../src/app/key-commands.ts";
import { Refused } from "../../src/app/refused.ts";
import type { DecisionId } from "../../src/domain/ids.ts";
import { buildDecisionBundle } from "../../src/evidence/build-decision-bundle.ts";
import { verifyDecisionBundle } from "../../src/evidence/verify-decision-bundle.ts";
import { approveSigned, enrolled, revokeKey } from "../app/approver-signatures.ts";
import {
  ADAPTER,
  approval,
  caller,
  type DecisionsUnderTest,
  decisionsUnderTest,
  EXECUTION,
  REVOCATION,
} from "../app/decisions-under-test.ts";
import { type Random, randomOf } from "../fuzz/random.ts";

/** How often, and how many at the same time, so that they wait for the same commits. Those that queue up for one registry are fewer. */
const MANY = { count: 1_000, sideBySide: 50 };
const FEWER = { count: 400, sideBySide: 4 };
const at = { adapter: ADAPTER };

/** Another server over the same store, every step of which takes a while that the seed decides. */
function slowServer(decisions: DecisionsUnderTest, random: Random) {
  const dawdle = async () => {
    for (let turns = random.below(6); turns > 0; turns--) await new Promise(setImmediate);
  };
  const store: EventStore = {
    ...decisions.real,
    async append(...given) {
      await dawdle();
      const done = await decisions.real.append(...given);
      await dawdle();
      return done;
    },
    async *read(...given) {
      await dawdle();
      yield* decisions.real.read(...given);
      await dawdle();
    },
  };
  const { clock, log } = decisions;
  const ports = {
    store,
    logs: createDecisionLogs(store),
    approverKeys: createApproverKeys({ store, clock, log }),
    clock,
  };
  return {
    handle: createCommandHandler({ ...ports, newId: randomUUID }),
    handleKeys: createKeyCommandHandler({
      ...ports,
      newId: randomUUID,
      isAdministrator: ({ actor }) => actor.id === "admin",
    }),
    dawdle,
  };
}

type Slow = ReturnType<typeof slowServer>;

/** Whether it was done, or why not. */
async function ending(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return "done";
  } catch (error) {
    if (error instanceof Refused) return error.reason;
    throw error;
  }
}

/** All race for one registry: whoever is told that too many did repeats the call. */
async function insisting<Result>(call: () => Promise<Result>): Promise<Result> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof Refused) || error.reason !== "CONTENTION") throw error;
    }
  }
}

/** Lets many races be run, each with its own chance, and gives what came out of them. */
async function races<Result>(
  seed: number,
  race: (random: Random) => Promise<Result>,
  { count, sideBySide }: { readonly count: number; readonly sideBySide: number } = MANY,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let next = 0; next < count; next += sideBySide)
    results.push(...(await Promise.all(Array.from({ length: sideBySide }, (_, i) => race(randomOf(seed, next + i))))));
  return results;
}

/** Whether, by its log alone, the gate of a decision held at its own place in it. */
async function gateHeld({ real }: DecisionsUnderTest, decisionId: DecisionId): Promise<boolean> {
  // Read anew, by nobody's memory.
  const log = await createDecisionLogs(real).load(decisionId);
  if (log === undefined) throw new Error("no log");
  const { json } = buildDecisionBundle(log.events, { template: undefined, signature: undefined });
  const report = verifyDecisionBundle(new TextEncoder().encode(json));
  const failed = report.checks.filter(({ status }) => status === "FAIL").map(({ name }) => name);
  // These decisions have ids of their own making.
  expect(failed).toEqual(["decision_id"]);
  return log.events.some(({ event }) => event.body.type === "EXECUTION_REQUESTED");
}

describe("hundreds of times, by two servers on one store", () => {
  test("an approval is revoked and the gate is passed: whoever is first wins, and no gate stands without its quorum", async () => {
    const decisions = await decisionsUnderTest();
    const [a, b] = [slowServer(decisions, randomOf(1, -1)), slowServer(decisions, randomOf(1, -2))];
    const outcomes = await races(1, async () => {
      const decisionId = await decisions.create({ policy: { minApprovals: 2 } });
      for (const who of ["carol", "dave"]) await decisions.handle(caller(who), decisionId, approval());
      const execute = async ({ dawdle, handle }: Slow, key: string) => {
        await dawdle();
        return await ending(handle(caller("bob", key), decisionId, EXECUTION, at));
      };
      const revoke = async ({ dawdle, handle }: Slow) => {
        await dawdle();
        return await ending(handle(caller("carol"), decisionId, REVOCATION));
      };
      const [first, second, revoked] = await Promise.all([execute(a, "one"), execute(b, "two"), revoke(b)]);
      const passed = [first, second].filter((each) => each === "done").length;
      expect(await gateHeld(decisions, decisionId)).toBe(passed === 1);
      // Exactly one of the two sides had its way.
      expect(passed + (revoked === "done" ? 1 : 0)).toBe(1);
      return revoked;
    });
    // Both came about, so that there was a race.
    expect(new Set(outcomes).size).toBeGreaterThan(1);
  }, 300_000);

  test("a key is revoked and the gate is passed: a revocation that was answered before the call always counts", async () => {
    const decisions = await decisionsUnderTest();
    const [a, b] = [slowServer(decisions, randomOf(2, -1)), slowServer(decisions, randomOf(2, -2))];
    const outcomes = await races(
      2,
      async (random) => {
        const key = await insisting(() => enrolled(decisions, `carol-${random.below(2 ** 31)}`));
        const approver = (await decisions.approverKeys.load()).registry.keys.get(key.key.keyId)?.approver.id ?? "";
        const decisionId = await decisions.create({ policy: { requireSignedApprovals: true, minApprovals: 1 } });
        await approveSigned(decisions, decisionId, approver, key);
        let isAnswered = false;
        const revoking = (async () => {
          await b.dawdle();
          await insisting(() => revokeKey(b, key));
          isAnswered = true;
        })();
        // Sometimes long before the revocation, sometimes as soon as it has been answered, mostly in between.
        for (let turns = random.below(400); turns > 0 && !isAnswered; turns--) await new Promise(setImmediate);
        const wasAnswered = isAnswered;
        const executed = await ending(a.handle(caller("bob"), decisionId, EXECUTION, at));
        await revoking;
        if (wasAnswered) expect(executed).toBe("GATE_CLOSED");
        expect(await gateHeld(decisions, decisionId)).toBe(executed === "done");
        // Once it is answered, nobody passes any more.
        if (executed !== "done")
          expect(await ending(a.handle(caller("bob"), decisionId, EXECUTION, at))).toBe("GATE_CLOSED");
        return `${wasAnswered} ${executed}`;
      },
      FEWER,
    );
    expect(new Set(outcomes)).toEqual(new Set(["true GATE_CLOSED", "false GATE_CLOSED", "false done"]));
  }, 300_000);

  test("a role is taken away and the gate is passed: nothing is decided after it was", async () => {
    const decisions = await decisionsUnderTest();
    const a = slowServer(decisions, randomOf(3, -1));
    const outcomes = await races(3, async () => {
      const decisionId = await decisions.create({ policy: { minApprovals: 1 } });
      await decisions.handle(caller("carol"), decisionId, approval());
      let [hasRole, wasAsked] = [true, false];
      const permit = () => {
        wasAsked = true;
        if (!hasRole) throw new Refused("PERMISSION_DENIED", "no role any more");
      };
      const taking = (async () => {
        await a.dawdle();
        await a.dawdle();
        hasRole = false;
        return wasAsked;
      })();
      const executed = await ending(a.handle({ ...caller("bob"), permit }, decisionId, EXECUTION, at));
      const wasDecided = await taking;
      expect(executed).toBe(wasDecided ? "done" : "PERMISSION_DENIED");
      expect(await gateHeld(decisions, decisionId)).toBe(executed === "done");
      return executed;
    });
    expect(new Set(outcomes)).toEqual(new Set(["done", "PERMISSION_DENIED"]));
  }, 300_000);
});
