import { strict as assert } from "node:assert";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DecisionState } from "../../../gen/ts/nexus/attest/v1/lifecycle_pb.ts";
import { governedExample } from "./example-router.ts";
import type { Scenario, Surroundings } from "./scenario.ts";

const { COMPLETED, FAILED } = DecisionState;
const ON_IT = { adapterId: "archives" };

const step = (tool: string, method: string, args: unknown) => ({
  stepId: method,
  intent: "",
  call: { tool, method, argumentsJson: JSON.stringify(args) },
});

async function archives(surroundings: Surroundings) {
  const folder = join(surroundings.directory, "archives", "reports");
  mkdirSync(folder, { recursive: true });
  for (const each of ["june", "july"]) writeFileSync(join(folder, each), each);
  return await governedExample(surroundings, "archives", { ARCHIVES: join(surroundings.directory, "archives") });
}

/** A command from a list is run as it was approved, and no other. */
export const WRAP: readonly Scenario[] = [
  [
    "wrap_command: the command is run, what it says is seen, and it stands in the run bundle",
    async (surroundings) => {
      const { server, outputOf } = await archives(surroundings);
      const decisionId = await server.executed(
        {
          steps: [
            step("archive", "create", { name: "reports-2026", folder: "reports" }),
            step("archive", "list", { name: "reports-2026" }),
          ],
        },
        ON_IT,
      );
      await server.reaches(decisionId, COMPLETED);
      const { exit_code, stdout } = await outputOf(decisionId, 1);
      assert.equal(exit_code, 0);
      assert.deepEqual(stdout.tail.split("\n").toSorted(), ["", "reports/", "reports/july", "reports/june"]);
      assert.ok(existsSync(join(surroundings.directory, "archives", "reports-2026.tar")));
      assert.equal(server.verify(await server.export(decisionId), server.trustPolicy()).status, 0);
    },
  ],
  [
    "wrap_command: what is not on the list, or an argument that could be an option, is refused before anything is run",
    async (surroundings) => {
      const { server } = await archives(surroundings);
      const good = step("archive", "create", { name: "reports-2026", folder: "reports" });
      for (const bad of [
        step("archive", "remove", { name: "reports-2026" }),
        step("archive", "list", { name: "--checkpoint-action=exec=sh" }),
        step("archive", "list", { name: "../secrets" }),
        step("archive", "list", { name: "a\n" }),
        step("archive", "list", { name: 7 }),
        step("archive", "list", { name: "a", more: "b" }),
        step("archive", "list", ["a"]),
      ]) {
        const decisionId = await server.executed({ steps: [good, bad] }, ON_IT);
        const body = await server.reaches(decisionId, FAILED);
        assert.ok(body?.case === "executionFailed" && body.value.code === "REFUSED_BY_ROUTER");
        assert.match(body.value.message, new RegExp(`Step ${bad.stepId}: `));
      }
      assert.ok(!existsSync(join(surroundings.directory, "archives", "reports-2026.tar")));
    },
  ],
  [
    "wrap_command: a command that fails fails the decision, with exit code and standard error in the run bundle",
    async (surroundings) => {
      const { server, outputOf } = await archives(surroundings);
      const decisionId = await server.executed({ steps: [step("archive", "list", { name: "missing" })] }, ON_IT);
      const body = await server.reaches(decisionId, FAILED);
      assert.ok(body?.case === "executionFailed" && body.value.code === "STEP_FAILED");
      assert.match(body.value.message, /tar ended with exit code 2/);
      const { exit_code, stderr } = await outputOf(decisionId);
      assert.equal(exit_code, 2);
      assert.match(stderr.tail, /missing\.tar/);
    },
  ],
];
