import { strict as assert } from "node:assert";
import { DecisionState } from "../../../gen/ts/nexus/attest/v1/lifecycle_pb.ts";
import { governedExample } from "./example-router.ts";
import type { Scenario } from "./scenario.ts";

/** The program on the page of a client. */
export const PAGE: readonly Scenario[] = [
  [
    "the page's router: a limit is set, one that is too high fails, and a service that there is not is refused",
    async (surroundings) => {
      const { server, outputOf } = await governedExample(surroundings, "limits", {});
      const set = async (service: string, limit: number, state: DecisionState) => {
        const call = { tool: "limits", method: "set", argumentsJson: JSON.stringify({ service, limit }) };
        const decisionId = await server.executed(
          { steps: [{ stepId: "set", intent: "", call }] },
          { adapterId: "limits" },
        );
        return { decisionId, body: await server.reaches(decisionId, state) };
      };
      const { decisionId } = await set("web", 250, DecisionState.COMPLETED);
      assert.deepEqual(await outputOf(decisionId), { before: 100, after: 250 });
      const tooHigh = await set("web", 2_000, DecisionState.FAILED);
      assert.ok(tooHigh.body?.case === "executionFailed" && tooHigh.body.value.code === "LIMIT_TOO_HIGH");
      const unknown = await set("mail", 1, DecisionState.FAILED);
      assert.ok(unknown.body?.case === "executionFailed" && unknown.body.value.code === "REFUSED_BY_ROUTER");
    },
  ],
];
