import { describe, expect, test } from "vitest";
import { DecisionState } from "../../gen/ts/nexus/attest/v1/lifecycle_pb.ts";
import { serverUnderTest } from "../support/server-under-test.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { refusalOf } from "./refusal.ts";
import { adaptersIn, requested } from "./release.ts";

const ID = "0".repeat(32);
const KEY = `sha256:${"0".repeat(64)}`;

/** Who reads the log later finds nothing there: white space, a mark of byte order, no width, a change of direction. */
describe.each([" ", "\n\t", "\u00a0", "\u200b\ufeff", "\u202e\u2066"])("%j is no reason", (reason) => {
  test("to execute without the quorum: nothing is executed", async () => {
    const { config } = adaptersIn(temporaryDirectory());
    const authorization = [
      { roles: ["requester"], actors: ["human:bob"] },
      { roles: ["break_glass"], actors: ["human:oncall"] },
    ];
    const breakGlass = { reviewWithinSeconds: 3600 };
    const server = await serverUnderTest({ config: { ...config, authorization, breakGlass } });
    const decisionId = await requested(server);
    const { decisions } = server.as("human:oncall");
    const refused = await refusalOf(decisions.executeDecision({ decisionId, breakGlassReason: reason }));
    expect(refused).toMatchObject({ code: "InvalidArgument", reason: "INVALID_REQUEST" });
    expect(refused.message).toContain("break_glass_reason");
    const { decision } = await decisions.getDecision({ decisionId });
    expect(decision?.lifecycle?.state).toBe(DecisionState.PENDING_APPROVAL);
  });

  test("to state how a run ended, or to revoke a key", async () => {
    const { decisions, approverKeys } = (await serverUnderTest()).as("human:operator");
    const resolution = { case: "operatorStatement", value: { outcome: 1, reason } } as const;
    for (const call of [
      decisions.settleExecution({ decisionId: ID, resolution }),
      approverKeys.revokeApproverKey({ keyId: KEY, reason }),
    ])
      expect(await refusalOf(call)).toMatchObject({ code: "InvalidArgument", reason: "INVALID_REQUEST" });
  });
});

test.each(["x", "漏", "🔥", "é\u0301", "(INC-204)"])("%j is one", async (reason) => {
  const { decisions } = (await serverUnderTest()).as("human:operator");
  const resolution = { case: "operatorStatement", value: { outcome: 1, reason } } as const;
  expect((await refusalOf(decisions.settleExecution({ decisionId: ID, resolution }))).reason).toBe(
    "DECISION_NOT_FOUND",
  );
});
