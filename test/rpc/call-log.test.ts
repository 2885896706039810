import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { Mode } from "../../gen/ts/nexus/attest/v1/plan_pb.ts";
import { DECISIONS, enveloped, postHttp2 } from "../e2e/raw-call.ts";
import { refusalOf } from "../e2e/refusal.ts";
import { adaptersIn, approve, POLICY, RELEASE, type RequestInit, requested, STEP } from "../e2e/release.ts";
import { eventually } from "../support/eventually.ts";
import { type ServerUnderTest, serverUnderTest } from "../support/server-under-test.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

const RPC = "nexus.attest.v1.DecisionService";

function callsOf(server: ServerUnderTest): readonly Readonly<Record<string, unknown>>[] {
  return server.log.lines.filter(({ message }) => message === "call").map(({ level, facts }) => ({ level, ...facts }));
}

describe("one line for each call", () => {
  test("says which, how it ended, how long it took, about which decision and by whom", async () => {
    const server = await serverUnderTest();
    const decisionId = await requested(server);
    await refusalOf(server.as("system:robot").decisions.executeDecision({ decisionId }));
    await server.as("human:carol").decisions.listDecisions({});
    expect(callsOf(server)).toEqual([
      {
        level: "info",
        rpc: `${RPC}/CreateDecision`,
        code: "OK",
        ms: expect.any(Number),
        decision_id: decisionId,
        actor: "human:bob",
      },
      {
        level: "info",
        rpc: `${RPC}/ExecuteDecision`,
        code: "FailedPrecondition",
        reason: "GATE_CLOSED",
        ms: expect.any(Number),
        decision_id: decisionId,
        actor: "system:robot",
      },
      { level: "info", rpc: `${RPC}/ListDecisions`, code: "OK", ms: expect.any(Number), actor: "human:carol" },
    ]);
  });

  test("says why somebody was not let in, for whoever runs the server, and not what they sent", async () => {
    const server = await serverUnderTest();
    await refusalOf(server.as(undefined, { headers: { authorization: "Bearer hunter2" } }).decisions.listDecisions({}));
    expect(callsOf(server)).toEqual([
      expect.objectContaining({
        reason: "UNAUTHENTICATED",
        why: expect.stringMatching(/^This server runs with development identity/),
      }),
    ]);
    expect(JSON.stringify(callsOf(server))).not.toContain("hunter2");
  });

  test("a stream's line comes at its end", async () => {
    const server = await serverUnderTest();
    const decisionId = await requested(server);
    const leaving = new AbortController();
    const messages = server.as("human:erin").decisions.watchDecision({ decisionId }, { signal: leaving.signal });
    const seen = refusalOf(messages);
    await server.as("human:bob").decisions.getDecision({ decisionId });
    expect(callsOf(server).filter(({ rpc }) => rpc === `${RPC}/WatchDecision`)).toEqual([]);
    leaving.abort();
    await seen;
    const line = await eventually("its line", () => callsOf(server).find(({ rpc }) => rpc === `${RPC}/WatchDecision`));
    expect(line).toMatchObject({
      level: "info",
      code: "Canceled",
      reason: "CANCELLED",
      decision_id: decisionId,
      actor: "human:erin",
    });
  });

  test.each([
    ["nobody valid", { "content-type": "application/json" }, "{}", "Unauthenticated"],
    ["bad JSON", { "content-type": "application/json", "nexus-actor": "human:a" }, "{", "InvalidArgument"],
    [
      "too large",
      { "content-type": "application/json", "nexus-actor": "human:a" },
      "x".repeat(5_000_000),
      "ResourceExhausted",
    ],
    [
      "a field that breaks a constraint",
      { "content-type": "application/json", "nexus-actor": "human:a" },
      "{}",
      "InvalidArgument",
    ],
  ])("also for one that never comes to its handler: %s", async (_, headers, body, code) => {
    const server = await serverUnderTest();
    await fetch(`${server.url}${DECISIONS}/GetDecision`, { method: "POST", headers, body });
    expect(callsOf(server)).toMatchObject([{ level: "info", rpc: `${RPC}/GetDecision`, code }]);
  });

  test("over gRPC as well, unary and streaming", async () => {
    const server = await serverUnderTest();
    const garbage = enveloped(Uint8Array.from([255, 255]));
    for (const rpc of ["GetDecision", "WatchDecision"]) {
      await postHttp2(
        server.url,
        `${DECISIONS}/${rpc}`,
        { "content-type": "application/grpc", "nexus-actor": "human:a" },
        garbage,
      );
      await postHttp2(server.url, `${DECISIONS}/${rpc}`, { "content-type": "application/grpc" }, garbage);
    }
    expect(callsOf(server).map(({ rpc, code, level }) => [rpc, code, level])).toEqual([
      [`${RPC}/GetDecision`, "Internal", "info"],
      [`${RPC}/GetDecision`, "Unauthenticated", "info"],
      [`${RPC}/WatchDecision`, "Internal", "info"],
      [`${RPC}/WatchDecision`, "Unauthenticated", "info"],
    ]);
  });
});

test("no line of the log ever holds what callers send or what adapters are given", async () => {
  const directory = temporaryDirectory();
  const adapters = adaptersIn(directory);
  const SECRET = "MARKER";
  const [files, ...others] = adapters.config.adapters;
  const config = { adapters: [{ ...files, env: { TOKEN: `env-${SECRET}` } }, ...others] };
  const server = await serverUnderTest({ directory, config });
  const { decisions: bob, audit } = server.as("human:bob");
  const { decisions: carol } = server.as("human:carol");

  const call = { ...STEP.call, argumentsJson: JSON.stringify({ path: `${SECRET}.txt`, content: SECRET }) };
  const request: RequestInit = {
    goal: `goal ${SECRET}`,
    labels: [{ key: "team", value: SECRET }],
    plan: {
      steps: [
        { ...STEP, intent: `intent ${SECRET}`, call },
        { stepId: "bad", call: { tool: "files", method: `fail-${SECRET}` } },
      ],
    },
    policySource: { case: "policy", value: { ...POLICY, minApprovals: 1 } },
  };
  const decisionId = await requested(server, request);
  await carol.grantApproval(
    { decisionId, comment: SECRET },
    { headers: { authorization: `Bearer ${SECRET}`, cookie: SECRET } },
  );
  await carol.revokeApproval({ decisionId, reason: SECRET });
  await refusalOf(bob.executeDecision({ decisionId, adapterId: SECRET }));
  await approve(server, decisionId, "dave");
  await bob.executeDecision({ decisionId, wait: { seconds: 30n } });
  await refusalOf(
    bob.settleExecution({
      decisionId,
      resolution: { case: "operatorStatement", value: { outcome: 1, reason: SECRET } },
    }),
  );
  await audit.exportAuditPackage({ decisionId, mode: 2 });
  await audit.verifyAuditPackage({ packageJson: new TextEncoder().encode(`{"${SECRET}":1}`) });
  for await (const _ of bob.watchDecision({ decisionId }));

  // What is wrong is told to its sender, and to nobody else.
  await refusalOf(bob.getDecision({ decisionId: SECRET }));
  await refusalOf(bob.createDecision({ goal: "", mode: Mode.APPLY, requestId: `? ${SECRET}` }));
  await refusalOf(bob.listDecisions({ pageToken: SECRET }));
  await refusalOf(bob.watchDecisions({ cursor: SECRET }));
  await refusalOf(
    bob.createDecision({ ...RELEASE, policySource: { case: "template", value: { name: SECRET.toLowerCase() } } }),
  );
  await refusalOf(server.as(`human:a ${SECRET}`).decisions.listDecisions({}));
  await refusalOf(server.as("human:a", { groups: `? ${SECRET}` }).decisions.listDecisions({}));
  const json = { "content-type": "application/json", "nexus-actor": "human:a" };
  for (const body of [`{"${SECRET}":1}`, `{"goal":"${SECRET}`, `{"decisionId":{"${SECRET}":1}}`])
    await fetch(`${server.url}${DECISIONS}/GetDecision?${SECRET}`, { method: "POST", headers: json, body });
  await fetch(`${server.url}/${SECRET}`, { headers: { origin: `http://${SECRET}` } });

  const lines = server.log.lines.map((line) =>
    inspect(line, { depth: 20, maxStringLength: null, maxArrayLength: null }),
  );
  expect(lines.length).toBeGreaterThan(20);
  expect(lines.filter((line) => line.toLowerCase().includes(SECRET.toLowerCase()))).toEqual([]);
});
