import { createClient, createRouterTransport } from "@connectrpc/connect";
import { expect, onTestFinished, test } from "vitest";
import { Health, HealthCheckResponse_ServingStatus as Status } from "../../gen/ts/grpc/health/v1/health_pb.ts";
import { createApproverKeys } from "../../src/app/approver-keys.ts";
import { SYSTEM_CLOCK } from "../../src/app/clock.ts";
import { createDecisionLogs } from "../../src/app/decision-logs.ts";
import { createDecisionSubscription } from "../../src/app/decision-subscription.ts";
import { createIndexer } from "../../src/app/indexer.ts";
import { createHealthService } from "../../src/rpc/health-service.ts";
import { INDEX_HEALTH } from "../../src/rpc/index-health.ts";
import { openSqliteDecisionIndex } from "../../src/store/sqlite/decision-index.ts";
import { doubleUnderTest } from "../eventstoredb/server-under-test.ts";
import { createCapturedLog } from "../support/captured-log.ts";
import { eventually } from "../support/eventually.ts";

/** An index over the double that may be behind by a fifth of a second, and the health service that tells of it. */
async function indexUnderTest() {
  const { double, network, open } = await doubleUnderTest();
  const store = open({ timing: { silence: 100, pause: [10, 50] } });
  const index = openSqliteDecisionIndex({ file: ":memory:" });
  const [clock, log] = [SYSTEM_CLOCK, createCapturedLog()];
  const subscription = createDecisionSubscription({ store, clock, log });
  const indexer = createIndexer({
    subscription,
    index,
    logs: createDecisionLogs(store),
    approverKeys: createApproverKeys({ store, clock, log }),
    clock,
    log,
  });
  const draining = new AbortController().signal;
  const service = createHealthService({
    store,
    clock,
    index,
    indexer,
    maxLag: 0.2,
    routerStanding: { isWell: () => true },
    services: [],
    draining,
  });
  const transport = createRouterTransport(({ service: add }) => void add(Health, service));
  const { check } = createClient(Health, transport);
  const stopping = new AbortController();
  const running = [subscription.run(stopping.signal), indexer.run(stopping.signal)];
  onTestFinished(async () => {
    stopping.abort();
    await Promise.all(running);
    index.close();
  });
  await indexer.caughtUp;
  return {
    double,
    network,
    whole: async () => (await check({})).status,
    ofIndex: async () => (await check({ service: INDEX_HEALTH })).status,
  };
}

test("a subscription that says nothing any more turns the index's health, and nothing else, until it goes on", async () => {
  const { double, network, whole, ofIndex } = await indexUnderTest();
  expect([await whole(), await ofIndex()]).toEqual([Status.SERVING, Status.SERVING]);
  const lift = double.faults.always("subscribe", { kind: "silence", after: 0 });
  network.cut();
  await eventually("the index is behind", async () => (await ofIndex()) === Status.NOT_SERVING);
  await eventually("the store serves", async () => (await whole()) === Status.SERVING);
  expect(await ofIndex()).toBe(Status.NOT_SERVING);
  lift();
  await eventually("the index has caught up", async () => (await ofIndex()) === Status.SERVING);
});

test("so does one that ends well again and again before it has told anything", async () => {
  const { double, network, ofIndex } = await indexUnderTest();
  const lift = double.faults.always("subscribe", { kind: "clean end", after: 1 });
  network.cut();
  await eventually("the index is behind", async () => (await ofIndex()) === Status.NOT_SERVING);
  lift();
  await eventually("the index has caught up", async () => (await ofIndex()) === Status.SERVING);
});

test("a quiet store is not one that is behind", async () => {
  const { double, ofIndex } = await indexUnderTest();
  const asked = double.calls.readAll;
  await eventually("it was silent for longer than it may be behind", () => double.calls.readAll > asked + 4);
  expect(await ofIndex()).toBe(Status.SERVING);
});
