import { describe, expect, test } from "vitest";
import type { DecisionLog } from "../../src/app/decision-logs.ts";
import { streamOf } from "../../src/app/decision-logs.ts";
import { StoreUnavailable } from "../../src/app/event-store.ts";
import { eventually } from "../support/eventually.ts";
import { CANCELLATION, caller, decisionsUnderTest, newDecisionId } from "./decisions-under-test.ts";

describe("listening", () => {
  test("tells each change of that decision, until it is stopped", async () => {
    const decisions = await decisionsUnderTest();
    decisions.run();
    const [one, other] = [await decisions.create({ policy: { minApprovals: 9 } }), await decisions.create()];
    const told: number[] = [];
    const stop = decisions.feed.listen(one, (change) => told.push((change as DecisionLog).decision.head.seq));
    await decisions.approve(other);
    await decisions.approve(one, "carol");
    await eventually("the change", () => told.includes(2));
    stop();
    const before = told.length;
    const heard = Promise.withResolvers<void>();
    decisions.feed.listen(one, () => heard.resolve());
    await decisions.approve(one, "dave");
    await heard.promise;
    expect(told).toHaveLength(before);
  });

  test("a log that cannot be read is told as such, and the feed goes on for others", async () => {
    const decisions = await decisionsUnderTest();
    decisions.run();
    const [corrupt, sound] = [newDecisionId(), await decisions.create()];
    const told: string[] = [];
    decisions.feed.listen(corrupt, (change) => told.push(change instanceof Error ? change.message : "a log"));
    decisions.feed.listen(sound, () => told.push("sound"));
    await decisions.real.append(streamOf(corrupt), "none", [{ id: crypto.randomUUID(), type: "NONSENSE", data: "{}" }]);
    await decisions.approve(sound);
    const problem = expect.stringContaining("does not replay");
    await eventually("both, in order", () => told.length >= 2 && told.at(-1) === "sound");
    expect(told.filter((what) => what !== "sound")).toEqual([problem]);
  });

  test("a store that fails is followed again from where it was: nothing is lost", async () => {
    let failures = 0;
    const decisions = await decisionsUnderTest({
      store: (real) => ({
        ...real,
        async *follow(...call) {
          for await (const message of real.follow(...call)) {
            yield message;
            if (message.kind === "event" && failures++ % 2 === 0) throw new StoreUnavailable("away");
          }
        },
      }),
    });
    const id = await decisions.create({ policy: { minApprovals: 9 } });
    decisions.run();
    let head = 0;
    decisions.feed.listen(id, (change) => {
      head = (change as DecisionLog).decision.head.seq;
    });
    for (let index = 0; index < 6; index++) await decisions.approve(id, `person-${index}`);
    await eventually("the last event", () => {
      decisions.clock.advance(500);
      return head === 7;
    });
    expect(failures).toBeGreaterThan(2);
  });
});

describe("waiting for an outcome", () => {
  test("ends with the outcome, at once if it is there already", async () => {
    const decisions = await decisionsUnderTest();
    decisions.run();
    const id = await decisions.create();
    const waiting = decisions.feed.outcome(id, 60_000);
    await decisions.handle(caller("bob"), id, CANCELLATION);
    expect((await waiting)?.phase.kind).toBe("cancelled");
    expect((await decisions.feed.outcome(id, 60_000))?.phase.kind).toBe("cancelled");
  });

  test("ends when the wait is over, with the decision as it is then", async () => {
    const decisions = await decisionsUnderTest();
    decisions.run();
    const id = await decisions.create({ policy: { minApprovals: 9 } });
    let isOver = false;
    const waiting = decisions.feed.outcome(id, 60_000).finally(() => {
      isOver = true;
    });
    await decisions.approve(id);
    expect(isOver).toBe(false);
    await eventually("the end of the wait", () => {
      decisions.clock.advance(60_000);
      return isOver;
    });
    expect((await waiting)?.head.seq).toBe(2);
  });

  test("ends with the caller's reason when the caller goes away; of no decision it is undefined", async () => {
    const decisions = await decisionsUnderTest();
    decisions.run();
    const id = await decisions.create();
    const leaving = new AbortController();
    const waiting = decisions.feed.outcome(id, 60_000, leaving.signal);
    leaving.abort(new Error("gone"));
    await expect(waiting).rejects.toThrow("gone");
    expect(await decisions.feed.outcome(newDecisionId(), 60_000)).toBeUndefined();
  });
});
