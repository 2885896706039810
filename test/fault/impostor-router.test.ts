import { expect, test, vi } from "vitest";
import { ACCEPTED, answerWith, describedAs, finishedWith, routerProcess } from "../router/grpc/router-process.ts";
import type { Script } from "../router/grpc/router-program.ts";
import { createAuthority } from "../support/certificates.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { approved, execute, executionStage, outcome } from "./execution-stage.ts";

vi.setConfig({ testTimeout: 120_000 });

const WELL = {
  DescribeAdapter: [describedAs()],
  Run: [ACCEPTED, finishedWith(), "end"],
  GetRun: [answerWith()],
} satisfies Script;

test.each([
  ["that has not been sent: it fails, for it certainly never began", "after EXECUTION_REQUESTED", "FAILED"],
  [
    "that may have been sent: nobody can say, and the impostor is not believed",
    "after remote accepted",
    "OUTCOME_UNKNOWN",
  ],
] as const)(
  "kill -9, and an impostor has taken the router's place when the server comes back to a run %s",
  async (_, point, state) => {
    const directory = temporaryDirectory();
    const [authority, stranger] = [createAuthority(directory), createAuthority(directory, "stranger")];
    const [right, wrong] = [authority, stranger].map((each) => {
      const { certFile, keyFile } = each.issue("router", { san: "IP:127.0.0.1", usage: "serverAuth" });
      return { certFile, keyFile };
    });
    const router = await routerProcess({ ...WELL, ...(right && { tls: right }) });
    const stage = executionStage({
      config: {
        routers: [{ name: "far", url: router.url, adapters: ["remote"], tls: { caFile: authority.caFile } }],
        execution: { settleWithinSeconds: 1 },
      },
    });
    const server = await stage.start({ diesAt: point });
    const decisionId = await approved(server, { adapterId: "remote" });
    await expect(execute(server, decisionId, 20)).rejects.toThrow();
    await server.exited;
    await router.kill();
    const impostor = await routerProcess({ ...WELL, port: router.port, ...(wrong && { tls: wrong }) });

    const next = await stage.start();
    const { state: reached, last } = await outcome(next, decisionId);
    expect(reached).toBe(state);
    expect(JSON.stringify(last)).toMatch(/of no authority that is trusted here/);
    if (state === "FAILED") expect(last).toMatchObject({ value: { code: "NOT_SENT", runId: "" } });
    expect([...impostor.calls("DescribeAdapter"), ...impostor.calls("Run"), ...impostor.calls("GetRun")]).toEqual([]);
  },
);
