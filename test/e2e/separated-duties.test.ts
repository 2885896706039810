import { expect, test } from "vitest";
import { serverUnderTest } from "../support/server-under-test.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { refusalOf } from "./refusal.ts";
import { adaptersIn, approve, requested } from "./release.ts";

test("the configuration keeps requester, approvers and executor apart, and knows one person by two names", async () => {
  const separationOfDuties = {
    executorIsNotRequester: true,
    approverIsNotExecutor: true,
    aliases: [["bob", "bob-admin"]],
  };
  const server = await serverUnderTest({
    config: { ...adaptersIn(temporaryDirectory()).config, separationOfDuties },
  });
  const decisionId = await requested(server);
  const as = (name: string) => server.as(`human:${name}`).decisions;
  const denied = async (call: Promise<unknown>) => {
    const { code, reason } = await refusalOf(call);
    expect(code).toBe("PermissionDenied");
    return reason;
  };
  expect(await denied(as("bob-admin").grantApproval({ decisionId }))).toBe("SELF_APPROVAL");
  await approve(server, decisionId, "carol", "dave");
  expect(await denied(as("bob").executeDecision({ decisionId }))).toBe("EXECUTOR_IS_REQUESTER");
  expect(await denied(as("bob-admin").executeDecision({ decisionId }))).toBe("EXECUTOR_IS_REQUESTER");
  expect(await denied(as("carol").executeDecision({ decisionId }))).toBe("EXECUTOR_IS_APPROVER");
  const { execution } = await as("erin").executeDecision({ decisionId, wait: { seconds: 20n } });
  expect(execution).toBeDefined();
});
