import { expect, test } from "vitest";
import { DecisionState } from "../../gen/ts/nexus/attest/v1/lifecycle_pb.ts";
import { eventually } from "../support/eventually.ts";
import { serverUnderTest } from "../support/server-under-test.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { adaptersIn, approve, eventsOf, requested } from "./release.ts";

test("a run whose time is over is ended and fails with RUN_TIMEOUT, its record kept", async () => {
  const directory = temporaryDirectory();
  const { config, read } = adaptersIn(directory);
  const server = await serverUnderTest({ directory, config: { ...config, execution: { runTimeoutSeconds: 4 } } });
  const decisionId = await requested(server, { adapterId: "waiting" });
  await approve(server, decisionId, "carol", "dave");
  const { decisions } = server.as("human:bob");
  await decisions.executeDecision({ decisionId });
  await eventually("it has failed", async () => {
    const { decision } = await decisions.getDecision({ decisionId });
    return decision?.lifecycle?.state === DecisionState.FAILED;
  });
  expect((await eventsOf(server.as("human:bob"), decisionId)).at(-1)?.body.value).toMatchObject({
    code: "RUN_TIMEOUT",
    message: "The run was ended after 4 seconds: The run was cancelled.",
    runId: expect.stringMatching(/./),
    routerDigest: expect.stringMatching(/^sha256:/),
    stepsExecuted: 0,
  });
  expect(read("calls")).toBe("files write\n");
});
