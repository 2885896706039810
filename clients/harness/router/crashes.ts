import { strict as assert } from "node:assert";
import { Code } from "@connectrpc/connect";
import { HealthCheckResponse_ServingStatus as Serving } from "../../../gen/ts/grpc/health/v1/health_pb.ts";
import { RunState } from "../../../gen/ts/nexus/attest/v1/router_pb.ts";
import { bundleOf, failureOf, finished, getRun, refused, runOf, runRequest, said, step } from "./requests.ts";
import { routerProcess, servingRouter } from "./router-process.ts";
import { eventually, type Scenario } from "./scenario.ts";

const { SUCCEEDED, FAILED, INTERRUPTED } = RunState;

/** What is left when the router ends, and what a new one makes of it. */
export const CRASHES: readonly Scenario[] = [
  [
    "killed during a step: INTERRUPTED, and never run a second time",
    async (surroundings) => {
      const router = await servingRouter(surroundings);
      const request = runOf(step("answer"), step("wait"), step("nothing"));
      const call = failureOf(said(router.client, request));
      await eventually("it is at work", () => router.calls().length === 2);
      await router.kill();
      await call;
      router.go(request.decisionId);
      await router.start();
      const run = await getRun(router.client, request.decisionId, { fence: true });
      assert.deepEqual([run.state, run.stepsExecuted], [INTERRUPTED, 1]);
      assert.deepEqual([run.failure?.code, run.failure?.stepId], ["ROUTER_INTERRUPTED", "wait"]);
      assert.equal(bundleOf(run, request).steps.length, 1);
      assert.deepEqual(await finished(router.client, request), run);
      await refused(said(router.client, { ...request, goal: "another" }), Code.FailedPrecondition);
      assert.equal(router.calls().length, 2);
    },
  ],
  [
    "killed after runs have ended: the same to the byte",
    async (surroundings) => {
      const router = await servingRouter(surroundings);
      const requests = [runRequest(), runOf(step("fail")), runOf(step("raise"))];
      const runs = [];
      for (const request of requests) runs.push(await finished(router.client, request));
      await router.kill();
      await router.start();
      for (const [i, { decisionId }] of requests.entries())
        assert.deepEqual(await getRun(router.client, decisionId), runs[i]);
      assert.equal(router.calls().length, 3);
    },
  ],
  [
    "killed again and again under load: every run that was accepted is told of, and none runs twice",
    async (surroundings) => {
      const router = await servingRouter(surroundings);
      const accepted = new Map<string, string>();
      const begun: string[] = [];
      for (let round = 0; round < 6; round += 1) {
        const requests = Array.from({ length: 20 }, () => runOf(step("answer"), step("nothing")));
        const before = router.calls().length;
        begun.push(...requests.map(({ decisionId }) => decisionId));
        const calls = requests.map(async (request) => {
          for await (const { kind } of router.client.run(request))
            if (kind.case === "accepted") accepted.set(request.decisionId, kind.value.runId);
        });
        const all = Promise.allSettled(calls);
        await eventually("some are at work", () => router.calls().length > before + 3);
        await router.kill();
        await all;
        await router.start();
      }
      for (const decisionId of begun) {
        const run = await getRun(router.client, decisionId, { fence: true });
        const calls = router.calls(decisionId);
        assert.equal(new Set(calls).size, calls.length, `${decisionId} has a step that was called twice`);
        if (accepted.has(decisionId)) assert.equal(run.runId, accepted.get(decisionId));
        if (calls.length > 0) assert.notEqual(run.state, RunState.NOT_STARTED, "it may have begun");
        if (run.state === SUCCEEDED) assert.equal(calls.length, 2);
        if (run.state === FAILED) assert.equal(run.failure?.code, "RUN_ABANDONED");
      }
      assert.ok(accepted.size > 0);
    },
  ],
  [
    "told to end, it takes no more runs, waits for those under way, and whoever watches hears how they ended",
    async (surroundings) => {
      const router = await servingRouter(surroundings);
      const request = runOf(step("wait"));
      const running = finished(router.client, request);
      await eventually("it is at work", () => router.calls().length === 1);
      const watching = await router.health("nexus.attest.v1.RouterService");
      assert.equal(watching, Serving.SERVING);
      const stopped = router.stop();
      await eventually("it drains", async () => (await router.health()) === Serving.NOT_SERVING);
      await refused(said(router.client, runRequest()), Code.Unavailable, /shutting down/);
      router.go(request.decisionId);
      assert.equal((await running).state, SUCCEEDED);
      await stopped;
    },
  ],
  [
    "told to end, it ends what takes longer than it may",
    async (surroundings) => {
      const router = await servingRouter(surroundings, { serving: { drain: 0.3 } });
      const request = runOf(step("wait", { cancelled: "tidy" }));
      const running = finished(router.client, request);
      await eventually("it is at work", () => router.calls().length === 1);
      await router.stop();
      const run = await running;
      assert.deepEqual([run.state, run.failure?.code], [FAILED, "CANCELLED"]);
      await router.start();
      assert.deepEqual(await getRun(router.client, request.decisionId), run);
    },
  ],
  [
    "a second router with the same run log does not start",
    async (surroundings) => {
      const router = await servingRouter(surroundings);
      const second = await routerProcess(surroundings);
      assert.match(await second.startInVain(), /in use by another process/);
      assert.equal((await finished(router.client, runRequest())).state, SUCCEEDED);
    },
  ],
];
