import { createClient, createRouterTransport } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { describe, expect, test } from "vitest";
import { Health, HealthCheckResponse_ServingStatus as Status } from "../../gen/ts/grpc/health/v1/health_pb.ts";
import type { EventStore, Position, StoreHealth } from "../../src/app/event-store.ts";
import type { Lag } from "../../src/app/index-lag.ts";
import { createHealthService } from "../../src/rpc/health-service.ts";
import { INDEX_HEALTH, LAG_HEADERS } from "../../src/rpc/index-health.ts";
import { refusalOf } from "../e2e/refusal.ts";
import { eventually } from "../support/eventually.ts";
import { createManualClock } from "../support/manual-clock.ts";
import { serverUnderTest } from "../support/server-under-test.ts";

describe("follows the store", () => {
  function start() {
    let health: StoreHealth = { serving: true };
    let lag: Lag = { seconds: 0, events: 0 };
    const clock = createManualClock();
    const draining = new AbortController();
    const store = { health: async () => health } as unknown as EventStore;
    const services = ["nexus.attest.v1.DecisionService"];
    const index = { position: () => "c42" as Position };
    const indexer = { lag: () => lag };
    const ports = {
      store,
      clock,
      index,
      indexer,
      maxLag: 30,
      routerStanding: { isWell: () => true },
      services,
      draining: draining.signal,
    };
    const service = createHealthService(ports);
    const client = createClient(
      Health,
      createRouterTransport(({ service: add }) => void add(Health, service)),
    );
    const set = (next: StoreHealth) => {
      health = next;
      clock.advance(1_000);
    };
    const setLag = (next: Lag) => {
      lag = next;
      clock.advance(1_000);
    };
    return { client, set, setLag, draining };
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

  test("but the index by itself: it serves while it is behind by no more than it may be, and says by how much", async () => {
    const { client, set, setLag, draining } = start();
    let headers = new Headers();
    const onHeader = (received: Headers) => {
      headers = received;
    };
    const check = async () => (await client.check({ service: INDEX_HEALTH }, { onHeader })).status;
    expect(await check()).toBe(Status.SERVING);
    const told = () => Object.values(LAG_HEADERS).map((name) => headers.get(name));
    expect(told()).toEqual(["0", "0", "c42"]);
    set({ serving: false, reason: "disk full" });
    expect(await check()).toBe(Status.SERVING);
    set({ serving: true });
    setLag({ seconds: 30, events: 7 });
    expect(await check()).toBe(Status.SERVING);
    setLag({ seconds: 30.1, events: 9 });
    expect(await check()).toBe(Status.NOT_SERVING);
    expect(told()).toEqual(["30.1", "9", "c42"]);
    expect((await client.check({})).status, "nothing else depends on it").toBe(Status.SERVING);
    setLag({ seconds: 0, events: 0 });
    draining.abort();
    expect(await check()).toBe(Status.NOT_SERVING);
  });

  test("Watch tells of the index, too", async () => {
    const { client, setLag } = start();
    const watching = client.watch({ service: INDEX_HEALTH })[Symbol.asyncIterator]();
    expect((await watching.next()).value?.status).toBe(Status.SERVING);
    setLag({ seconds: 31, events: 1 });
    const next = watching.next();
    setLag({ seconds: 31, events: 1 });
    expect((await next).value?.status).toBe(Status.NOT_SERVING);
    await watching.return?.();
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
      INDEX_HEALTH,
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
