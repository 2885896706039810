import { timestampFromMs as at, timestampMs } from "@bufbuild/protobuf/wkt";
import { describe, expect, test } from "vitest";
import { LifecycleCause, type WatchDecisionResponse } from "../../gen/ts/nexus/attest/v1/decision_service_pb.ts";
import { DecisionState, TimelineCategory } from "../../gen/ts/nexus/attest/v1/lifecycle_pb.ts";
import { eventually } from "../support/eventually.ts";
import { createManualClock } from "../support/manual-clock.ts";
import { type ClientOptions, type ServerUnderTest, serverUnderTest } from "../support/server-under-test.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { refusalOf } from "./refusal.ts";
import { adaptersIn, approve, requested } from "./release.ts";

/** A watch that goes on in the background and keeps what it is told. */
function watch(server: ServerUnderTest, decisionId: string, fromSeq = 0, options: ClientOptions = {}) {
  const messages: WatchDecisionResponse["kind"][] = [];
  const stopping = new AbortController();
  const { decisions } = server.as("human:erin", options);
  const ended = (async () => {
    for await (const { kind } of decisions.watchDecision({ decisionId, fromSeq }, { signal: stopping.signal }))
      messages.push(kind);
  })();
  ended.catch(() => {});
  return {
    messages,
    ended,
    stop: () => stopping.abort(),
    seqs: () => messages.flatMap((kind) => (kind.case === "event" ? [kind.value.event?.seq] : [])),
    updates: () => messages.flatMap((kind) => (kind.case === "lifecycle" ? [kind.value] : [])),
    caughtUp: () => eventually("caught up", () => messages.some((kind) => kind.case === "caughtUp")),
  };
}

async function start(
  options: { readonly clock?: ReturnType<typeof createManualClock>; readonly config?: object } = {},
) {
  const directory = temporaryDirectory();
  const adapters = adaptersIn(directory);
  const { clock, config } = options;
  const server = await serverUnderTest({
    directory,
    config: { ...adapters.config, ...config },
    ...(clock === undefined ? {} : { clock }),
  });
  return { server, adapters };
}

describe.each<ClientOptions>([
  { protocol: "grpc" },
  { protocol: "connect" },
  { protocol: "grpc-web", httpVersion: "2" },
])("over $protocol", (wire) => {
  test("history, the state, the mark, then each event with the state after it, until the end ends the stream", async () => {
    const { server } = await start();
    const decisionId = await requested(server);
    const seen = watch(server, decisionId, 0, wire);
    await seen.caughtUp();
    expect(seen.messages.map((kind) => kind.case)).toEqual(["event", "event", "lifecycle", "caughtUp"]);
    await approve(server, decisionId, "carol", "dave");
    await server.as("human:bob").decisions.executeDecision({ decisionId });
    await seen.ended;
    expect(seen.seqs()).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(seen.updates().map(({ cause }) => cause)).toEqual([
      LifecycleCause.INITIAL,
      ...Array(5).fill(LifecycleCause.EVENT),
    ]);
    expect(seen.updates().map(({ lifecycle }) => lifecycle?.state)).toEqual([
      DecisionState.PENDING_APPROVAL,
      DecisionState.PENDING_APPROVAL,
      DecisionState.APPROVED,
      DecisionState.EXECUTING,
      DecisionState.EXECUTING,
      DecisionState.COMPLETED,
    ]);
    const entries = seen.updates().flatMap(({ newEntries }) => newEntries.map(({ category }) => category));
    expect(entries.filter((category) => category === TimelineCategory.THRESHOLD_MET)).toHaveLength(1);
  });
});

test("of a decision that has ended: everything, then OK", async () => {
  const { server } = await start();
  const decisionId = await requested(server);
  await server.as("human:bob").decisions.cancelDecision({ decisionId });
  const seen = watch(server, decisionId);
  await seen.ended;
  expect(seen.messages.map((kind) => kind.case)).toEqual(["event", "event", "event", "lifecycle", "caughtUp"]);
  const late = watch(server, decisionId, 3);
  await late.ended;
  expect(late.messages.map((kind) => kind.case)).toEqual(["lifecycle", "caughtUp"]);
});

test("reconnecting with the last seq + 1 again and again loses and repeats nothing", async () => {
  const { server } = await start();
  const decisionId = await requested(server);
  let writing = true;
  const writers = Promise.all(
    ["carol", "dave", "erin"].map(async (person) => {
      const { decisions } = server.as(`human:${person}`);
      for (let round = 0; round < 40; round++) {
        await decisions.grantApproval({ decisionId });
        await decisions.revokeApproval({ decisionId });
      }
    }),
  ).finally(() => {
    writing = false;
  });
  const seqs: (number | undefined)[] = [];
  let reconnects = 0;
  while (writing || seqs.length < 242) {
    const wanted = 1 + (reconnects++ % 7);
    const { decisions } = server.as("human:frank", { protocol: reconnects % 2 === 0 ? "grpc" : "connect" });
    const leaving = new AbortController();
    const messages = decisions.watchDecision({ decisionId, fromSeq: seqs.length }, { signal: leaving.signal });
    const enough = seqs.length + wanted;
    try {
      for await (const { kind } of messages) {
        if (leaving.signal.aborted) break;
        if (kind.case === "event") seqs.push(kind.value.event?.seq);
        if (seqs.length === enough || seqs.length === 242) leaving.abort();
      }
    } catch (error) {
      if (!leaving.signal.aborted) throw error;
    }
  }
  await writers;
  expect(seqs).toEqual(Array.from({ length: 242 }, (_, seq) => seq));
  expect(reconnects).toBeGreaterThan(30);
});

test("time alone: a TIME update at the instant that an approval expires, exactly once, with its derived entries", async () => {
  const clock = createManualClock();
  const { server } = await start({ clock });
  const decisionId = await requested(server);
  await approve(server, decisionId, "dave");
  const expiresAt = clock.now() + 60_000;
  await server.as("human:carol").decisions.grantApproval({ decisionId, expiresAt: at(expiresAt) });
  const seen = watch(server, decisionId);
  await seen.caughtUp();
  const [first] = seen.updates();
  expect(first?.lifecycle).toMatchObject({ state: DecisionState.APPROVED, nextChangeAt: at(expiresAt) });

  clock.advance(59_999);
  await server.as("human:frank").decisions.grantApproval({ decisionId, expiresAt: at(expiresAt + 60_000) });
  await eventually("the event of frank's approval", () => seen.updates().length === 2);
  expect(
    seen.updates().map(({ cause }) => cause),
    "a millisecond before, nothing has changed",
  ).toEqual([LifecycleCause.INITIAL, LifecycleCause.EVENT]);
  await server.as("human:frank").decisions.revokeApproval({ decisionId });
  clock.advance(1);
  await eventually("the update by time", () => seen.updates().some(({ cause }) => cause === LifecycleCause.TIME));
  const update = seen.updates().at(-1);
  expect(update).toMatchObject({ cause: LifecycleCause.TIME, lifecycle: { state: DecisionState.PENDING_APPROVAL } });
  expect(update?.lifecycle?.blockingReasons).toHaveLength(2);
  expect(update?.newEntries.map(({ category, time }) => [category, time && timestampMs(time)])).toEqual([
    [TimelineCategory.APPROVAL_EXPIRED, expiresAt],
    [TimelineCategory.THRESHOLD_LOST, expiresAt],
  ]);
  clock.advance(3_600_000);
  await server.as("human:bob").decisions.cancelDecision({ decisionId });
  await seen.ended;
  expect(seen.updates().filter(({ cause }) => cause === LifecycleCause.TIME)).toHaveLength(1);
});

test("while nothing happens: heartbeats", async () => {
  const { server } = await start({ config: { watch: { heartbeatSeconds: 0.05 } } });
  const decisionId = await requested(server);
  const seen = watch(server, decisionId);
  await eventually("three heartbeats", () => seen.messages.filter((kind) => kind.case === "heartbeat").length >= 3);
  seen.stop();
  await expect(seen.ended).rejects.toThrow();
});

test("the run's progress comes while it is at work, and an unknown outcome does not end the stream", async () => {
  const { server, adapters } = await start();
  const { decisions: bob } = server.as("human:bob");
  const decisionId = await requested(server, { adapterId: "waiting" });
  await approve(server, decisionId, "carol", "dave");
  const seen = watch(server, decisionId);
  await bob.executeDecision({ decisionId });
  await eventually("progress", () => seen.messages.some((kind) => kind.case === "runProgress"));
  await bob.settleExecution({
    decisionId,
    resolution: { case: "operatorStatement", value: { outcome: 1, reason: "the machine is gone" } },
  });
  await eventually(
    "the unknown outcome",
    () => seen.updates().at(-1)?.lifecycle?.state === DecisionState.OUTCOME_UNKNOWN,
  );
  adapters.go();
  await seen.ended;
  expect(seen.updates().at(-1)?.lifecycle?.state).toBe(DecisionState.COMPLETED);
  expect(seen.seqs()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
});

test("from beyond the end, and of nothing", async () => {
  const { server } = await start();
  const decisionId = await requested(server);
  const { decisions } = server.as("human:erin");
  expect(await refusalOf(decisions.watchDecision({ decisionId, fromSeq: 3 }))).toMatchObject({ code: "OutOfRange" });
  const next = watch(server, decisionId, 2);
  await next.caughtUp();
  expect(next.messages.map((kind) => kind.case)).toEqual(["lifecycle", "caughtUp"]);
  next.stop();
  expect(await refusalOf(decisions.watchDecision({ decisionId: "0".repeat(32) }))).toMatchObject({ code: "NotFound" });
});
