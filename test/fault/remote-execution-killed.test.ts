import { describe, expect, test, vi } from "vitest";
import { CheckStatus, PackageMode, Verdict } from "../../gen/ts/nexus/attest/v1/audit_package_pb.ts";
import { SettlementBasis } from "../../gen/ts/nexus/attest/v1/event_pb.ts";
import { DecisionState } from "../../gen/ts/nexus/attest/v1/lifecycle_pb.ts";
import { eventually } from "../support/eventually.ts";
import { approved, execute, executionStage, outcome } from "./execution-stage.ts";
import { remoteRouter } from "./remote-router-process.ts";

// Several processes one after the other, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 });

const STARTED = ["EXECUTION_REQUESTED", "EXECUTION_STARTED"] as const;
const COMPLETED = [...STARTED, "EXECUTION_COMPLETED"] as const;

describe("kill -9 of the server, while the remote router goes on", () => {
  test.each([
    { point: "after EXECUTION_REQUESTED", left: ["EXECUTION_REQUESTED"], state: "COMPLETED", runs: 1 },
    { point: "after EXECUTION_STARTED", left: STARTED, state: "FAILED", runs: 0 },
    { point: "before remote run", left: STARTED, state: "FAILED", runs: 0 },
    { point: "after remote accepted", left: STARTED, state: "COMPLETED", runs: 1 },
    { point: "after remote finished", left: STARTED, state: "COMPLETED", runs: 1 },
    { point: "before EXECUTION_COMPLETED", left: STARTED, state: "COMPLETED", runs: 1 },
    { point: "after EXECUTION_COMPLETED", left: COMPLETED, state: "COMPLETED", runs: 1 },
  ])("$point: $state, $runs runs", async ({ point, left, state, runs }) => {
    const router = await remoteRouter();
    router.go();
    const stage = executionStage({ config: router.config });
    const server = await stage.start({ diesAt: point });
    const decisionId = await approved(server, { adapterId: "far" });
    await expect(execute(server, decisionId, 20)).rejects.toThrow();
    expect(await server.exited, "ended by a signal").toBeNull();
    expect(stage.stored(decisionId)).toEqual(left);

    const next = await stage.start();
    expect((await outcome(next, decisionId)).state).toBe(state);
    await execute(next, decisionId, 20);
    expect(router.runs()).toBe(runs);
    expect(stage.stored(decisionId)).toHaveLength(3);
    if (state !== "COMPLETED") return;
    const { audit } = next.as("human:erin");
    const { packageJson } = await audit.exportAuditPackage({ decisionId, mode: PackageMode.EMBEDDED });
    const trustPolicy = trustIn(router.publicKey);
    const { report } = await audit.verifyAuditPackage({ packageJson, trustPolicy });
    expect(report?.verdict).not.toBe(Verdict.BROKEN);
    expect(report?.checks.find(({ name }) => name === "router_signature")).toMatchObject({ status: CheckStatus.PASS });
  });

  test("in the middle of a run: the next server waits for its end, and does not begin another", async () => {
    const router = await remoteRouter();
    const stage = executionStage({ config: router.config });
    const server = await stage.start();
    const decisionId = await approved(server, { adapterId: "far" });
    await execute(server, decisionId);
    await eventually("the run is at work", () => router.runs() === 1);
    await server.kill();
    const next = await stage.start();
    await eventually("it has asked", () => next.stderr().includes("asking the router"));
    const { decision } = await next.as("human:erin").decisions.getDecision({ decisionId });
    expect(decision?.lifecycle?.state).toBe(DecisionState.EXECUTING);
    router.go();
    expect(await outcome(next, decisionId)).toMatchObject({
      state: "COMPLETED",
      last: { case: "executionCompleted", value: { settlement: { basis: SettlementBasis.ROUTER_ANSWER } } },
    });
    expect(router.runs()).toBe(1);
  });
});

/** A verifier that believes this router. */
function trustIn(publicKey: Uint8Array) {
  const policyVersion = "nexus.attest/trust-policy/v1";
  return { policyVersion, routerKeys: [{ name: "far", publicKey, adapterIds: ["far"] }] };
}
