import { describe, expect, test } from "vitest";
import { createApproverKeys } from "../../src/app/approver-keys.ts";
import { createDecisionLogs } from "../../src/app/decision-logs.ts";
import { type EventStore, StoreUnavailable, WrongExpectedRevision } from "../../src/app/event-store.ts";
import { createCommandHandler } from "../../src/app/handle-command.ts";
import { Refused } from "../../src/app/refused.ts";
import { SERVER_ACTOR } from "../../src/domain/actor.ts";
import { createCapturedLog } from "../support/captured-log.ts";
import { createManualClock } from "../support/manual-clock.ts";
import {
  ADAPTER,
  approval,
  CANCELLATION,
  caller,
  creation,
  decisionsUnderTest,
  EXECUTION,
  newDecisionId,
  REVOCATION,
  START,
} from "./decisions-under-test.ts";

describe("request_id", () => {
  test.each([
    { name: "creating", command: creation(), by: "bob", isCreating: true },
    { name: "approving", command: approval("fine", Date.UTC(2026, 5, 1)), by: "carol" },
    { name: "cancelling", command: CANCELLATION, by: "bob" },
  ])("repeated for $name: the first answer, nothing written", async ({ command, by, isCreating }) => {
    const decisions = await decisionsUnderTest();
    const decisionId = isCreating ? newDecisionId() : await decisions.create();
    const who = caller(by, "my-key");
    const first = await decisions.handle(who, decisionId, command);
    expect(first.repeated).toBe(false);
    const stored = await Array.fromAsync(decisions.real.read(`decision-${decisionId}`));
    decisions.clock.advance(60_000);
    expect(await decisions.handle(who, decisionId, command)).toEqual({ ...first, repeated: true });
    expect(await Array.fromAsync(decisions.real.read(`decision-${decisionId}`))).toEqual(stored);
  });

  test("repeated after others have acted: the decision as it was right after the first", async () => {
    const decisions = await decisionsUnderTest();
    const decisionId = await decisions.create({ policy: { minApprovals: 3 } });
    const who = caller("carol", "my-key");
    const first = await decisions.handle(who, decisionId, approval());
    await decisions.approve(decisionId, "dave");
    await decisions.handle(caller("carol"), decisionId, REVOCATION);
    expect(await decisions.handle(who, decisionId, approval())).toEqual({ ...first, repeated: true });
    await decisions.handle(caller("bob"), decisionId, CANCELLATION);
    expect(await decisions.handle(who, decisionId, approval())).toEqual({ ...first, repeated: true });
  });

  test.each([
    { what: "another comment", command: approval("other") },
    { what: "another expiry", command: approval("fine", Date.UTC(2026, 5, 1)) },
    { what: "another command", command: REVOCATION },
  ])("reused for $what: refused, nothing written", async ({ command }) => {
    const decisions = await decisionsUnderTest();
    const decisionId = await decisions.create();
    const who = caller("carol", "my-key");
    await decisions.handle(who, decisionId, approval("fine"));
    const refusal = { name: "Refused", reason: "REQUEST_ID_REUSED" };
    await expect(decisions.handle(who, decisionId, command)).rejects.toMatchObject(refusal);
    expect(await Array.fromAsync(decisions.real.read(`decision-${decisionId}`))).toHaveLength(3);
  });

  test("creating with the same key but another goal: refused", async () => {
    const decisions = await decisionsUnderTest();
    const decisionId = newDecisionId();
    const who = caller("bob", "my-key");
    await decisions.handle(who, decisionId, creation());
    for (const other of [creation({ goal: "another" }), creation({ policy: { minApprovals: 2 } })])
      await expect(decisions.handle(who, decisionId, other)).rejects.toMatchObject({ reason: "REQUEST_ID_REUSED" });
  });

  test("is an actor's own: another's command with the same key is a new one", async () => {
    const decisions = await decisionsUnderTest();
    const decisionId = await decisions.create({ policy: { minApprovals: 2 } });
    await decisions.handle(caller("carol", "key"), decisionId, approval());
    const { repeated } = await decisions.handle(caller("dave", "key"), decisionId, approval());
    expect(repeated).toBe(false);
    const system = { ...caller("carol", "key"), actor: { type: "SYSTEM", id: "carol" } } as const;
    await expect(decisions.handle(system, decisionId, approval())).rejects.toMatchObject({ name: "Refused" });
  });

  test("the server goes on under the key of the command that it follows from", async () => {
    const decisions = await decisionsUnderTest();
    const decisionId = await decisions.create({ policy: { minApprovals: 0 } });
    const gate = await decisions.handle(caller("bob", "go"), decisionId, EXECUTION, { adapter: ADAPTER });
    expect(gate.decision.phase.kind).toBe("gated");
    const server = { ...caller("", "go"), actor: SERVER_ACTOR };
    const started = await decisions.handle(server, decisionId, START);
    expect(started).toMatchObject({ repeated: false, decision: { phase: { kind: "started" } } });
  });

  test("twenty repeats at the same time: one is written, all get the same answer", async () => {
    const decisions = await decisionsUnderTest();
    const decisionId = newDecisionId();
    const who = caller("bob", "my-key");
    const answers = await Promise.all(Array.from({ length: 20 }, () => decisions.handle(who, decisionId, creation())));
    expect(answers.filter(({ repeated }) => !repeated)).toHaveLength(1);
    for (const { written } of answers) expect(written).toEqual(answers[0]?.written);
    expect(await Array.fromAsync(decisions.real.read(`decision-${decisionId}`))).toHaveLength(2);
  });
});

describe("time", () => {
  test("a clock that steps back: what is recorded never does, and commands are judged by what they record", async () => {
    const decisions = await decisionsUnderTest();
    const start = decisions.clock.now();
    const decisionId = await decisions.create({ policy: { minApprovals: 3 } });
    decisions.clock.set(start + 10_000);
    await decisions.approve(decisionId, "carol");
    decisions.clock.set(start - 3_600_000);
    await decisions.approve(decisionId, "dave");
    // By the clock this expires later, by the log it has expired already.
    await expect(decisions.approve(decisionId, "erin", start + 10_000)).rejects.toMatchObject({ name: "Refused" });
    decisions.clock.set(start + 20_000);
    const { decision } = await decisions.approve(decisionId, "erin");
    const log = await decisions.logs.load(decisionId);
    expect(log?.events.map(({ event }) => event.occurredAt - start)).toEqual([0, 0, 10_000, 10_000, 20_000]);
    expect(decision.head.occurredAt).toBe(start + 20_000);
  });
});

describe("many at once", () => {
  test("approvals of 30 people on one decision through one server: all of them, in one chain", async () => {
    const decisions = await decisionsUnderTest();
    const decisionId = await decisions.create({ policy: { minApprovals: 30 } });
    await Promise.all(Array.from({ length: 30 }, (_, index) => decisions.approve(decisionId, `person-${index}`)));
    expect((await decisions.logs.load(decisionId))?.events).toHaveLength(32);
  });

  test("two servers on one store: one gate, one answer each that the log bears out", async () => {
    const decisions = await decisionsUnderTest();
    const other = secondHandler(decisions.real);
    const decisionId = await decisions.create({ policy: { minApprovals: 1 } });
    await decisions.approve(decisionId, "carol");
    const answers = await Promise.allSettled(
      Array.from({ length: 40 }, (_, index) => {
        const handle = index % 2 === 0 ? decisions.handle : other;
        if (index % 4 < 2) return handle(caller(`exec-${index}`), decisionId, EXECUTION, { adapter: ADAPTER });
        return handle(caller("carol"), decisionId, index % 8 < 4 ? REVOCATION : approval());
      }),
    );
    const log = await decisions.logs.load(decisionId);
    const written = answers.flatMap((answer) => (answer.status === "fulfilled" ? answer.value.written : []));
    expect(written.map(({ event }) => event.seq).toSorted((a, b) => a - b)).toEqual(
      log?.events.slice(3).map(({ event }) => event.seq),
    );
    expect(log?.events.filter(({ event }) => event.body.type === "EXECUTION_REQUESTED").length).toBeLessThanOrEqual(1);
    for (const { event, digest } of written) expect(log?.events[event.seq]?.digest).toBe(digest);
  });

  test("the same command that came first through another server: its answer, not a second event", async () => {
    const decisions = await decisionsUnderTest();
    const other = secondHandler(decisions.real);
    const decisionId = await decisions.create({ policy: { minApprovals: 2 } });
    const who = caller("carol", "my-key");
    const answers = await Promise.all([
      decisions.handle(who, decisionId, approval()),
      other(who, decisionId, approval()),
    ]);
    expect(answers[0].written).toEqual(answers[1].written);
    expect(answers.filter(({ repeated }) => repeated)).toHaveLength(1);
    expect((await decisions.logs.load(decisionId))?.events).toHaveLength(3);
  });

  test("a command that always comes second is refused in the end, not tried for ever", async () => {
    let attempts = 0;
    const decisions = await decisionsUnderTest({
      store: (real) => ({
        ...real,
        async append(stream, expected) {
          attempts += 1;
          throw new WrongExpectedRevision(stream, expected, 7);
        },
      }),
    });
    const answer = decisions.handle(caller("bob"), newDecisionId(), creation());
    await expect(answer).rejects.toMatchObject({ name: "Refused", reason: "CONTENTION" });
    expect(attempts).toBe(20);
  });
});

describe("a caller that goes away", () => {
  test("before anything was sent: nothing is written, and those behind it go on", async () => {
    const decisions = await decisionsUnderTest();
    const decisionId = await decisions.create({ policy: { minApprovals: 2 } });
    const reason = new Error("gone");
    const gone = decisions.handle(caller("carol"), decisionId, approval(), { signal: AbortSignal.abort(reason) });
    const next = decisions.approve(decisionId, "dave");
    await expect(gone).rejects.toBe(reason);
    expect((await next).decision.approvals).toHaveLength(1);
  });
});

test("a store that cannot write: unavailable, and the same command works later", async () => {
  let isFull = false;
  const decisions = await decisionsUnderTest({
    store: (real) => ({
      ...real,
      append: (...call: Parameters<EventStore["append"]>) =>
        isFull ? Promise.reject(new StoreUnavailable("full")) : real.append(...call),
    }),
  });
  const decisionId = await decisions.create();
  isFull = true;
  const who = caller("carol", "my-key");
  await expect(decisions.handle(who, decisionId, approval())).rejects.toThrow(StoreUnavailable);
  isFull = false;
  expect(await decisions.handle(who, decisionId, approval())).toMatchObject({ repeated: false });
});

/** The command handler of another server. */
function secondHandler(store: EventStore) {
  const clock = createManualClock();
  const approverKeys = createApproverKeys({ store, clock, log: createCapturedLog() });
  const ports = { store, logs: createDecisionLogs(store), approverKeys, clock };
  return createCommandHandler({ ...ports, newId: () => crypto.randomUUID() });
}

describe("a caller who may no longer do it", () => {
  test("is refused at the moment when the command is judged, however long it has waited, and nothing is written", async () => {
    const decisions = await decisionsUnderTest();
    const decisionId = await decisions.create();
    let mayApprove = true;
    const permit = () => {
      if (!mayApprove) throw new Refused("PERMISSION_DENIED", "not any more");
    };
    // Commands on one decision queue up: the second is judged after the first, and the role goes in between.
    const first = decisions.handle(caller("carol"), decisionId, approval()).then(() => {
      mayApprove = false;
    });
    const second = decisions.handle({ ...caller("dave"), permit }, decisionId, approval());
    await expect(second).rejects.toMatchObject({ reason: "PERMISSION_DENIED" });
    await first;
    expect(await Array.fromAsync(decisions.real.read(`decision-${decisionId}`))).toHaveLength(3);
  });

  test("is asked again when another server's append came first", async () => {
    const decisions = await decisionsUnderTest();
    const decisionId = await decisions.create();
    let asked = 0;
    const permit = () => {
      asked += 1;
      if (asked === 2) throw new Refused("PERMISSION_DENIED", "not any more");
    };
    await expect(
      decisions.handle({ ...caller("dave"), permit }, decisionId, approval(), {
        findTemplates: async () => {
          if (asked === 0) await secondHandler(decisions.real)(caller("carol"), decisionId, approval());
          return [];
        },
      }),
    ).rejects.toMatchObject({ reason: "PERMISSION_DENIED" });
    expect(await Array.fromAsync(decisions.real.read(`decision-${decisionId}`))).toHaveLength(3);
  });
});
