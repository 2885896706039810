import { writeFileSync } from "node:fs";
import { connect as connectHttp2 } from "node:http2";
import { join } from "node:path";
import { Code, ConnectError } from "@connectrpc/connect";
import { expect, onTestFinished, test } from "vitest";
import { Mode } from "../../gen/ts/nexus/attest/v1/plan_pb.ts";
import { enveloped } from "../e2e/raw-call.ts";
import { refusalOf } from "../e2e/refusal.ts";
import { serverProcess } from "../support/server-process.ts";
import { clientsOf } from "../support/server-under-test.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

const CALLS = 3_000;

/** A server that refuses what it cannot do at once, and sets no other limit to a caller. */
async function impatientServer() {
  const directory = temporaryDirectory();
  const file = join(directory, "limits.json");
  const perActor = { burst: 1_000_000, callsPerSecond: 1_000_000, maxCalls: 1_000_000 };
  writeFileSync(
    file,
    JSON.stringify({ limits: { maxEventLoopDelayMs: 10, perActor, maxStreamsPerConnection: 10_000 } }),
  );
  return await serverProcess({ args: ["--listen", "127.0.0.1:0", "--config", file], cwd: directory });
}

test("of more calls than it can do the server refuses some before they are read, and does all of the others", async () => {
  const server = await impatientServer();
  const { decisions } = clientsOf(server.url, "human:alice");
  const ask = (index: number) =>
    decisions.createDecision({
      requestId: `request-${index}`,
      goal: "all at once",
      mode: Mode.DRY_RUN,
      policySource: { case: "policy", value: { minApprovals: 1, allowedModes: [Mode.DRY_RUN] } },
    });
  await ask(-1);
  const health = connectHttp2(server.url);
  onTestFinished(() => health.destroy());
  const check = () =>
    new Promise((resolve) => {
      const stream = health.request({
        ":method": "POST",
        ":path": "/grpc.health.v1.Health/Check",
        "content-type": "application/grpc",
      });
      stream.on("trailers", (trailers) => resolve(trailers["grpc-status"])).on("error", resolve);
      stream.resume().end(enveloped(new Uint8Array(0)));
    });

  const answers = Promise.allSettled(Array.from({ length: CALLS }, (_, index) => ask(index)));
  const checks = await Promise.all(Array.from({ length: 20 }, check));
  expect(checks).toEqual(Array(20).fill("0"));
  const all = await answers;
  const done = all.filter((each) => each.status === "fulfilled").map(({ value }) => value.decision?.decisionId);
  const refused = all.filter((each) => each.status === "rejected").map(({ reason }) => reason as unknown);
  expect(done.length).toBeGreaterThan(0);
  expect(refused.length).toBeGreaterThan(0);
  for (const error of refused)
    expect([error instanceof ConnectError, (error as ConnectError).code]).toEqual([true, Code.Unavailable]);
  expect(await refusalOf(Promise.reject(refused[0] as ConnectError))).toMatchObject({
    reason: "SERVER_OVERLOADED",
    metadata: { limit: "limits.maxEventLoopDelayMs", limit_value: "10" },
    retryAfter: 500,
  });

  // What was done is there, and nothing of what was refused: those can be repeated.
  for (const decisionId of done.slice(-5)) await decisions.getDecision({ decisionId: decisionId ?? "" });
  const again = all.findIndex((each) => each.status === "rejected");
  expect((await ask(again)).decision?.decisionId).toBeTruthy();
  expect(server.stderr().match(/"event":"refused"/g)?.length).toBeLessThan(10);
}, 120_000);

test("whoever asks one thing after the other is served while somebody else floods", async () => {
  const server = await impatientServer();
  const list = async (client: ReturnType<typeof clientsOf>) => await client.decisions.listDecisions({ pageSize: 100 });
  const flood = clientsOf(server.url, "human:mallory");
  const patient = clientsOf(server.url, "human:alice");
  await list(patient);

  let refused = 0;
  const until = new AbortController();
  const floods = Array.from({ length: 500 }, async () => {
    while (!until.signal.aborted) await list(flood).catch(() => (refused += 1));
  });
  const answers: string[] = [];
  for (let index = 0; index < 30; index++)
    answers.push(
      await list(patient).then(
        () => "served",
        (error: unknown) => String(error),
      ),
    );
  until.abort();
  await Promise.all(floods);
  expect(answers).toEqual(Array(30).fill("served"));
  expect(refused).toBeGreaterThan(100);
}, 120_000);
