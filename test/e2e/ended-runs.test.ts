import { expect, test } from "vitest";
import { DecisionState } from "../../gen/ts/nexus/attest/v1/lifecycle_pb.ts";
import { eventually } from "../support/eventually.ts";
import { type ServerUnderTest, serverUnderTest } from "../support/server-under-test.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { adaptersIn, approve, eventsOf, requested } from "./release.ts";

/** A decision whose run waits inside its only step. */
async function runAtWork(execution: object) {
  const directory = temporaryDirectory();
  const { config, read } = adaptersIn(directory);
  const options = { directory, config: { ...config, execution } };
  const server = await serverUnderTest(options);
  const decisionId = await requested(server, { adapterId: "waiting" });
  await approve(server, decisionId, "carol", "dave");
  await server.as("human:bob").decisions.executeDecision({ decisionId });
  await eventually("the step is called", () => read("calls"));
  return { server, options, decisionId, read };
}

/** The last event, once the decision has failed. */
async function failureOf(server: ServerUnderTest, decisionId: string) {
  const bob = server.as("human:bob");
  await eventually("it has failed", async () => {
    const { decision } = await bob.decisions.getDecision({ decisionId });
    return decision?.lifecycle?.state === DecisionState.FAILED;
  });
  return (await eventsOf(bob, decisionId)).at(-1)?.body.value;
}

const ON_RECORD = {
  runId: expect.stringMatching(/./),
  routerDigest: expect.stringMatching(/^sha256:/),
  stepsExecuted: 0,
};

test("a run whose time is over is ended and fails with RUN_TIMEOUT, its record kept", async () => {
  const { server, decisionId, read } = await runAtWork({ runTimeoutSeconds: 4 });
  expect(await failureOf(server, decisionId)).toMatchObject({
    ...ON_RECORD,
    code: "RUN_TIMEOUT",
    message: "The run was ended after 4 seconds: The run was cancelled.",
  });
  expect(read("calls")).toBe("files write\n");
});

test("a run that a shutdown does not wait for any longer is ended and fails with CANCELLED, on record before the server is gone", async () => {
  const { server, options, decisionId, read } = await runAtWork({ drainSeconds: 0.2 });
  await server.close();
  const again = await serverUnderTest(options);
  expect(await failureOf(again, decisionId)).toMatchObject({
    ...ON_RECORD,
    code: "CANCELLED",
    message: "The run was cancelled.",
  });
  expect(read("calls")).toBe("files write\n");
});
