import { strict as assert } from "node:assert";
import { randomBytes } from "node:crypto";
import { Code } from "@connectrpc/connect";
import { Mode } from "../../../gen/ts/nexus/attest/v1/plan_pb.ts";
import { RunState } from "../../../gen/ts/nexus/attest/v1/router_pb.ts";
import { bundleOf, finished, getRun, refused, runOf, runRequest, said, step } from "./requests.ts";
import { servingRouter } from "./router-process.ts";
import { eventually, type Scenario } from "./scenario.ts";

/** A run is begun once, or never. */
export const ONCE: readonly Scenario[] = [
  [
    "an adapter is described; another is not known",
    async (surroundings) => {
      const { client } = await servingRouter(surroundings);
      const { adapter } = await client.describeAdapter({ adapterId: "rehearsed" });
      assert.deepEqual(adapter?.capabilities, ["apply", "dry_run", "timeout"]);
      await refused(client.describeAdapter({ adapterId: "other" }), Code.NotFound);
    },
  ],
  [
    "a run is accepted, tells of its progress and ends; GetRun tells the same",
    async (surroundings) => {
      const { client, calls } = await servingRouter(surroundings);
      const request = runOf(step("answer", { ü: "\u{1f600}", n: 1.5 }), step("nothing"));
      const kinds = await said(client, request);
      assert.equal(kinds[0]?.case, "accepted");
      assert.ok(kinds.slice(1, -1).every((kind) => kind.case === "progress"));
      const last = kinds.at(-1);
      assert.ok(last?.case === "finished" && last.value.run !== undefined);
      const { run } = last.value;
      assert.ok(kinds[0]?.case === "accepted" && kinds[0].value.runId === run.runId);
      assert.deepEqual([run.state, run.stepsExecuted, run.adapterId], [RunState.SUCCEEDED, 2, "kit"]);
      const { steps, outcome } = bundleOf(run, request);
      assert.equal(outcome, "SUCCEEDED");
      assert.equal(steps.length, 2);
      assert.deepEqual(JSON.parse(steps[0]?.["output_json"] as string), { ü: "\u{1f600}", n: 1.5 });
      assert.equal(steps[1]?.["output_json"], undefined);
      assert.deepEqual(await getRun(client, request.decisionId), run);
      const { run: bare } = await client.getRun({ decisionId: request.decisionId });
      assert.deepEqual([bare?.runBundle.length, bare?.runBundleMediaType, bare?.state], [0, "", RunState.SUCCEEDED]);
      assert.equal(calls().length, 2);
    },
  ],
  [
    "asked again for the same decision, it tells of that run: afterwards, meanwhile, at the same moment",
    async (surroundings) => {
      const { client, calls, go } = await servingRouter(surroundings);
      const request = runOf(step("wait"));
      const ten = Array.from({ length: 10 }, () => finished(client, request));
      await eventually("it is at work", () => calls(request.decisionId).length === 1);
      const { run } = await client.getRun({ decisionId: request.decisionId, includeBundle: true, fence: true });
      assert.deepEqual([run?.state, run?.runBundle.length], [RunState.RUNNING, 0]);
      const later = finished(client, request);
      go(request.decisionId);
      const runs = await Promise.all([...ten, later]);
      for (const each of [...runs, await finished(client, request)]) assert.deepEqual(each, runs[0]);
      assert.equal(runs[0]?.state, RunState.SUCCEEDED);
      assert.equal(calls(request.decisionId).length, 1);
    },
  ],
  [
    "another request for the same decision is refused, during the run and after it",
    async (surroundings) => {
      const { client, calls, go } = await servingRouter(surroundings);
      const request = runOf(step("wait"));
      const { decisionId } = request;
      const others = [{ goal: "another" }, { adapterId: "rehearsed" }, { maxSteps: 7 }, { mode: Mode.DRY_RUN }];
      const running = finished(client, request);
      await eventually("it is at work", () => calls().length === 1);
      for (const turn of ["during", "after"]) {
        for (const other of others)
          await refused(said(client, { ...request, ...other }), Code.FailedPrecondition, /run already/);
        if (turn === "during") go(decisionId);
        assert.equal((await running).state, RunState.SUCCEEDED);
      }
      assert.equal(calls().length, 1);
    },
  ],
  [
    "a fence refuses for ever what there is no run of, and nothing else",
    async (surroundings) => {
      const router = await servingRouter(surroundings);
      const { client } = router;
      const request = runRequest();
      const { decisionId } = request;
      await refused(getRun(client, decisionId), Code.NotFound);
      for (const how of [{ fence: true }, { fence: true }, {}])
        assert.deepEqual(
          [(await getRun(client, decisionId, how)).state, (await getRun(client, decisionId, how)).decisionId],
          [RunState.NOT_STARTED, decisionId],
        );
      await refused(said(client, request), Code.FailedPrecondition, /for ever/);
      const ran = runRequest();
      await finished(client, ran);
      assert.equal((await getRun(client, ran.decisionId, { fence: true })).state, RunState.SUCCEEDED);
      await router.kill();
      await router.start();
      await refused(said(client, request), Code.FailedPrecondition, /for ever/);
      assert.equal((await getRun(client, decisionId)).state, RunState.NOT_STARTED);
      assert.equal(router.calls(decisionId).length, 0);
    },
  ],
  [
    "of a fence and a run at the same moment exactly one comes to be",
    async (surroundings) => {
      const { client, calls } = await servingRouter(surroundings);
      for (let round = 0; round < 60; round += 1) {
        const request = runRequest();
        const [run, fenced] = await Promise.all([
          finished(client, request).catch(() => undefined),
          getRun(client, request.decisionId, { fence: true }),
        ]);
        const ran = run?.state === RunState.SUCCEEDED;
        assert.equal(fenced.state !== RunState.NOT_STARTED, ran);
        assert.equal(calls(request.decisionId).length, ran ? 1 : 0);
      }
    },
  ],
  [
    "what must not be run is refused before any message, and never runs",
    async (surroundings) => {
      const { client, calls } = await servingRouter(surroundings);
      const raw = (argumentsJson: string) => ({
        ...step("answer"),
        call: { tool: "test", method: "answer", argumentsJson },
      });
      const { plan: _, ...without } = runRequest();
      const unknown = { ...runRequest(), $unknown: [{ no: 999, wireType: 0, data: new Uint8Array([1]) }] };
      const cases: readonly [ReturnType<typeof runRequest>, RegExp][] = [
        [runRequest({ adapterId: "other" }), /no adapter other/],
        [runRequest({ adapterId: "apply-only", mode: Mode.DRY_RUN }), /does not declare dry_run/],
        [without, /no plan/],
        [runRequest({ maxSteps: 1, plan: { steps: [step("answer"), step("nothing")] } }), /2 steps; 1/],
        [runOf(step("answer"), step("answer")), /one step_id/],
        [runOf(raw("{")), /step answer/],
        [runOf(raw('{"a":1,"a":2}')), /step answer/],
        [runOf(raw("NaN")), /step answer/],
        [runOf(raw("{} {}")), /step answer/],
        [runOf(step("answer"), step("forbidden")), /Step forbidden: it is forbidden/],
        [runOf(step("broken-check")), /Step broken-check: its check/],
        [unknown, /fields that this router does not know/],
      ];
      for (const [request, message] of cases) {
        for (let turn = 0; turn < 2; turn += 1) {
          await refused(said(client, request), Code.FailedPrecondition, message);
          assert.equal((await getRun(client, request.decisionId)).state, RunState.NOT_STARTED);
        }
        assert.deepEqual(calls(request.decisionId), []);
      }
    },
  ],
  [
    "what is no request is INVALID_ARGUMENT, and the router goes on",
    async (surroundings) => {
      const { client } = await servingRouter(surroundings);
      const ids = [
        "",
        "x",
        "../../etc/passwd",
        "A".repeat(32),
        `${randomBytes(16).toString("hex")}\n`,
        "a".repeat(100_000),
      ];
      for (const decisionId of ids) {
        await refused(said(client, runRequest({ decisionId })), Code.InvalidArgument);
        await refused(getRun(client, decisionId, { fence: true }), Code.InvalidArgument);
      }
      for (const mode of [Mode.UNSPECIFIED, 99 as Mode])
        await refused(said(client, runRequest({ mode })), Code.InvalidArgument);
      assert.equal((await finished(client, runRequest())).state, RunState.SUCCEEDED);
    },
  ],
];
