import { describe, expect, test } from "vitest";
import { type CheckMessage, checkStore } from "../../src/app/check-store.ts";
import type { CheckStream } from "../../src/app/check-stream.ts";
import { contentOfStore } from "../../src/app/content-of-store.ts";
import { streamOf } from "../../src/app/decision-logs.ts";
import type { Position, StoredEvent } from "../../src/app/event-store.ts";
import type { StoreContent } from "../../src/app/store-content.ts";
import { digestMetadata } from "../../src/app/stored-digest.ts";
import { STREAM_CHECKS } from "../../src/app/stream-checks.ts";
import type { EventBody, PolicyAttached } from "../../src/domain/event.ts";
import { evolve } from "../../src/domain/evolve.ts";
import { MAX_EVENTS } from "../../src/domain/limits.ts";
import type { Decision } from "../../src/domain/state.ts";
import { seal } from "../../src/evidence/chain.ts";
import { decisionIdOf } from "../../src/evidence/decision-id.ts";
import { digestOf } from "../../src/evidence/digest.ts";
import { DIGESTS } from "../../src/evidence/digests.ts";
import { createManualClock } from "../support/manual-clock.ts";
import { caller, creation, decisionsUnderTest } from "./decisions-under-test.ts";

/** A store that holds these events, as it lists them. */
function contentOf(streams: Readonly<Record<string, readonly StoredEvent[]>>): StoreContent {
  const positions = Object.values(streams)
    .flat()
    .map(({ position }) => Number(position));
  return {
    total: positions.length,
    head: async () => (positions.length === 0 ? undefined : (`${Math.max(...positions)}` as Position)),
    isLater: (position, other) => Number(position) > Number(other),
    damage: () => [],
    async *streams() {
      yield* Object.keys(streams);
    },
    async *events(stream) {
      yield* streams[stream] ?? [];
    },
    has: async (stream) => stream in streams,
  };
}

const anyEvent = (stream: string, revision: number, position: number): StoredEvent => ({
  stream,
  revision,
  position: `${position}` as Position,
  id: `${position}`,
  type: "X",
  data: "{}",
});

async function told(content: StoreContent, checks?: Readonly<Record<string, CheckStream>>) {
  const messages: CheckMessage[] = [];
  const ports = { content, index: undefined, clock: createManualClock(), ...(checks && { checks }) };
  const checked = await checkStore(ports, (message) => messages.push(message));
  return {
    checked,
    problems: messages.flatMap((message) => (message.kind === "problem" ? [message.problem] : [])),
    notChecked: messages.flatMap((message) => (message.kind === "not checked" ? [message.stream] : [])),
    progress: messages.flatMap((message) => (message.kind === "progress" ? [message.events] : [])),
  };
}

/** The log of a decision in stored form: a request, its policy, and then approvals given and taken back. */
function longLog(count: number): { readonly stream: string; readonly events: readonly StoredEvent[] } {
  const { created, policy } = creation() as Extract<ReturnType<typeof creation>, { readonly type: "CREATE_DECISION" }>;
  const requester = { type: "HUMAN", id: "bob" } as const;
  const approver = { type: "HUMAN", id: "carol" } as const;
  const decisionId = decisionIdOf(requester, "first");
  let decision: Decision | undefined;
  const bodyAt = (seq: number): EventBody => {
    if (seq === 0) return created;
    if (policy === undefined || seq === 1) return policy as EventBody;
    if (seq % 2 === 1) return { type: "APPROVAL_REVOKED", approver, reason: "" };
    const requestDigest = DIGESTS.request(decisionId, created, policy as PolicyAttached);
    return { type: "APPROVAL_GRANTED", comment: "", expiresAt: undefined, requestDigest, groups: [] };
  };
  const events = Array.from({ length: count }, (_, seq) => {
    const sealed = seal({
      eventId: `${seq}`,
      decisionId,
      seq,
      occurredAt: 1_760_000_000_000,
      actor: seq < 2 ? requester : approver,
      delegate: undefined,
      requestId: seq < 2 ? "first" : `${seq}`,
      previousDigest: decision?.head.digest ?? "",
      body: bodyAt(seq),
    });
    // The last few alone matter to what follows, and replaying ten thousand approvals is not what is tested here.
    decision = { ...evolve(decision, sealed), approvals: evolve(decision, sealed).approvals.slice(-1) };
    const { text: data, digest } = sealed;
    const position = `${seq + 1}` as Position;
    return {
      ...anyEvent(`decision-${decisionId}`, seq, 0),
      position,
      id: `${seq}`,
      type: sealed.event.body.type,
      data,
      metadata: digestMetadata(digest),
    };
  });
  return { stream: `decision-${decisionId}`, events };
}

describe("who checks which streams is a table", () => {
  test("a stream of a kind that is not in it is named, its order looked at, and its content not", async () => {
    const { problems, notChecked, checked } = await told(
      contentOf({ "orders-1": [anyEvent("orders-1", 0, 1)], "orders-2": [anyEvent("orders-2", 1, 2)] }),
    );
    expect(notChecked).toEqual(["orders-1", "orders-2"]);
    expect(problems).toEqual([
      expect.objectContaining({
        kind: "LOG",
        stream: "orders-2",
        seq: 0,
        message: expect.stringMatching(/^it is missing/),
      }),
    ]);
    expect(checked).toMatchObject({ streams: 2, events: 1, index: undefined });
  });

  test("a name that goes on behind that of the one registry of keys is of no kind that is known", async () => {
    const { notChecked } = await told(contentOf({ "approver-keys-2": [anyEvent("approver-keys-2", 0, 1)] }));
    expect(notChecked).toEqual(["approver-keys-2"]);
    expect((await told(contentOf({ "approver-keys": [anyEvent("approver-keys", 0, 1)] }))).problems).toMatchObject([
      { kind: "LOG", stream: "approver-keys", seq: 0 },
    ]);
  });

  test("one more entry, and streams of its kind are checked", async () => {
    const checkOrder: CheckStream = async (_stream, events, _ports, report) => {
      for await (const { revision } of events) report({ kind: "RULE", seq: revision, message: "no good" });
    };
    const content = contentOf({ "orders-1": [anyEvent("orders-1", 0, 1), anyEvent("orders-1", 1, 2)] });
    const { problems, notChecked } = await told(content, { ...STREAM_CHECKS, "orders-": checkOrder });
    expect(notChecked).toEqual([]);
    expect(problems).toEqual([0, 1].map((seq) => ({ kind: "RULE", stream: "orders-1", seq, message: "no good" })));
  });
});

test("a message is cut where it would be as long as what it is about", async () => {
  const talkative: CheckStream = async (_stream, _events, _ports, report) =>
    report({ kind: "RULE", message: "😀".repeat(9_000) });
  const { problems } = await told(contentOf({ "orders-1": [anyEvent("orders-1", 0, 1)] }), { "orders-": talkative });
  expect(problems[0]?.message).toBe(`${"😀".repeat(500)}…`);
});

test("tells again and again how many events it has read, and in the end all", async () => {
  const events = Array.from({ length: 1_000 }, (_, revision) => anyEvent("orders-1", revision, revision + 1));
  expect((await told(contentOf({ "orders-1": events }))).progress).toEqual([256, 512, 768, 1_000]);
});

test("a log is looked at as far as a decision can go", { timeout: 60_000 }, async () => {
  const { stream, events } = longLog(MAX_EVENTS + 1);
  expect((await told(contentOf({ [stream]: events.slice(0, MAX_EVENTS) }))).problems).toEqual([]);
  expect((await told(contentOf({ [stream]: events }))).problems).toEqual([
    {
      kind: "LOG",
      stream,
      seq: MAX_EVENTS,
      message: "a decision has 10000 events at most; what follows was not looked at",
    },
  ]);
});

test("an outcome beyond the policy's number of steps breaks a rule; over any store, by the port alone", async () => {
  const decisions = await decisionsUnderTest();
  const decisionId = await decisions.create({ policy: { maxSteps: 2 } });
  await decisions.approve(decisionId);
  const { head } = (await decisions.begin(decisionId)).decision;
  const { text, digest, event } = seal({
    eventId: "e",
    decisionId,
    seq: head.seq + 1,
    occurredAt: head.occurredAt,
    ...caller("bob"),
    previousDigest: head.digest,
    body: {
      type: "EXECUTION_COMPLETED",
      runId: "run",
      routerDigest: digestOf("the record"),
      routerMediaType: "",
      stepsExecuted: 3,
      settlement: undefined,
    },
  });
  const forged = { id: event.eventId, type: event.body.type, data: text, metadata: digestMetadata(digest) };
  await decisions.real.append(streamOf(decisionId), head.seq, [forged]);
  const { problems, checked } = await told(contentOfStore(decisions.real, createManualClock()));
  expect(problems).toMatchObject([
    { kind: "RULE", seq: 0, message: expect.stringMatching(/^decision_id: /) },
    {
      kind: "RULE",
      seq: 5,
      message: "outcome: More steps were executed than the policy allows. (expected at most 2, found 3)",
    },
  ]);
  expect(checked).toMatchObject({ streams: 1, events: 6 });
});
