import { describe, expect, test } from "vitest";
import { PackageMode, Verdict } from "../../gen/ts/nexus/attest/v1/audit_package_pb.ts";
import { StatedOutcome } from "../../gen/ts/nexus/attest/v1/decision_service_pb.ts";
import { DecisionState } from "../../gen/ts/nexus/attest/v1/lifecycle_pb.ts";
import { digestOf } from "../../src/evidence/digest.ts";
import {
  ACCEPTED,
  answerWith,
  BUNDLE,
  describedAs,
  finishedWith,
  routerProcess,
} from "../router/grpc/router-process.ts";
import type { Script } from "../router/grpc/router-program.ts";
import { eventually } from "../support/eventually.ts";
import { type ServerUnderTest, serverUnderTest } from "../support/server-under-test.ts";
import { refusalOf } from "./refusal.ts";
import { approve, eventsOf, POLICY, type RequestInit, requested } from "./release.ts";

const DESCRIBED = { DescribeAdapter: [describedAs()] };
const FINISHED = { ...DESCRIBED, Run: [ACCEPTED, finishedWith(), "end"], GetRun: [answerWith()] } satisfies Script;
const NOT_FOUND = 5;

/** A server whose adapter `remote` belongs to a router in another process, and a decision on it that may be executed. */
async function governed(script: Script, options: { readonly execution?: object; readonly request?: RequestInit } = {}) {
  const router = await routerProcess(script);
  const server = await serverUnderTest({
    config: {
      routers: [{ name: "far", url: router.url, adapters: ["remote"] }],
      execution: { routerTimeoutSeconds: 10, drainSeconds: 0.1, ...options.execution },
    },
  });
  const decisionId = await requested(server, { adapterId: "remote", ...options.request });
  await approve(server, decisionId, "carol", "dave");
  const { decisions } = server.as("human:bob");
  const state = async () => (await decisions.getDecision({ decisionId })).decision?.lifecycle?.state;
  return {
    server,
    router,
    decisionId,
    decisions,
    execute: () => decisions.executeDecision({ decisionId }),
    reaches: (wanted: DecisionState) => eventually(`state ${wanted}`, async () => (await state()) === wanted),
    outcome: () => outcomeOf(server, decisionId),
  };
}

async function outcomeOf(server: ServerUnderTest, decisionId: string) {
  const events = await eventsOf(server.as("human:bob"), decisionId);
  const starts = events.filter(({ body }) => body.case === "executionStarted");
  expect(starts, "it is started once, whatever happens").toHaveLength(1);
  return events.at(-1)?.body.value;
}

describe("a decision that a remote router carries out", () => {
  test("is completed with the digest of its record, and the audit package embeds that", async () => {
    const { server, router, decisionId, execute, reaches, outcome } = await governed(FINISHED);
    await execute();
    await reaches(DecisionState.COMPLETED);
    expect(await outcome()).toMatchObject({
      runId: "run-1",
      routerDigest: digestOf(BUNDLE),
      routerMediaType: "text/plain",
      stepsExecuted: 1,
    });
    const { audit } = server.as("human:bob");
    const exported = await audit.exportAuditPackage({ decisionId, mode: PackageMode.EMBEDDED });
    const { report } = await audit.verifyAuditPackage({ packageJson: exported.packageJson });
    expect(report?.verdict).toBe(Verdict.CONSISTENT);
    expect(router.calls("Run")).toHaveLength(1);
  });

  test("fails as the router says", async () => {
    const failed = finishedWith({
      state: "RUN_STATE_FAILED",
      failure: { code: "QUOTA", message: "no room", stepId: "a" },
    });
    const { execute, reaches, outcome } = await governed({ ...FINISHED, Run: [ACCEPTED, failed, "end"] });
    await execute();
    await reaches(DecisionState.FAILED);
    expect(await outcome()).toMatchObject({
      code: "QUOTA",
      message: "no room",
      runId: "run-1",
      routerDigest: digestOf(BUNDLE),
    });
  });

  test("fails if the router refuses it", async () => {
    const refusal = { fail: 9, message: "frozen until Monday" };
    const { router, execute, reaches, outcome } = await governed({ ...FINISHED, Run: [refusal] });
    await execute();
    await reaches(DecisionState.FAILED);
    expect(await outcome()).toMatchObject({
      code: "REFUSED_BY_ROUTER",
      message: "The router refused the run: frozen until Monday",
      runId: "",
    });
    expect(router.calls("GetRun"), "there is nothing to ask").toEqual([]);
  });

  test("fails if it reports more steps than the policy allows, whatever it says of its success", async () => {
    const { execute, reaches, outcome } = await governed(
      { ...FINISHED, Run: [ACCEPTED, finishedWith({ stepsExecuted: 2 }), "end"] },
      { request: { policySource: { case: "policy", value: { ...POLICY, maxSteps: 1 } } } },
    );
    await execute();
    await reaches(DecisionState.FAILED);
    expect(await outcome()).toMatchObject({
      code: "MAX_STEPS_EXCEEDED",
      runId: "run-1",
      routerDigest: digestOf(BUNDLE),
    });
  });

  test("is not begun while its router cannot describe the adapter", async () => {
    const { router, execute } = await governed(
      { ...FINISHED, DescribeAdapter: ["hang"] },
      { execution: { routerTimeoutSeconds: 1 } },
    );
    expect(await refusalOf(execute())).toMatchObject({ code: "FailedPrecondition", reason: "GATE_CLOSED" });
    expect(router.calls("Run")).toEqual([]);
  });

  test("is ended when its time is over: the router is told", async () => {
    const aborted = answerWith({ state: "RUN_STATE_FAILED", failure: { code: "ABORTED", message: "stopped" } });
    const { router, execute, reaches, outcome } = await governed(
      { ...DESCRIBED, Run: [ACCEPTED, "hang"], GetRun: [aborted] },
      { execution: { runTimeoutSeconds: 2 } },
    );
    await execute();
    await eventually("the router knows", () => router.cancelled("Run"));
    await reaches(DecisionState.FAILED);
    expect(await outcome()).toMatchObject({ code: "ABORTED", message: "stopped" });
  });
});

describe("the record of a remote run", () => {
  const exporting = async (script: Script) => {
    const { server, router, decisionId, execute, reaches } = await governed({ ...FINISHED, ...script });
    await execute();
    await reaches(DecisionState.COMPLETED);
    const { audit } = server.as("human:bob");
    return { router, exported: (mode: PackageMode) => audit.exportAuditPackage({ decisionId, mode }) };
  };

  test.each([
    ["another one than it gave then", { runBundle: "AAAA" }, "DataLoss", "RUN_BUNDLE_MISMATCH"],
    ["none any more", { runBundle: "" }, "Unavailable", "RUN_BUNDLE_UNAVAILABLE"],
    ["that of another run", { decisionId: "0".repeat(32) }, "Unavailable", "RUN_BUNDLE_UNAVAILABLE"],
  ])("is embedded only if it is that of the outcome; the router has %s", async (_, answer, code, reason) => {
    const { exported } = await exporting({ GetRun: [answerWith(answer)] });
    expect(await refusalOf(exported(PackageMode.EMBEDDED))).toMatchObject({ code, reason });
    expect(
      (await exported(PackageMode.REFERENCE)).packageJson.length,
      "by reference it needs no router",
    ).toBeGreaterThan(0);
  });

  test("is not to be had while the router is gone; a package by reference is", async () => {
    const { router, exported } = await exporting({});
    await router.kill();
    expect(await refusalOf(exported(PackageMode.EMBEDDED))).toMatchObject({ reason: "RUN_BUNDLE_UNAVAILABLE" });
    expect((await exported(PackageMode.REFERENCE)).packageJson.length).toBeGreaterThan(0);
  });
});

describe("a router that dies in the middle of a run", () => {
  const MID_RUN = { ...DESCRIBED, Run: [ACCEPTED, "hang"] } satisfies Script;

  test.each([
    [{}, DecisionState.COMPLETED, { runId: "run-1", routerDigest: digestOf(BUNDLE) }],
    [{ state: "RUN_STATE_FAILED", failure: { code: "CRASHED" } }, DecisionState.FAILED, { code: "CRASHED" }],
    [{ state: "RUN_STATE_INTERRUPTED", runBundle: "" }, DecisionState.OUTCOME_UNKNOWN, { runId: "run-1" }],
    [
      { state: "RUN_STATE_NOT_STARTED", runId: "", runBundle: "" },
      DecisionState.FAILED,
      { code: "NOT_STARTED", runId: "" },
    ],
  ])("and is started anew settles it by GetRun: %j", async (answer, state, event) => {
    const { router, execute, reaches, outcome } = await governed(MID_RUN);
    await execute();
    await eventually("the run is under way", () => router.calls("Run").length === 1);
    await router.kill();
    const again = await routerProcess({ port: router.port, ...DESCRIBED, GetRun: [answerWith(answer)] });
    await reaches(state);
    expect(await outcome()).toMatchObject(event);
    expect(again.calls("Run"), "never a second run").toEqual([]);
    expect(again.calls("GetRun")[0]?.request).toMatchObject({ includeBundle: true, fence: true });
  });

  test("and still says that it is at work is waited for", async () => {
    const { router, execute, reaches, outcome } = await governed(MID_RUN);
    await execute();
    await eventually("the run is under way", () => router.calls("Run").length === 1);
    await router.kill();
    const running = answerWith({ state: "RUN_STATE_RUNNING", runBundle: "" });
    const second = await routerProcess({ port: router.port, ...DESCRIBED, GetRun: [running] });
    await eventually("it is asked again and again", () => second.calls("GetRun").length > 2);
    await second.kill();
    await routerProcess({ port: router.port, ...DESCRIBED, GetRun: [answerWith()] });
    await reaches(DecisionState.COMPLETED);
    expect(await outcome()).toMatchObject({ runId: "run-1" });
  });

  test("and stays away leaves the outcome unknown once it was asked for long enough; then an operator settles it", async () => {
    const { server, router, decisionId, execute, reaches, outcome } = await governed(MID_RUN, {
      execution: { settleWithinSeconds: 0.5 },
    });
    await execute();
    await eventually("the run is under way", () => router.calls("Run").length === 1);
    await router.kill();
    await reaches(DecisionState.OUTCOME_UNKNOWN);
    expect(await outcome()).toMatchObject({ reason: expect.stringContaining("could not be asked about the run") });
    const { decisions } = server.as("human:operator");
    const ask = () => decisions.settleExecution({ decisionId, resolution: { case: "askRouter", value: {} } });
    expect(await refusalOf(ask())).toMatchObject({ code: "Unavailable", reason: "ROUTER_UNAVAILABLE" });
    const value = { outcome: StatedOutcome.COMPLETED, reason: "looked at the machine" };
    await decisions.settleExecution({ decisionId, resolution: { case: "operatorStatement", value } });
    await reaches(DecisionState.COMPLETED);
  });

  test("and forgot about the run: unknown, until it can say after all", async () => {
    const { server, router, decisionId, execute, reaches, outcome } = await governed(MID_RUN);
    await execute();
    await eventually("the run is under way", () => router.calls("Run").length === 1);
    await router.kill();
    const forgetful: Script = { port: router.port, ...DESCRIBED, GetRun: [{ fail: NOT_FOUND, message: "" }] };
    const second = await routerProcess(forgetful);
    await reaches(DecisionState.OUTCOME_UNKNOWN);
    expect(await outcome()).toMatchObject({
      reason: expect.stringMatching(/^The router cannot say what became of the run: /),
    });
    const { decisions } = server.as("human:operator");
    const ask = () => decisions.settleExecution({ decisionId, resolution: { case: "askRouter", value: {} } });
    expect(await refusalOf(ask())).toMatchObject({ code: "FailedPrecondition", reason: "ROUTER_CANNOT_SAY" });
    await second.kill();
    await routerProcess({ port: router.port, ...DESCRIBED, GetRun: [answerWith()] });
    await eventually("it is settled", () =>
      ask().then(
        () => true,
        () => undefined,
      ),
    );
    expect(await outcome()).toMatchObject({ runId: "run-1", routerDigest: digestOf(BUNDLE) });
  });
});

test.each([
  ["says nonsense", [ACCEPTED, finishedWith({ decisionId: "0".repeat(32) }), "end"]],
  ["refuses what it has accepted", [ACCEPTED, { fail: 9, message: "no" }]],
  ["never comes to an end", [ACCEPTED, "end"]],
] as const)("a router that %s is asked what became of the run, and that counts", async (_, acts) => {
  const { router, execute, reaches, outcome } = await governed({ ...FINISHED, Run: acts });
  await execute();
  await reaches(DecisionState.COMPLETED);
  expect(await outcome()).toMatchObject({ runId: "run-1", routerDigest: digestOf(BUNDLE) });
  expect(router.calls("Run")).toHaveLength(1);
});

test("what a router says without measure is not recorded, and does not keep the decision from its end", async () => {
  const endless = { runBundleMediaType: "x".repeat(1_000_000) };
  const { execute, reaches } = await governed(
    { ...DESCRIBED, Run: [ACCEPTED, finishedWith(endless), "end"], GetRun: [answerWith(endless)] },
    { execution: { settleWithinSeconds: 0.5 } },
  );
  await execute();
  await reaches(DecisionState.OUTCOME_UNKNOWN);
});
