import { describe, expect, test } from "vitest";
import type { DecisionIndex } from "../../src/app/decision-index.ts";
import type { Command } from "../../src/domain/command.ts";
import type { DecisionId } from "../../src/domain/ids.ts";
import { openSqliteDecisionIndex } from "../../src/store/sqlite/decision-index.ts";
import { eventually } from "../support/eventually.ts";
import { caller, START } from "./decisions-under-test.ts";
import { gated, indexed, recovering } from "./recovery-under-test.ts";

const SHARED = { isShared: true, takeoverAfter: 30_000 };
const THEIRS: Command = { type: "START_EXECUTION", startWithin: 300_000, serverId: "server-b" };

type Under = Awaited<ReturnType<typeof recovering>>;

async function claimed(under: Under, command: Command = THEIRS): Promise<DecisionId> {
  const decisionId = await gated(under);
  await under.handle(caller("bob"), decisionId, command);
  return decisionId;
}

/** Recovery at work. Time passes by its rounds of five seconds; a run of its own, which it takes up last in each, tells when one is over. */
async function rounds(under: Under) {
  const own = await claimed(under, START);
  await indexed(under, own);
  void under.recover();
  const settledOwn = () => under.settled.filter((decisionId) => decisionId === own).length;
  const over = async (count: number) => {
    await eventually("a round", () => settledOwn() === count);
    await new Promise((resolve) => setImmediate(resolve));
  };
  await over(1);
  return async (seconds: number) => {
    for (let left = seconds; left > 0; left -= 5) {
      under.clock.advance(5_000);
      await over(settledOwn() + 1);
    }
  };
}

describe("recovery on a store that others share", () => {
  test("starts what another server has left behind the gate, once it has seen it there for the grace", async () => {
    const under = await recovering({ sharing: SHARED, kind: "local" });
    const decisionId = await gated(under);
    const pass = await rounds(under);
    await pass(25);
    expect(under.started).toEqual([]);
    await pass(5);
    expect(under.started).toEqual([decisionId]);
    under.stopping.abort();
  });

  test("counts the grace by its own clock: what a log says of another server's is not to be relied on", async () => {
    const under = await recovering({ sharing: SHARED, kind: "remote" });
    await claimed(under);
    under.clock.advance(3_600_000);
    const pass = await rounds(under);
    await pass(25);
    expect(under.asked).toEqual([]);
    await pass(5);
    expect(under.asked).toHaveLength(1);
    under.stopping.abort();
  });

  test("begins the grace anew when the run is claimed, and asks again after another", async () => {
    const under = await recovering({ sharing: SHARED, kind: "remote" });
    const decisionId = await gated(under);
    const pass = await rounds(under);
    await pass(20);
    await under.handle(caller("bob"), decisionId, THEIRS);
    await pass(35);
    expect({ started: under.started, asked: under.asked }).toEqual({ started: [], asked: [] });
    await pass(5);
    expect(under.asked).toEqual([decisionId]);
    await pass(25);
    expect(under.asked).toHaveLength(1);
    await pass(5);
    expect(under.asked).toHaveLength(2);
    under.stopping.abort();
  });

  test("at once starts what it was to start itself", async () => {
    const under = await recovering({ sharing: SHARED, kind: "local" });
    const decisionId = await gated(under);
    under.wanted.add(decisionId);
    await rounds(under);
    expect(under.started).toEqual([decisionId]);
    under.stopping.abort();
  });

  test("does so too when it is asked to while it waits", async () => {
    const under = await recovering({ sharing: SHARED, kind: "local" });
    const decisionId = await gated(under);
    const pass = await rounds(under);
    await pass(5);
    expect(under.started).toEqual([]);
    under.wanted.add(decisionId);
    await pass(5);
    expect(under.started).toEqual([decisionId]);
    under.stopping.abort();
  });

  test.each<{ what: string; befalls: (under: Under, decisionId: DecisionId) => Promise<unknown> }>([
    { what: "claimed by another server", befalls: (under, id) => under.handle(caller("bob"), id, THEIRS) },
    {
      what: "claimed by itself, of which the answer was lost",
      befalls: (under, id) => under.handle(caller("bob"), id, START),
    },
    {
      what: "brought to its end by another server",
      async befalls(under, id) {
        await under.handle(caller("bob"), id, THEIRS);
        await under.handle(caller("bob"), id, { type: "STATE_OUTCOME", outcome: "COMPLETED", reason: "seen" });
      },
    },
  ])("forgets that it was to start what has been $what", async ({ befalls }) => {
    const under = await recovering({ sharing: SHARED, kind: "remote" });
    const decisionId = await gated(under);
    under.wanted.add(decisionId);
    await befalls(under, decisionId);
    await rounds(under);
    expect(under.started).toEqual([]);
    expect([...under.wanted]).toEqual([]);
    under.stopping.abort();
  });

  test("starts what it was to start although the index does not know yet that it is open", async () => {
    const real = openSqliteDecisionIndex({ file: ":memory:" });
    const hidden = new Set<DecisionId>();
    const list: DecisionIndex["list"] = (query) => real.list(query).filter((row) => !hidden.has(row.decisionId));
    const under = await recovering({ sharing: SHARED, kind: "local", index: { ...real, list } });
    const decisionId = await gated(under);
    hidden.add(decisionId);
    under.wanted.add(decisionId);
    await rounds(under);
    expect(under.started).toEqual([decisionId]);
    under.stopping.abort();
  });

  test("keeps nothing in mind of what is not open any more", async () => {
    const real = openSqliteDecisionIndex({ file: ":memory:" });
    const hidden = new Set<DecisionId>();
    const list: DecisionIndex["list"] = (query) => real.list(query).filter((row) => !hidden.has(row.decisionId));
    const under = await recovering({ sharing: SHARED, kind: "local", index: { ...real, list } });
    const decisionId = await claimed(under);
    const pass = await rounds(under);
    const told = () => under.log.lines.filter(({ level }) => level === "warn").length;
    await pass(35);
    expect(told()).toBe(1);
    hidden.add(decisionId);
    await pass(5);
    hidden.delete(decisionId);
    await pass(5);
    expect(told(), "it is met for the first time again").toBe(2);
    under.stopping.abort();
  });

  test("is not held up by routers that do not answer, and asks no more than 32 at a time", async () => {
    const answer = Promise.withResolvers<void>();
    const under = await recovering({ sharing: SHARED, kind: "remote", answered: answer.promise });
    const claims: DecisionId[] = [];
    for (let number = 0; number < 40; number++) claims.push(await claimed(under));
    const behind = await gated(under);
    const pass = await rounds(under);
    await pass(30);
    expect(under.asked).toHaveLength(32);
    expect(under.started).toEqual([behind]);
    answer.resolve();
    await pass(5);
    expect(new Set(under.asked)).toEqual(new Set(claims));
    under.stopping.abort();
  });

  test("leaves the run of another server's own router alone, and says so once", async () => {
    const under = await recovering({ sharing: SHARED, kind: "local" });
    const decisionId = await claimed(under);
    const pass = await rounds(under);
    for (let n = 0; n < 4; n++) await pass(35);
    expect({ started: under.started, asked: under.asked }).toEqual({ started: [], asked: [] });
    expect(under.settled).not.toContain(decisionId);
    expect(under.log.lines.filter(({ level }) => level === "warn")).toMatchObject([
      { facts: { decision_id: decisionId, claimed_by: "server-b" }, message: expect.stringContaining("operator") },
    ]);
    under.stopping.abort();
  });

  test("reads what it waits for once a grace, not in every round", async () => {
    const under = await recovering({ sharing: SHARED, kind: "local" });
    const decisionId = await claimed(under);
    const pass = await rounds(under);
    let reads = 0;
    const load = under.logs.load.bind(under.logs);
    under.logs.load = async (id, signal) => {
      if (id === decisionId) reads += 1;
      return await load(id, signal);
    };
    await pass(25);
    expect(reads).toBe(0);
    await pass(5);
    expect(reads).toBe(1);
    under.stopping.abort();
  });
});
