import { mkdirSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import { createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { describe, expect, test } from "vitest";
import { Health, HealthCheckResponse_ServingStatus as Status } from "../gen/ts/grpc/health/v1/health_pb.ts";
import { DecisionState } from "../gen/ts/nexus/attest/v1/lifecycle_pb.ts";
import { configSchema } from "../src/config/schema.ts";
import { startServer } from "../src/server.ts";
import { refusalOf } from "./e2e/refusal.ts";
import { adaptersIn, approve, eventsOf, requested } from "./e2e/release.ts";
import { createCapturedLog } from "./support/captured-log.ts";
import { eventually } from "./support/eventually.ts";
import { serverUnderTest } from "./support/server-under-test.ts";
import { temporaryDirectory } from "./support/temporary-directory.ts";

describe("a server that drains", () => {
  test("ends every stream with UNAVAILABLE and a reason to come back, and takes no more connections", async () => {
    const server = await serverUnderTest();
    const decisionId = await requested(server);
    const { decisions } = server.as("human:erin");
    const health = createClient(Health, createGrpcTransport({ baseUrl: server.url }));
    let heard = 0;
    const counted = async (stream: AsyncIterable<unknown>) => {
      for await (const _ of stream) heard += 1;
    };
    const ends = [
      refusalOf(counted(decisions.watchDecision({ decisionId }))),
      refusalOf(counted(decisions.watchDecisions({}))),
      refusalOf(counted(health.watch({}))),
    ];
    await eventually("all streams are caught up", () => heard >= 4 + 2 + 1);
    await server.close();
    for (const end of ends)
      expect(await end).toMatchObject({ code: "Unavailable", reason: "SERVER_DRAINING", domain: "nexus-attest" });
    expect(await refusalOf(decisions.getDecision({ decisionId }))).toMatchObject({ code: "Unavailable" });
    expect(server.log.lines.at(-1)?.message).toBe("shut down");
  });

  test("waits for a run under way and records its end", async () => {
    const directory = temporaryDirectory();
    const adapters = adaptersIn(directory);
    const server = await serverUnderTest({ directory, config: adapters.config });
    const decisionId = await requested(server, { adapterId: "waiting" });
    await approve(server, decisionId, "carol", "dave");
    await server.as("human:bob").decisions.executeDecision({ decisionId });
    await eventually("the adapter is at work", () => adapters.read("calls"));
    const closed = server.close();
    adapters.go();
    await closed;

    const next = await serverUnderTest({ directory, config: adapters.config });
    const { decision } = await next.as("human:bob").decisions.getDecision({ decisionId });
    expect(decision?.lifecycle?.state).toBe(DecisionState.COMPLETED);
    expect(adapters.read("calls")).toBe("files write\n");
  });

  test("ends a run that outlasts the drain, and the next server records what became of it, without a second run", async () => {
    const directory = temporaryDirectory();
    const adapters = adaptersIn(directory);
    const config = { ...adapters.config, execution: { drainSeconds: 0.2 } };
    const server = await serverUnderTest({ directory, config });
    const decisionId = await requested(server, { adapterId: "waiting" });
    await approve(server, decisionId, "carol", "dave");
    await server.as("human:bob").decisions.executeDecision({ decisionId });
    await eventually("the adapter is at work", () => adapters.read("calls"));
    await server.close();

    const next = await serverUnderTest({ directory, config });
    const { decisions } = next.as("human:bob");
    const state = await eventually("an outcome", async () => {
      const { decision } = await decisions.getDecision({ decisionId });
      return decision?.lifecycle?.state !== DecisionState.EXECUTING && decision?.lifecycle?.state;
    });
    expect([DecisionState.FAILED, DecisionState.OUTCOME_UNKNOWN]).toContain(state);
    expect(
      (await eventsOf(next.as("human:bob"), decisionId)).filter(({ body }) => body.case === "executionStarted"),
    ).toHaveLength(1);
    expect(adapters.read("calls")).toBe("files write\n");
  });

  test("lets calls under way end: a burst of commands is answered whole, and what was acknowledged is there afterwards", async () => {
    const directory = temporaryDirectory();
    const server = await serverUnderTest({ directory });
    const { decisions } = server.as("human:bob");
    await requested(server);
    const calls = Array.from({ length: 200 }, (_, index) =>
      requested(server, { requestId: `burst-${index}` }).catch(() => undefined),
    );
    await decisions.listDecisions({});
    await server.close();
    const acknowledged = (await Promise.all(calls)).filter((id) => id !== undefined);

    const next = await serverUnderTest({ directory });
    for (const decisionId of acknowledged) await next.as("human:bob").decisions.getDecision({ decisionId });
    expect(acknowledged.length).toBeGreaterThan(0);
  });

  test("closing twice is closing once", async () => {
    const server = await serverUnderTest();
    await Promise.all([server.close(), server.close()]);
    await server.close();
    expect(server.log.lines.filter(({ message }) => message === "shut down")).toHaveLength(1);
  });

  test("is gone from health before it is gone", async () => {
    const server = await serverUnderTest();
    const health = createClient(Health, createGrpcTransport({ baseUrl: server.url }));
    const seen: Status[] = [];
    const watched = refusalOf(
      (async () => {
        for await (const { status } of health.watch({})) seen.push(status);
      })(),
    );
    await eventually("serving", () => seen.length === 1);
    await server.close();
    await watched;
    expect(seen).toEqual([Status.SERVING, Status.NOT_SERVING]);
  });
});

describe("a server that cannot start says why, and holds nothing", () => {
  const surroundings = { log: createCapturedLog(), environment: {} };
  const configure = (directory: string, config: object = {}) =>
    configSchema.parse({ listen: "127.0.0.1:0", dataDir: join(directory, "data"), ...config });

  test("a second server on the same data directory", async () => {
    const server = await serverUnderTest();
    await expect(startServer(configure(server.directory), surroundings)).rejects.toThrow(/data directory .* is in use/);
    await requested(server);
    await server.close();
    await (await startServer(configure(server.directory), surroundings)).close();
  });

  test("a port that is taken", async () => {
    const server = await serverUnderTest();
    const directory = temporaryDirectory();
    const listen = new URL(server.url).host;
    await expect(startServer(configure(directory, { listen }), surroundings)).rejects.toThrow(listen);
    await (await startServer(configure(directory), surroundings)).close();
  });

  test("an adapter whose secret is not there", async () => {
    const directory = temporaryDirectory();
    const adapters = [
      { id: "a", kind: "http", url: "http://127.0.0.1:1", headers: { authorization: { env: "MISSING" } } },
    ];
    await expect(startServer(configure(directory, { adapters }), surroundings)).rejects.toThrow(
      /adapters\[0\].*MISSING/,
    );
    await (await startServer(configure(directory), surroundings)).close();
  });

  test("an index that cannot be opened", async () => {
    const directory = temporaryDirectory();
    const index = join(directory, "data", "index.sqlite");
    mkdirSync(index, { recursive: true });
    await expect(startServer(configure(directory), surroundings)).rejects.toThrow();
    rmdirSync(index);
    await (await startServer(configure(directory), surroundings)).close();
  });
});
