import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { Mode } from "../../../gen/ts/nexus/attest/v1/plan_pb.ts";
import { RunState } from "../../../gen/ts/nexus/attest/v1/router_pb.ts";
import { bundleOf, failureOf, finished, getRun, runOf, runRequest, said, step } from "./requests.ts";
import { type RouterProcess, servingRouter } from "./router-process.ts";
import { eventually, type Scenario } from "./scenario.ts";

const { SUCCEEDED, FAILED, INTERRUPTED, RUNNING } = RunState;

/** How a run ends, and what is told and kept of it. */
export const ENDS: readonly Scenario[] = [
  [
    "a step that says that it failed ends the run FAILED, with its code, its message and its output",
    async (surroundings) => {
      const { client, calls } = await servingRouter(surroundings);
      const request = runOf(step("answer"), step("fail"), step("nothing"));
      const run = await finished(client, request);
      assert.deepEqual([run.state, run.stepsExecuted, run.failure?.code], [FAILED, 1, "QUOTA"]);
      assert.deepEqual([run.failure?.message, run.failure?.stepId], ["no room", "fail"]);
      const { steps, failure } = bundleOf(run, request);
      assert.deepEqual(failure, { code: "QUOTA", message: "no room", step_id: "fail" });
      assert.deepEqual(steps[1]?.["output_json"], '{"free":0}');
      assert.equal(calls(request.decisionId).length, 2);
    },
  ],
  ...(
    [
      ["raises what nobody foresaw", step("raise"), "STEP_UNEXPLAINED"],
      ["would end the whole program", step("exit"), "STEP_UNEXPLAINED"],
      ["names a failure by what is no code", step("bad-code"), "STEP_UNEXPLAINED"],
      ["returns what is no JSON", step("garbage"), "OUTPUT_NOT_JSON"],
      ["returns a number that is none", step("no-number"), "OUTPUT_NOT_JSON"],
      ["returns more than is allowed", step("huge", { bytes: 2 ** 20 }), "OUTPUT_TOO_LARGE"],
    ] as const
  ).map(
    ([what, bad, code]): Scenario => [
      `a step that ${what} ends the run INTERRUPTED, and the router goes on`,
      async (surroundings) => {
        const router = await servingRouter(surroundings);
        const request = runOf(step("answer"), bad, step("nothing"));
        const run = await finished(router.client, request);
        assert.deepEqual(
          [run.state, run.stepsExecuted, run.failure?.code],
          [INTERRUPTED, 1, code],
          String(run.failure?.message),
        );
        const { steps, failure } = bundleOf(run, request);
        assert.deepEqual([failure?.code, failure?.step_id, steps[1]?.["outcome"]], [
          code,
          bad.stepId,
          "UNKNOWN",
        ] as unknown[]);
        assert.deepEqual(await getRun(router.client, request.decisionId), run);
        assert.ok(
          !Buffer.from(run.runBundle).includes("hunter2"),
          "what an exception says is kept out of the evidence",
        );
        assert.equal((await finished(router.client, runRequest())).state, SUCCEEDED);
      },
    ],
  ),
  [
    "the outputs of a run are bounded together",
    async (surroundings) => {
      const { client } = await servingRouter(surroundings);
      const most = 2 ** 20 - 2;
      const request = runOf(...[1, 2, 3].map((n) => step("huge", { bytes: most }, `huge-${n}`)));
      const run = await finished(client, request);
      assert.deepEqual([run.state, run.stepsExecuted, run.failure?.code], [INTERRUPTED, 1, "OUTPUT_TOO_LARGE"]);
      const { steps } = bundleOf(run, request);
      assert.equal(String(steps[0]?.["output_json"]).length, most + 2);
      assert.equal(steps[1]?.["output_json"], undefined);
    },
  ],
  [
    "docs/routers.md lists every field of the run bundle and no other",
    async (surroundings) => {
      const { client } = await servingRouter(surroundings);
      const requests = [runRequest(), runOf(step("fail")), runOf(step("raise"))];
      const found = new Set<string>();
      for (const request of requests)
        for (const field of fieldsOf(bundleOf(await finished(client, request), request))) found.add(field);
      const page = readFileSync(new URL("../../../docs/routers.md", import.meta.url), "utf8");
      const [section = ""] = page.split("### The run bundle of the kit\n")[1]?.split("\n### ") ?? [];
      const listed = [...section.matchAll(/^\| `([^`]+)` \|/gm)].map(([, field]) => field);
      assert.deepEqual(new Set(listed), found);
    },
  ],
  [
    "a dry run is simulated, or done by the adapter's own function for it",
    async (surroundings) => {
      const { client, calls } = await servingRouter(surroundings);
      const simulated = runRequest({ mode: Mode.DRY_RUN });
      const run = await finished(client, simulated);
      assert.deepEqual([run.state, run.stepsExecuted, bundleOf(run, simulated).simulated], [SUCCEEDED, 1, true]);
      assert.deepEqual(calls(), []);
      const rehearsed = runRequest({ mode: Mode.DRY_RUN, adapterId: "rehearsed" });
      const bundle = bundleOf(await finished(client, rehearsed), rehearsed);
      assert.deepEqual([bundle.simulated, bundle.steps[0]?.["output_json"]], [false, '{"would":"answer"}']);
      assert.deepEqual(calls(), [`${rehearsed.decisionId} answer answer dry`]);
    },
  ],
  [
    "a caller that goes away leaves the run going",
    async (surroundings) => {
      const { client, go, calls } = await servingRouter(surroundings);
      const request = runOf(step("wait"));
      const leaving = new AbortController();
      const call = Array.fromAsync(client.run(request, { signal: leaving.signal, timeoutMs: 60_000 }));
      await eventually("it is at work", () => calls().length === 1);
      leaving.abort();
      await failureOf(call);
      await sleep(300);
      assert.equal((await getRun(client, request.decisionId)).state, RUNNING);
      go(request.decisionId);
      assert.equal((await finished(client, request)).state, SUCCEEDED);
    },
  ],
  [
    "the deadline of the call ends the run: as its step says, and if that says nothing, nobody knows how",
    async (surroundings) => {
      const router = await servingRouter(surroundings);
      const cases = [
        ["tidy", FAILED, "stopped and cleaned up"],
        ["untidy", INTERRUPTED, "its time was over"],
      ] as const;
      for (const [cancelled, state, message] of cases) {
        const request = runOf(step("wait", { cancelled }), step("nothing"));
        await failureOf(said(router.client, request, 700));
        const run = await ended(router, request.decisionId);
        assert.deepEqual([run.state, run.failure?.code, run.stepsExecuted], [state, "CANCELLED", 0]);
        assert.match(run.failure?.message ?? "", new RegExp(message));
        assert.equal(bundleOf(run, request).steps.length, 1);
      }
    },
  ],
  [
    "a step that does not end at the deadline is not said to have ended; no other is begun after it",
    async (surroundings) => {
      const router = await servingRouter(surroundings);
      const request = runOf(step("wait", { cancelled: "stubborn" }), step("nothing"));
      await failureOf(said(router.client, request, 700));
      await sleep(500);
      assert.equal((await getRun(router.client, request.decisionId)).state, RUNNING);
      router.go(request.decisionId);
      const run = await ended(router, request.decisionId);
      assert.deepEqual([run.state, run.failure?.code, run.stepsExecuted], [FAILED, "CANCELLED", 1]);
      assert.match(run.failure?.message ?? "", /before step nothing began: its time was over/);
      assert.equal(router.calls().length, 1);
    },
  ],
  [
    "progress is told in order; ten thousand lines to a caller that reads slowly harm nobody",
    async (surroundings) => {
      const { client } = await servingRouter(surroundings);
      const request = runOf(step("chatter", { lines: 10_000 }));
      let last = -1;
      let ends = false;
      for await (const { kind } of client.run(request)) {
        if (kind.case === "progress") {
          const line = /^line (\d+)$/.exec(kind.value.message)?.[1];
          if (line !== undefined) {
            assert.ok(Number(line) > last);
            last = Number(line);
          }
          if (last % 100 === 0) await sleep(1);
        }
        ends = kind.case === "finished" && kind.value.run?.state === SUCCEEDED;
      }
      assert.ok(ends);
      assert.equal(last, 9_999);
    },
  ],
  [
    "of a run that says more than the server listens to, the end is heard all the same",
    async (surroundings) => {
      const { client } = await servingRouter(surroundings);
      const request = runOf(step("chatter", { lines: 30_000, pace: 5 }));
      let heard = 0;
      let ends = false;
      for await (const { kind } of client.run(request)) {
        heard += 1;
        ends = kind.case === "finished" && kind.value.run?.state === SUCCEEDED;
      }
      assert.ok(ends);
      assert.ok(heard > 1_000 && heard < 20_200, `${heard} messages`);
    },
  ],
];

/** The paths of all fields, as the page writes them; the request is the schema's. */
function fieldsOf(value: object, prefix = ""): readonly string[] {
  return Object.entries(value).flatMap(([name, inner]: readonly [string, unknown]) => {
    if (Array.isArray(inner)) return inner.flatMap((each: object) => fieldsOf(each, `${prefix}${name}[].`));
    return name === "failure" ? fieldsOf(inner as object, "failure.") : [`${prefix}${name}`];
  });
}

/** The run once it is not at work any more. */
async function ended({ client }: RouterProcess, decisionId: string) {
  return await eventually("it has ended", async () => {
    const run = await getRun(client, decisionId);
    return run.state === RUNNING ? undefined : run;
  });
}
