import { describe, expect, test } from "vitest";
import { createApproverKeys } from "../../src/app/approver-keys.ts";
import { SYSTEM_CLOCK } from "../../src/app/clock.ts";
import { createDecisionLogs } from "../../src/app/decision-logs.ts";
import { createCommandHandler } from "../../src/app/handle-command.ts";
import type { WatchMessage } from "../../src/app/watch-log.ts";
import type { DecisionId } from "../../src/domain/ids.ts";
import { createCapturedLog } from "../support/captured-log.ts";
import { eventually } from "../support/eventually.ts";
import {
  approval,
  CANCELLATION,
  caller,
  type DecisionsUnderTest,
  decisionsUnderTest,
  newDecisionId,
  REVOCATION,
} from "./decisions-under-test.ts";
import { watching } from "./watching.ts";

const HOUR = 3_600_000;

async function running(options: Parameters<typeof decisionsUnderTest>[0] = {}) {
  const decisions = await decisionsUnderTest(options);
  decisions.run();
  return decisions;
}

function watch(decisions: DecisionsUnderTest, decisionId: DecisionId, fromSeq = 0) {
  return watching((signal) => decisions.watchDecision(decisionId, fromSeq, signal));
}

/** A message as a short line. */
function line(message: WatchMessage): string {
  switch (message.kind) {
    case "event":
      return `${message.recorded.event.seq} ${message.recorded.event.body.type}`;
    case "lifecycle":
      return `${message.update.cause}: ${message.update.lifecycle.state} at ${message.update.lifecycle.headSeq}`;
    case "caught_up":
      return `caught up at ${message.headSeq}`;
    case "progress":
      return `progress ${message.progress.stepsExecuted}`;
    case "heartbeat":
      return "heartbeat";
  }
}

function eventSeqs(messages: readonly WatchMessage[]): readonly number[] {
  return messages.flatMap((message) => (message.kind === "event" ? [message.recorded.event.seq] : []));
}

describe("events", () => {
  test("those so far, where it stands, the mark, then each as it comes with what it changes, until it is over", async () => {
    const decisions = await running();
    const decisionId = await decisions.create();
    const watcher = watch(decisions, decisionId);
    expect((await watcher.next(4)).map(line)).toEqual([
      "0 DECISION_CREATED",
      "1 POLICY_ATTACHED",
      "INITIAL: PENDING_APPROVAL at 1",
      "caught up at 1",
    ]);
    await decisions.approve(decisionId);
    expect((await watcher.next(2)).map(line)).toEqual(["2 APPROVAL_GRANTED", "EVENT: APPROVED at 2"]);
    await decisions.handle(caller("carol"), decisionId, REVOCATION);
    expect((await watcher.next(2)).map(line)).toEqual(["3 APPROVAL_REVOKED", "EVENT: PENDING_APPROVAL at 3"]);
    await decisions.handle(caller("bob"), decisionId, CANCELLATION);
    expect((await watcher.next(2)).map(line)).toEqual(["4 DECISION_CANCELLED", "EVENT: CANCELLED at 4"]);
    expect(await watcher.ended).toBeUndefined();
  });

  test("exactly once and in order from any seq, while they are being written", async () => {
    const decisions = await running();
    const decisionId = await decisions.create({ policy: { minApprovals: 60 } });
    const writing = (async () => {
      for (let index = 0; index < 58; index++) await decisions.approve(decisionId, `person-${index}`);
    })();
    const watchers = [];
    for (let fromSeq = 0; fromSeq < 60; fromSeq++) {
      await eventually(`event ${fromSeq - 1}`, async () => {
        const head = (await decisions.logs.load(decisionId))?.decision.head.seq ?? -1;
        return head >= fromSeq - 1;
      });
      watchers.push(watch(decisions, decisionId, fromSeq));
    }
    await writing;
    await decisions.handle(caller("bob"), decisionId, CANCELLATION);
    for (const [fromSeq, watcher] of watchers.entries()) {
      expect(await watcher.ended).toBeUndefined();
      expect(eventSeqs(watcher.messages)).toEqual(Array.from({ length: 61 - fromSeq }, (_, index) => fromSeq + index));
    }
  });

  test("reconnecting again and again with the last seq + 1 loses and repeats nothing", async () => {
    const decisions = await running();
    const decisionId = await decisions.create({ policy: { minApprovals: 100 } });
    const writing = (async () => {
      for (let index = 0; index < 80; index++) await decisions.approve(decisionId, `person-${index}`);
      await decisions.handle(caller("bob"), decisionId, CANCELLATION);
    })();
    const seen: number[] = [];
    let isOver = false;
    while (!isOver) {
      isOver = true;
      let patience = 3;
      for await (const message of decisions.watchDecision(decisionId, seen.length, AbortSignal.timeout(20_000))) {
        if (message.kind !== "event") continue;
        seen.push(message.recorded.event.seq);
        patience -= 1;
        if (patience > 0) continue;
        isOver = false;
        break;
      }
    }
    await writing;
    expect(seen).toEqual(Array.from({ length: 83 }, (_, seq) => seq));
  });

  test("of another server reach it too", async () => {
    const decisions = await running();
    const decisionId = await decisions.create();
    const watcher = watch(decisions, decisionId);
    await watcher.next(4);
    const other = otherServerOn(decisions);
    await other(caller("carol"), decisionId, approval());
    expect((await watcher.next(2)).map(line)).toEqual(["2 APPROVAL_GRANTED", "EVENT: APPROVED at 2"]);
  });

  test("from beyond the head + 1: refused; from the head + 1: only where it stands", async () => {
    const decisions = await running();
    const decisionId = await decisions.create();
    expect(await watch(decisions, decisionId, 3).ended).toMatchObject({ name: "Refused", reason: "SEQ_OUT_OF_RANGE" });
    const watcher = watch(decisions, decisionId, 2);
    expect((await watcher.next(2)).map(line)).toEqual(["INITIAL: PENDING_APPROVAL at 1", "caught up at 1"]);
  });

  test("of a decision that does not exist: refused", async () => {
    const decisions = await running();
    expect(await watch(decisions, newDecisionId()).ended).toMatchObject({ reason: "DECISION_NOT_FOUND" });
  });

  test("that are written before the first subscription to the store stands are not lost to early watchers", async () => {
    let refusals = 2;
    const decisions = await decisionsUnderTest({
      store: (real) => ({
        ...real,
        head: () => (refusals-- > 0 ? Promise.reject(new Error("not yet")) : real.head()),
      }),
    });
    const decisionId = await decisions.create();
    const watcher = watch(decisions, decisionId);
    await watcher.next(4);
    decisions.run();
    await decisions.approve(decisionId);
    for (let pause = 0; pause < 3; pause++) {
      await eventually("the next attempt", () => refusals <= 1 - pause || refusals < 0);
      decisions.clock.advance(500);
    }
    expect((await watcher.next(2)).map(line)).toEqual(["2 APPROVAL_GRANTED", "EVENT: APPROVED at 2"]);
  });
});

describe("the end", () => {
  test("a decision that is over already: told whole, then it ends", async () => {
    const decisions = await running();
    const decisionId = await decisions.create();
    await decisions.handle(caller("bob"), decisionId, CANCELLATION);
    const watcher = watch(decisions, decisionId);
    expect(await watcher.ended).toBeUndefined();
    expect(watcher.messages.map(line)).toEqual([
      "0 DECISION_CREATED",
      "1 POLICY_ATTACHED",
      "2 DECISION_CANCELLED",
      "INITIAL: CANCELLED at 2",
      "caught up at 2",
    ]);
  });

  test("an outcome that nobody knows does not end it; learning the outcome does", async () => {
    const decisions = await running();
    const decisionId = await decisions.create({ policy: { minApprovals: 0 } });
    await decisions.begin(decisionId);
    const state = (outcome: "UNKNOWN" | "FAILED") =>
      decisions.handle(caller("ops"), decisionId, { type: "STATE_OUTCOME", outcome, reason: "seen by eye" });
    await state("UNKNOWN");
    const watcher = watch(decisions, decisionId, 4);
    expect((await watcher.next(3)).map(line)).toEqual([
      "4 EXECUTION_OUTCOME_UNKNOWN",
      "INITIAL: OUTCOME_UNKNOWN at 4",
      "caught up at 4",
    ]);
    await state("FAILED");
    expect((await watcher.next(2)).map(line)).toEqual(["5 EXECUTION_FAILED", "EVENT: FAILED at 5"]);
    expect(await watcher.ended).toBeUndefined();
  });

  test("a server that drains says so, to watchers under way and to new ones", async () => {
    const decisions = await running();
    const decisionId = await decisions.create();
    const watcher = watch(decisions, decisionId);
    await watcher.next(4);
    decisions.drain();
    const refusal = { name: "Refused", reason: "SERVER_DRAINING", message: expect.stringContaining("again from 2") };
    expect(await watcher.ended).toMatchObject(refusal);
    expect(await watch(decisions, decisionId).ended).toMatchObject(refusal);
  });

  test("a watcher that goes away leaves nobody listening", async () => {
    const decisions = await running();
    const decisionId = await decisions.create();
    const watcher = watch(decisions, decisionId);
    await watcher.next(4);
    expect(await watcher.leave()).toMatchObject({ message: "the watcher has gone" });
    for await (const { kind } of decisions.watchDecision(decisionId, 0, new AbortController().signal))
      if (kind === "caught_up") break;
  });
});

describe("time alone", () => {
  test("an approval expires exactly at its instant, not a millisecond before, and once", async () => {
    const decisions = await running();
    const start = decisions.clock.now();
    const decisionId = await decisions.create();
    const watcher = watch(decisions, decisionId);
    await watcher.next(4);
    await decisions.approve(decisionId, "carol", start + HOUR);
    const [, update] = await watcher.next(2);
    expect(update).toMatchObject({ update: { lifecycle: { state: "APPROVED", nextChangeAt: start + HOUR } } });

    decisions.clock.set(start + HOUR - 1);
    decisions.progress.report(decisionId, progressAt(1));
    expect((await watcher.next(1)).map(line)).toEqual(["progress 1"]);

    decisions.clock.set(start + HOUR);
    const [expired] = await watcher.next(1);
    expect(expired).toMatchObject({
      kind: "lifecycle",
      update: {
        cause: "TIME",
        lifecycle: { state: "PENDING_APPROVAL", evaluatedAt: start + HOUR, nextChangeAt: undefined },
        newEntries: [
          { category: "APPROVAL_EXPIRED", time: start + HOUR },
          { category: "THRESHOLD_LOST", time: start + HOUR },
        ],
      },
    });
    decisions.clock.advance(HOUR);
    decisions.progress.report(decisionId, progressAt(2));
    expect((await watcher.next(1)).map(line)).toEqual(["progress 2"]);
  });

  test("several that expire one after the other are told one by one", async () => {
    const decisions = await running();
    const start = decisions.clock.now();
    const decisionId = await decisions.create({ policy: { minApprovals: 2 } });
    await decisions.approve(decisionId, "carol", start + HOUR);
    await decisions.approve(decisionId, "dave", start + 2 * HOUR);
    const watcher = watch(decisions, decisionId, 4);
    await watcher.next(2);
    for (const [hours, valid] of [
      [1, 1],
      [2, 0],
    ] as const) {
      decisions.clock.set(start + hours * HOUR);
      expect(await watcher.next(1)).toMatchObject([
        { update: { cause: "TIME", lifecycle: { progress: { approvalsValid: valid } } } },
      ]);
    }
  });

  test("what an event tells is not told again: entries of a change come once", async () => {
    const decisions = await running();
    const start = decisions.clock.now();
    const decisionId = await decisions.create({ policy: { minApprovals: 1 } });
    await decisions.approve(decisionId, "carol", start + HOUR);
    const watcher = watch(decisions, decisionId);
    await watcher.next(5);
    decisions.clock.set(start + HOUR);
    await watcher.next(1);
    decisions.clock.advance(1);
    await decisions.approve(decisionId, "dave");
    await watcher.next(2);
    const told = watcher.messages.flatMap((message) => (message.kind === "lifecycle" ? message.update.newEntries : []));
    expect(told.map(({ category }) => category)).toEqual([
      "REQUEST",
      "POLICY",
      "APPROVAL",
      "THRESHOLD_MET",
      "APPROVAL_EXPIRED",
      "THRESHOLD_LOST",
      "APPROVAL",
      "THRESHOLD_MET",
    ]);
  });
});

describe("beside the events", () => {
  test("progress of a run: the latest", async () => {
    const decisions = await running();
    const decisionId = await decisions.create();
    const watcher = watch(decisions, decisionId);
    await watcher.next(4);
    for (const stepsExecuted of [1, 2, 3]) decisions.progress.report(decisionId, progressAt(stepsExecuted));
    await eventually("the latest", () => watcher.messages.map(line).at(-1) === "progress 3");
  });

  test("a heartbeat whenever nothing was said for a while", async () => {
    const decisions = await running({ clock: SYSTEM_CLOCK, heartbeat: 20 });
    const decisionId = await decisions.create();
    const watcher = watch(decisions, decisionId);
    await watcher.next(4);
    expect((await watcher.next(3)).map(line)).toEqual(["heartbeat", "heartbeat", "heartbeat"]);
  });
});

describe("a slow reader", () => {
  test("holds nothing up, and is caught up when it reads on", async () => {
    const decisions = await running();
    const decisionId = await decisions.create({ policy: { minApprovals: 400 } });
    const slow = decisions.watchDecision(decisionId, 0, new AbortController().signal)[Symbol.asyncIterator]();
    await slow.next();
    const quick = watch(decisions, decisionId, 2);
    for (let index = 0; index < 300; index++) await decisions.approve(decisionId, `person-${index}`);
    await decisions.handle(caller("bob"), decisionId, CANCELLATION);
    await quick.ended;
    const seqs = [0];
    for (let result = await slow.next(); result.done !== true; result = await slow.next())
      if (result.value.kind === "event") seqs.push(result.value.recorded.event.seq);
    expect(seqs).toEqual(Array.from({ length: 303 }, (_, seq) => seq));
  });
});

function progressAt(stepsExecuted: number) {
  return { runId: "run", stepId: "s", stepsExecuted, stepsTotal: 3, message: "" };
}

/** The command handler of another server on the same store. */
function otherServerOn({ real, clock }: DecisionsUnderTest) {
  return createCommandHandler({
    store: real,
    logs: createDecisionLogs(real),
    approverKeys: createApproverKeys({ store: real, clock, log: createCapturedLog() }),
    clock,
    newId: () => crypto.randomUUID(),
  });
}
