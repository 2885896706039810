import { createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { expect, test, vi } from "vitest";
import { Health, HealthCheckResponse_ServingStatus as Status } from "../../gen/ts/grpc/health/v1/health_pb.ts";
import { refusalOf } from "../e2e/refusal.ts";
import { behindItsBack, eventsFile } from "../store/sqlite/raw-file.ts";
import { eventually } from "../support/eventually.ts";
import { approved, execute, executionStage, outcome } from "./execution-stage.ts";

// Several processes one after the other, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 });

const CORRUPT = { code: "DataLoss", reason: "STORED_LOG_CORRUPT" };

/** Changes one event of a decision in the file of a server that is not running. */
function tamper(data: string, decisionId: string, seq: number, from: string, to: string): void {
  behindItsBack(eventsFile(data), (database) => {
    const changed = database
      .prepare(
        "UPDATE events SET data = replace(data, ?, ?) WHERE revision = ? AND instr(data, ?) > 0 AND stream_id = (SELECT id FROM streams WHERE name = ?)",
      )
      .run(from, to, seq, from, `decision-${decisionId}`);
    expect(changed.changes).toBe(1);
  });
}

test.each([
  { what: "the plan that was approved", seq: 0, from: "limit.txt", to: "passwd.tx" },
  { what: "the policy", seq: 1, from: '"minApprovals":2', to: '"minApprovals":1' },
  { what: "an approval", seq: 2, from: '"id":"carol"', to: '"id":"mallo"' },
  {
    what: "the gate, which no later event commits to",
    seq: 4,
    from: '"adapterId":"waiting"',
    to: '"adapterId":"files"',
  },
])(
  "$what: changed in the file after a crash behind the gate, nothing of it is run, and the rest works",
  async ({ seq, from, to }) => {
    const stage = executionStage();
    stage.adapters.go();
    const server = await stage.start({ diesAt: "after EXECUTION_REQUESTED" });
    const sound = await approved(server);
    const changed = await approved(server, { goal: "raise another limit" });
    await expect(execute(server, changed)).rejects.toThrow();
    await server.exited;
    tamper(stage.data, changed, seq, from, to);

    const next = await stage.start();
    await eventually("it has been looked at", () => /could not be recovered|not indexed/.test(next.stderr()));
    const { decisions } = next.as("human:bob");
    expect(await refusalOf(decisions.getDecision({ decisionId: changed }))).toMatchObject(CORRUPT);
    expect(await refusalOf(execute(next, changed))).toMatchObject(CORRUPT);
    expect(await refusalOf(decisions.watchDecision({ decisionId: changed }))).toMatchObject(CORRUPT);
    expect(stage.stored(changed)).toEqual(["EXECUTION_REQUESTED"]);
    expect(stage.calls()).toBe(0);

    const health = createClient(Health, createGrpcTransport({ baseUrl: next.url }));
    expect((await health.check({})).status).toBe(Status.SERVING);
    await execute(next, sound, 20);
    expect((await outcome(next, sound)).state).toBe("COMPLETED");
    expect(stage.calls()).toBe(1);
    const listed = await decisions.listDecisions({});
    expect(listed.decisions.map(({ decisionId }) => decisionId)).toContain(sound);
  },
);
