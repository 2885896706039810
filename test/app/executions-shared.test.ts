import { describe, expect, test } from "vitest";
import { createExportPackage } from "../../src/app/export-package.ts";
import { AdapterUnknown, RouterUnavailable } from "../../src/app/router.ts";
import { createSettleExecution } from "../../src/app/settle-execution.ts";
import type { GatedDecision } from "../../src/domain/state.ts";
import { verifyAuditPackage } from "../../src/evidence/verify-audit-package.ts";
import { newSigningKey } from "../support/signing-key.ts";
import { caller } from "./decisions-under-test.ts";
import { BUNDLE, type ExecutionsUnderTest, executionsUnderTest, faultyStore } from "./executions-under-test.ts";

const SHARED = { sharing: { isShared: true } };
const COMPLETED = ["EXECUTION_REQUESTED", "EXECUTION_STARTED", "EXECUTION_COMPLETED"];

/** A run that server B has claimed, and of which nothing more was heard. */
async function claimedByB(under: ExecutionsUnderTest): Promise<GatedDecision> {
  const { decisionId } = await under.gated();
  const claim = { type: "START_EXECUTION", startWithin: 60_000, serverId: "server-b" } as const;
  const { decision } = await under.handle(caller("bob"), decisionId, claim);
  if (decision.phase.kind !== "started") throw new Error("it was not started");
  return { ...decision, phase: decision.phase };
}

describe("servers that share a store", () => {
  test("claim a run once between them; who comes too late answers when it is claimed, without a complaint", async () => {
    const under = await executionsUnderTest(SHARED);
    const decision = await under.gated();
    const servers = [under.executions, under.another("server-b"), under.another("server-c")];
    await Promise.all(servers.map((executions) => executions.start(decision)));
    expect((await under.story(decision.decisionId)).slice(0, 2)).toEqual(COMPLETED.slice(0, 2));
    await Promise.all(servers.map((executions) => executions.drain(60_000)));
    expect(await under.story(decision.decisionId)).toEqual(COMPLETED);
    expect(under.router.runs).toHaveLength(1);
    expect(under.log.lines.filter(({ level }) => level === "error" || level === "warn")).toEqual([]);
  });

  test("do not claim a run for an adapter that another one may have, until it is too late anyhow", async () => {
    const under = await executionsUnderTest({ ...SHARED, settings: { startWithin: 300_000 } });
    const decision = await under.gated();
    under.router.kind = undefined;
    await under.executions.start(decision);
    expect(await under.story(decision.decisionId)).toEqual(["EXECUTION_REQUESTED"]);
    under.clock.advance(300_001);
    await under.executions.start(decision);
    expect(await under.story(decision.decisionId)).toEqual(["EXECUTION_REQUESTED", "EXECUTION_FAILED"]);
    expect(under.router.runs).toEqual([]);
  });

  test("remember what they were to start and could not, until they have", async () => {
    const under = await executionsUnderTest({
      ...SHARED,
      store: (real) => faultyStore(real, "EXECUTION_STARTED", "fails"),
    });
    const decision = await under.gated();
    await expect(under.executions.start(decision)).rejects.toThrow("the disk is full");
    expect(under.executions.wantedHere().has(decision.decisionId)).toBe(true);
    expect(under.another("server-b").wantedHere().has(decision.decisionId)).toBe(false);
    await under.executions.drain(60_000);
    await under.executions.start(decision);
    expect(under.executions.wantedHere().has(decision.decisionId)).toBe(false);
  });
});

describe("another server's run", () => {
  test.each([
    {
      what: "it has ended",
      answer: { runId: "run-1", state: "SUCCEEDED", bundle: BUNDLE },
      end: "EXECUTION_COMPLETED",
    },
    { what: "it was never begun", answer: undefined, end: "EXECUTION_FAILED" },
    { what: "it is at work", answer: { state: "RUNNING" }, end: undefined },
    { what: "nothing, for it cannot be reached", answer: new RouterUnavailable("no route"), end: undefined },
    { what: "nothing, for nobody has the adapter", answer: new AdapterUnknown("what?"), end: undefined },
  ] as const)("is asked about once. The router says: $what", async ({ answer, end }) => {
    const under = await executionsUnderTest({ ...SHARED, settings: { settleWithin: 0 } });
    const decision = await claimedByB(under);
    under.router.answer = answer;
    let asked = 0;
    const getRun = under.router.getRun.bind(under.router);
    under.router.getRun = async (...call) => {
      asked += 1;
      return await getRun(...call);
    };
    await under.executions.askForAnother(decision);
    expect(asked).toBe(1);
    expect((await under.story(decision.decisionId)).at(2)).toBe(end);
    expect(under.executions.isAtWork(decision.decisionId)).toBe(false);
    expect(under.log.lines.filter(({ level }) => level === "error")).toEqual([]);
  });

  test("that was refused for ever while its claimant slept is never begun: both agree", async () => {
    const under = await executionsUnderTest(SHARED);
    const gated = await under.gated();
    const claimant = under.another("server-b");
    const run = under.router.run.bind(under.router);
    // The claim is on record, and right before it calls the router the claimant falls asleep for longer than the grace.
    under.router.run = async function* (...call) {
      const { decision } = (await under.logs.load(gated.decisionId)) ?? {};
      if (decision?.phase.kind === "started")
        await under.executions.askForAnother({ ...decision, phase: decision.phase });
      yield* run(...call);
    };
    await claimant.start(gated);
    await claimant.drain(60_000);
    expect(await under.story(gated.decisionId)).toEqual([
      "EXECUTION_REQUESTED",
      "EXECUTION_STARTED",
      "EXECUTION_FAILED",
    ]);
    expect(under.log.lines.filter(({ level }) => level === "error")).toEqual([]);
  });
});

describe("whose record only the claimant has", () => {
  test("an operator who asks elsewhere is told where to ask, and the router here is not asked", async () => {
    const under = await executionsUnderTest(SHARED);
    const { decisionId } = await claimedByB(under);
    const settle = createSettleExecution({ ...under, timeout: 200 });
    under.router.answer = { state: "SUCCEEDED", bundle: BUNDLE };
    await expect(settle(caller("olivia"), decisionId, "router")).rejects.toMatchObject({
      reason: "ROUTER_CANNOT_SAY",
      message: expect.stringContaining("server-b"),
      facts: { server_id: "server-b" },
    });
    under.router.kind = "remote";
    expect((await settle(caller("olivia"), decisionId, "router")).decision.phase.kind).toBe("completed");
  });

  test("a package with that record is made there; one that refers to it, anywhere", async () => {
    const under = await executionsUnderTest(SHARED);
    const gated = await under.gated();
    const claimant = under.another("server-b");
    await claimant.start(gated);
    await claimant.drain(60_000);
    const exportPackage = createExportPackage({ ...under, signer: newSigningKey().signer, timeout: 200 });
    await expect(exportPackage(gated.decisionId, "EMBEDDED")).rejects.toMatchObject({
      reason: "RUN_BUNDLE_UNAVAILABLE",
      facts: { server_id: "server-b" },
    });
    const { json } = await exportPackage(gated.decisionId, "REFERENCE");
    expect(verifyAuditPackage(Buffer.from(json)).verdict).toBe("CONSISTENT");
  });
});
