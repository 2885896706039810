import { expect, test } from "vitest";
import { DecisionState } from "../../gen/ts/nexus/attest/v1/lifecycle_pb.ts";
import { eventually } from "../support/eventually.ts";
import { type ClientOptions, serverUnderTest } from "../support/server-under-test.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { DECISIONS, enveloped, postHttp2 } from "./raw-call.ts";
import { refusalOf } from "./refusal.ts";
import { adaptersIn, approve, requested } from "./release.ts";

const WIRES: readonly ClientOptions[] = [{ protocol: "grpc" }, { protocol: "connect" }, { protocol: "grpc-web" }];

test.each(WIRES)("over $protocol, a deadline ends a wait and a stream; the run goes on", async (wire) => {
  const directory = temporaryDirectory();
  const adapters = adaptersIn(directory);
  const server = await serverUnderTest({ directory, config: adapters.config });
  const { decisions } = server.as("human:bob", wire);
  const decisionId = await requested(server, { adapterId: "waiting" });
  await approve(server, decisionId, "carol", "dave");
  const wanted = { code: "DeadlineExceeded" };
  expect(
    await refusalOf(decisions.executeDecision({ decisionId, wait: { seconds: 60n } }, { timeoutMs: 300 })),
  ).toMatchObject(wanted);
  expect(await refusalOf(decisions.watchDecision({ decisionId }, { timeoutMs: 300 }))).toMatchObject(wanted);
  adapters.go();
  await eventually("the run's end", async () => {
    const { decision } = await decisions.getDecision({ decisionId });
    return decision?.lifecycle?.state === DecisionState.COMPLETED;
  });
});

test("the server itself keeps the deadline and says so with a reason, to a client that does not look at the clock", async () => {
  const directory = temporaryDirectory();
  const adapters = adaptersIn(directory);
  const server = await serverUnderTest({ directory, config: adapters.config });
  const decisionId = await requested(server, { adapterId: "waiting" });
  await approve(server, decisionId, "carol", "dave");
  const headers = { "content-type": "application/json", "nexus-actor": "human:bob", "connect-timeout-ms": "200" };
  const body = JSON.stringify({ decisionId, wait: "60s" });
  const response = await fetch(`${server.url}${DECISIONS}/ExecuteDecision`, { method: "POST", headers, body });
  expect(response.status).toBe(504);
  expect(await response.json()).toMatchObject({
    code: "deadline_exceeded",
    details: [{ type: "google.rpc.ErrorInfo", debug: { reason: "DEADLINE_EXCEEDED", domain: "nexus-attest" } }],
  });
  const list = JSON.stringify({ consistencyToken: `${decisionId}.999` });
  const waited = await fetch(`${server.url}${DECISIONS}/ListDecisions`, { method: "POST", headers, body: list });
  expect(await waited.json()).toMatchObject({ code: "deadline_exceeded" });
  const grpc = { "content-type": "application/grpc+json", "nexus-actor": "human:bob", "grpc-timeout": "200m" };
  const message = enveloped(new TextEncoder().encode(JSON.stringify({ decisionId })));
  const { trailers } = await postHttp2(server.url, `${DECISIONS}/WatchDecision`, grpc, message);
  expect(trailers["grpc-status"]).toBe("4");
  expect(Buffer.from(String(trailers["grpc-status-details-bin"]), "base64").toString("latin1")).toContain(
    "DEADLINE_EXCEEDED",
  );
  adapters.go();
});

test.each([
  ["application/json", "connect-timeout-ms"],
  ["application/grpc+json", "grpc-timeout"],
])("with %s, a command whose deadline is over before it begins writes nothing", async (type, header) => {
  const server = await serverUnderTest();
  const decisionId = await requested(server);
  const body = new TextEncoder().encode(JSON.stringify({ decisionId }));
  const isGrpc = header === "grpc-timeout";
  const headers = { "content-type": type, "nexus-actor": "human:carol", [header]: isGrpc ? "0m" : "0" };
  await postHttp2(server.url, `${DECISIONS}/GrantApproval`, headers, isGrpc ? enveloped(body) : body);
  const line = server.log.lines.find(({ facts }) => String(facts["rpc"]).endsWith("GrantApproval"));
  expect(line?.facts).toMatchObject({ code: "DeadlineExceeded" });
  expect((await server.as("human:bob").decisions.getDecision({ decisionId })).decision?.headSeq).toBe(1);
});

test.each(WIRES)("over $protocol, a cancelled call is CANCELED on both sides", async (wire) => {
  const directory = temporaryDirectory();
  const adapters = adaptersIn(directory);
  const server = await serverUnderTest({ directory, config: adapters.config });
  const { decisions } = server.as("human:bob", wire);
  const decisionId = await requested(server, { adapterId: "waiting" });
  await approve(server, decisionId, "carol", "dave");
  const leaving = new AbortController();
  const refusal = refusalOf(
    decisions.executeDecision({ decisionId, wait: { seconds: 60n } }, { signal: leaving.signal }),
  );
  await eventually("the adapter is at work", () => adapters.read("calls"));
  leaving.abort();
  expect(await refusal).toMatchObject({ code: "Canceled" });
  const line = await eventually("its line", () =>
    server.log.lines.find(({ facts }) => facts["rpc"] === "nexus.attest.v1.DecisionService/ExecuteDecision"),
  );
  expect(line.facts).toMatchObject({ code: "Canceled", reason: "CANCELLED", decision_id: decisionId });
  adapters.go();
});

test.each([
  ["application/connect+json", "connect-timeout-ms", "2592000000"],
  ["application/grpc+json", "grpc-timeout", "2592000S"],
  ["application/grpc+json", "grpc-timeout", "99999999H"],
  ["application/grpc-web+json", "grpc-timeout", "720H"],
])(
  "with %s, a deadline further ahead than a timer can count does not end the call at once: %s %s",
  async (type, header, value) => {
    const server = await serverUnderTest();
    const decisionId = await requested(server);
    const headers = { "content-type": type, "nexus-actor": "human:carol", [header]: value };
    const body = enveloped(new TextEncoder().encode(JSON.stringify({ decisionId })));
    const call = postHttp2(server.url, `${DECISIONS}/WatchDecision`, headers, body);
    await server.as("human:bob").decisions.cancelDecision({ decisionId });
    expect((await call).text).toContain("DECISION_STATE_CANCELLED");
  },
);
