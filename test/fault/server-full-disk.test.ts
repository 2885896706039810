import { createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { describe, expect, test, vi } from "vitest";
import { Health, HealthCheckResponse_ServingStatus as Status } from "../../gen/ts/grpc/health/v1/health_pb.ts";
import { refusalOf } from "../e2e/refusal.ts";
import { approve, requested, STEP } from "../e2e/release.ts";
import { eventually } from "../support/eventually.ts";
import { approved, execute, executionStage, outcome, type StagedServer } from "./execution-stage.ts";
import { canMount, smallEventStore, smallFileSystem } from "./small-disk.ts";

// Several processes one after the other, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 });

const DISKS = [
  { disk: "an event store that cannot grow", open: smallEventStore },
  ...(canMount() ? [{ disk: "a full file system", open: smallFileSystem }] : []),
];

/** A request that takes so many bytes. */
function sized(bytes: number) {
  const argumentsJson = JSON.stringify("x".repeat(bytes));
  return { plan: { steps: [{ ...STEP, call: { ...STEP.call, argumentsJson } }] } };
}

function healthOf(server: StagedServer): () => Promise<Status> {
  const health = createClient(Health, createGrpcTransport({ baseUrl: server.url }));
  return async () => (await health.check({})).status;
}

/** Makes decisions, large ones and then small ones, then approves them, until nothing is taken any more. @returns what was acknowledged, and one that was refused. */
async function untilRefused(server: StagedServer) {
  const acknowledged: string[] = [];
  for (let bytes = 60_000; ; ) {
    const request = { ...sized(bytes), requestId: `request-${acknowledged.length}-${bytes}` };
    const call = requested(server, request);
    const decisionId = await call.catch(() => undefined);
    if (decisionId !== undefined) acknowledged.push(decisionId);
    else if (bytes >= 10) bytes = Math.floor(bytes / 10);
    else {
      const refusal = await refusalOf(call);
      const approvals = new Set<string>();
      for (const id of acknowledged)
        await approve(server, id, "frank").then(
          () => approvals.add(id),
          () => undefined,
        );
      return { acknowledged, approvals, request, refusal };
    }
  }
}

async function listed(server: StagedServer): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let pageToken = ""; ; ) {
    const page = await server.as("human:erin").decisions.listDecisions({ pageToken });
    ids.push(...page.decisions.map(({ decisionId }) => decisionId));
    if (page.nextPageToken === "") return ids;
    pageToken = page.nextPageToken;
  }
}

describe.each(DISKS)("$disk", ({ open }) => {
  async function fullDisk() {
    const disk = await open();
    const stage = executionStage(disk);
    const server = await stage.start();
    const decisionId = await approved(server);
    return { disk, stage, server, decisionId, health: healthOf(server) };
  }

  test("writes are refused with what to do, reads go on, and once there is room everything does, by itself", async () => {
    const { disk, stage, server, decisionId, health } = await fullDisk();
    stage.adapters.go();
    expect(await health()).toBe(Status.SERVING);
    disk.fill();
    const { acknowledged, request, refusal } = await untilRefused(server);
    expect(refusal).toMatchObject({ code: "Unavailable", reason: "STORE_UNAVAILABLE" });
    expect(refusal.message).toMatch(/disk is full \(nothing was written\): make room/);
    await eventually("health says so", async () => (await health()) === Status.NOT_SERVING);

    const { decisions } = server.as("human:erin");
    for (const id of acknowledged) await decisions.getDecision({ decisionId: id });
    await decisions.listDecisions({});
    for await (const { kind } of decisions.watchDecision({ decisionId })) if (kind.case === "caughtUp") break;

    disk.makeRoom();
    await eventually("it serves again", async () => (await health()) === Status.SERVING);
    const late = await requested(server, request);
    await execute(server, decisionId, 20);
    expect((await outcome(server, decisionId)).state).toBe("COMPLETED");
    expect(stage.calls()).toBe(1);
    const all = new Set([decisionId, ...acknowledged, late]);
    await eventually(
      "the list has them all",
      async () => all.symmetricDifference(new Set(await listed(server))).size === 0,
    );
    expect(await server.stop()).toBe(0);
  });

  test("what was acknowledged survives kill -9 on a full disk", async () => {
    const { disk, stage, server, decisionId } = await fullDisk();
    disk.fill();
    const { acknowledged, approvals } = await untilRefused(server);
    await server.kill();
    disk.makeRoom();
    const next = await stage.start();
    const { decisions } = next.as("human:erin");
    for (const id of acknowledged) {
      const { decision } = await decisions.getDecision({ decisionId: id });
      expect(decision?.lifecycle?.progress?.approvalsValid).toBe(approvals.has(id) ? 1 : 0);
    }
    expect((await decisions.getDecision({ decisionId })).decision?.headSeq).toBe(3);
    await requested(next, sized(60_000));
  });

  test("a run that ends while the disk is full gets its outcome once there is room, and is never run again", async () => {
    const { disk, stage, server, decisionId, health } = await fullDisk();
    await execute(server, decisionId);
    await eventually("the adapter is at work", () => stage.calls() === 1);
    disk.fill();
    await untilRefused(server);
    stage.adapters.go();
    await eventually("its end cannot be written", () =>
      /outcome could not be written: trying again|execution left to recovery/.test(server.stderr()),
    );
    expect(stage.stored(decisionId)).toEqual(["EXECUTION_REQUESTED", "EXECUTION_STARTED"]);
    disk.makeRoom();
    await eventually("it serves again", async () => (await health()) === Status.SERVING);
    // Where the router's own record could not be written either, nobody can say.
    expect((await outcome(server, decisionId)).state).toMatch(/^(COMPLETED|OUTCOME_UNKNOWN)$/);
    expect(stage.calls()).toBe(1);
    expect(stage.stored(decisionId)).toHaveLength(3);
  });
});
