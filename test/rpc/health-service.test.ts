import { createClient, createRouterTransport } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { describe, expect, test } from "vitest";
import { Health, HealthCheckResponse_ServingStatus as Status } from "../../gen/ts/grpc/health/v1/health_pb.ts";
import type { EventStore, StoreHealth } from "../../src/app/event-store.ts";
import { createHealthService } from "../../src/rpc/health-service.ts";
import { refusalOf } from "../e2e/refusal.ts";
import { eventually } from "../support/eventually.ts";
import { createManualClock } from "../support/manual-clock.ts";
import { serverUnderTest } from "../support/server-under-test.ts";

describe("follows the store", () => {
  function start() {
    let health: StoreHealth = { serving: true };
    const clock = createManualClock();
    const draining = new AbortController();
    const store = { health: async () => health } as unknown as EventStore;
    const services = ["nexus.attest.v1.DecisionService"];
    const service = createHealthService({ store, clock, services, draining: draining.signal });
    const client = createClient(
      Health,
      createRouterTransport(({ service: add }) => void add(Health, service)),
    );
    const set = (next: StoreHealth) => {
      health = next;
      clock.advance(1_000);
    };
    return { client, set, draining };
  }

  test("Check", async () => {
    const { client, set, draining } = start();
    expect((await client.check({})).status).toBe(Status.SERVING);
    set({ serving: false, reason: "disk full" });
    expect((await client.check({ service: "nexus.attest.v1.DecisionService" })).status).toBe(Status.NOT_SERVING);
    set({ serving: true });
    expect((await client.check({})).status).toBe(Status.SERVING);
    draining.abort();
    expect((await client.check({})).status).toBe(Status.NOT_SERVING);
  });

  test("Watch tells each change once, and the end of the server", async () => {
    const { client, set, draining } = start();
    const seen: Status[] = [];
    const ended = refusalOf(
      (async function* () {
        for await (const { status } of client.watch({})) yield seen.push(status);
      })(),
    );
    await eventually("serving", () => seen.length === 1);
    set({ serving: true });
    set({ serving: false, reason: "disk full" });
    await eventually("not serving", () => seen.length === 2);
    set({ serving: true });
    await eventually("serving again", () => seen.length === 3);
    draining.abort();
    expect(await ended).toMatchObject({ code: "Unavailable", reason: "SERVER_DRAINING" });
    expect(seen).toEqual([Status.SERVING, Status.NOT_SERVING, Status.SERVING, Status.NOT_SERVING]);
  });
});

describe("on the wire, to anybody", () => {
  test("the server and each of its services serve; others are unknown, in the standard's two ways", async () => {
    const server = await serverUnderTest();
    const client = createClient(Health, createGrpcTransport({ baseUrl: server.url }));
    const services = [
      "",
      "nexus.attest.v1.DecisionService",
      "nexus.attest.v1.TemplateService",
      "nexus.attest.v1.AuditService",
    ];
    for (const service of services) expect((await client.check({ service })).status).toBe(Status.SERVING);
    expect(await refusalOf(client.check({ service: "nope" }))).toMatchObject({
      code: "NotFound",
      reason: "SERVICE_UNKNOWN",
    });
    const leaving = new AbortController();
    const told = client.watch({ service: "nope" }, { signal: leaving.signal })[Symbol.asyncIterator]();
    expect((await told.next()).value?.status).toBe(Status.SERVICE_UNKNOWN);
    leaving.abort();
    await expect(told.next()).rejects.toThrow();
  });

  test("a deadline ends a watch as a deadline does", async () => {
    const server = await serverUnderTest();
    const client = createClient(Health, createGrpcTransport({ baseUrl: server.url }));
    expect(await refusalOf(client.watch({}, { timeoutMs: 100 }))).toMatchObject({ code: "DeadlineExceeded" });
    const line = await eventually("the line of the watch", () =>
      server.log.lines.find(({ facts }) => facts["rpc"] === "grpc.health.v1.Health/Watch"),
    );
    expect(["DeadlineExceeded", "Canceled"]).toContain(line.facts["code"]);
  });
});
