import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { DecisionState } from "../../gen/ts/nexus/attest/v1/lifecycle_pb.ts";
import { serverUnderTest } from "../support/server-under-test.ts";
import { requested } from "./release.ts";

/** Takes connections and says nothing. */
async function silentRouter(): Promise<string> {
  const router = createServer(() => undefined);
  await new Promise<void>((resolve) => router.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void router.close());
  return `http://127.0.0.1:${(router.address() as AddressInfo).port}`;
}

test("a router that is silent does not hold up the answer to an approval", async () => {
  const config = { routers: [{ name: "silent", url: await silentRouter(), adapters: ["remote"] }] };
  const server = await serverUnderTest({ config });
  const decisionId = await requested(server, { adapterId: "remote" });
  for (const approver of ["human:carol", "human:dave"]) {
    const { lifecycle } = await server.as(approver).decisions.grantApproval({ decisionId }, { timeoutMs: 3_000 });
    expect(lifecycle?.blockingReasons[0]?.message).toBe(
      "The capabilities of adapter remote could not be learned: its router has not answered yet.",
    );
  }
  const { decision } = await server.as("human:bob").decisions.getDecision({ decisionId });
  expect(decision?.lifecycle).toMatchObject({ state: DecisionState.APPROVED, executable: false });
});
