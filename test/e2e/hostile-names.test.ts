import { expect, test } from "vitest";
import { HOSTILE } from "../support/hostile-names.ts";
import { type Protocol, serverUnderTest } from "../support/server-under-test.ts";
import { refusalOf } from "./refusal.ts";
import { RELEASE, STEP } from "./release.ts";

const { call } = STEP;

test.each<Protocol>(["grpc", "connect", "grpc-web"])(
  "a plan whose names could mean more than names is refused when it is asked for, field by field: %s",
  async (protocol) => {
    const { decisions } = (await serverUnderTest()).as("human:bob", { protocol });
    for (const name of HOSTILE)
      for (const [field, step] of [
        ["step_id", { ...STEP, stepId: name }],
        ["call.tool", { ...STEP, call: { ...call, tool: name } }],
        ["call.method", { ...STEP, call: { ...call, method: name } }],
      ] as const)
        expect(
          await refusalOf(decisions.createDecision({ ...RELEASE, plan: { steps: [step] } })),
          `${field} ${JSON.stringify(name)}`,
        ).toMatchObject({ code: "InvalidArgument", fields: expect.arrayContaining([`plan.steps[0].${field}`]) });
  },
);
