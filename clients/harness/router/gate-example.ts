import { strict as assert } from "node:assert";
import { execFileSync } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DecisionState } from "../../../gen/ts/nexus/attest/v1/lifecycle_pb.ts";
import { Mode } from "../../../gen/ts/nexus/attest/v1/plan_pb.ts";
import { governedExample } from "./example-router.ts";
import type { Scenario, Surroundings } from "./scenario.ts";

const { COMPLETED, FAILED } = DecisionState;
const ON_IT = { adapterId: "terraform" };
const TERRAFORM = fileURLToPath(new URL("../../../examples/terraform-stand-in/terraform", import.meta.url));

interface Proposed {
  readonly steps: readonly {
    readonly stepId: string;
    readonly intent: string;
    readonly call: { readonly tool: string; readonly method: string; readonly arguments: object };
  }[];
}

async function workspace({ command, directory }: Surroundings) {
  const home = join(directory, "workspace");
  mkdirSync(home);
  const env = { TERRAFORM, WORKSPACE: home };
  const example = await governedExample({ command: [...command, "serve"], directory }, "terraform", env);
  return {
    ...example,
    plan: (name: string) => join(home, "plans", `${name}.tfplan`),
    /** What there is. */
    state: () =>
      existsSync(join(home, "state.json"))
        ? (JSON.parse(readFileSync(join(home, "state.json"), "utf8")) as { readonly resources: object }).resources
        : {},
    /** Wants something else, and makes the plan for it. @returns the plan to request. */
    propose: (name: string, wanted: object) => {
      writeFileSync(join(home, "wanted.json"), JSON.stringify(wanted));
      const [program = "", ...words] = command;
      const options = {
        encoding: "utf8",
        env: { ...process.env, ...env },
        stdio: "pipe",
      } as const;
      const { steps } = JSON.parse(execFileSync(program, [...words, "propose", name], options)) as Proposed;
      return {
        steps: steps.map(({ call: { arguments: args, ...call }, ...step }) => ({
          ...step,
          call: { ...call, argumentsJson: JSON.stringify(args) },
        })),
      };
    },
  };
}

/** What is applied is the plan that was approved. */
export const GATE: readonly Scenario[] = [
  [
    "gate_terraform: the approved plan is applied, and its digest stands in an audit package that verifies",
    async (surroundings) => {
      const { server, propose, state, outputOf } = await workspace(surroundings);
      const plan = propose("release-7", { limit: 250 });
      const decisionId = await server.executed(plan, ON_IT);
      await server.reaches(decisionId, COMPLETED);
      assert.deepEqual(state(), { limit: 250 });
      const output = await outputOf(decisionId);
      assert.match(output.stdout.tail, /limit: applied/);
      const { plan_digest } = JSON.parse(plan.steps[0]?.call.argumentsJson ?? "") as { readonly plan_digest: string };
      assert.equal((output as unknown as { readonly plan_digest: string }).plan_digest, plan_digest);
      assert.equal(server.verify(await server.export(decisionId), server.trustPolicy()).status, 0);
    },
  ],
  [
    "gate_terraform: another plan than the approved one, or none, is refused, and nothing is applied",
    async (surroundings) => {
      const { server, propose, plan, state } = await workspace(surroundings);
      const approved = propose("release-7", { limit: 250 });
      appendFileSync(plan("release-7"), " ");
      const changed = await server.executed(approved, ON_IT);
      const body = await server.reaches(changed, FAILED);
      assert.ok(body?.case === "executionFailed" && body.value.code === "REFUSED_BY_ROUTER");
      assert.match(body.value.message, /the plan release-7 is sha256:.* was approved/);
      const missing = { plan: "release-8", plan_digest: `sha256:${"0".repeat(64)}` };
      const outside = { plan: "../../etc/passwd", plan_digest: `sha256:${"0".repeat(64)}` };
      for (const args of [missing, outside, {}, { ...missing, more: 1 }]) {
        const call = { tool: "terraform", method: "apply", argumentsJson: JSON.stringify(args) };
        const decisionId = await server.executed({ steps: [{ stepId: "apply", intent: "", call }] }, ON_IT);
        const refusal = await server.reaches(decisionId, FAILED);
        assert.ok(refusal?.case === "executionFailed" && refusal.value.code === "REFUSED_BY_ROUTER");
      }
      assert.deepEqual(state(), {});
    },
  ],
  [
    "gate_terraform: a plan that terraform itself refuses fails the decision",
    async (surroundings) => {
      const { server, propose, state, outputOf } = await workspace(surroundings);
      const stale = propose("release-7", { limit: 250 });
      const first = await server.executed(propose("release-8", { limit: 300 }), ON_IT);
      await server.reaches(first, COMPLETED);
      const decisionId = await server.executed(stale, ON_IT);
      const body = await server.reaches(decisionId, FAILED);
      assert.ok(body?.case === "executionFailed" && body.value.code === "STEP_FAILED");
      assert.match((await outputOf(decisionId)).stderr.tail, /stale/);
      assert.deepEqual(state(), { limit: 300 });
    },
  ],
  [
    "gate_terraform: a dry run shows the plan and applies nothing",
    async (surroundings) => {
      const { server, propose, state, outputOf } = await workspace(surroundings);
      const plan = propose("release-7", { limit: 250 });
      const decisionId = await server.executed(plan, { ...ON_IT, mode: Mode.DRY_RUN });
      await server.reaches(decisionId, COMPLETED);
      assert.match((await outputOf(decisionId)).stdout.tail, /limit = 250/);
      assert.deepEqual(state(), {});
    },
  ],
];
