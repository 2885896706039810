import { describe, expect, test } from "vitest";
import { DecisionState } from "../../gen/ts/nexus/attest/v1/lifecycle_pb.ts";
import { doubleUnderTest } from "../eventstoredb/server-under-test.ts";
import { remoteRouter } from "../fault/remote-router-process.ts";
import { story } from "../fault/shared-stage.ts";
import { eventually } from "../support/eventually.ts";
import { type ServerUnderTest, serverUnderTest } from "../support/server-under-test.ts";
import { approve, eventsOf, requested } from "./release.ts";

/** So many servers on one store, with one remote router. */
async function servers(count: number, execution: object = {}) {
  const { url } = await doubleUnderTest();
  const router = await remoteRouter();
  const config = { store: url, execution, ...router.config };
  const all: ServerUnderTest[] = [];
  for (let n = 0; n < count; n++) all.push(await serverUnderTest({ config }));
  const [a, b] = all;
  if (a === undefined || b === undefined) throw new RangeError("two at least");
  const complaints = () => all.flatMap(({ log }) => log.lines.filter(({ level }) => level === "error"));
  return { router, all, a, b, complaints };
}

/** Follows a decision at one server after the other, for so many events at each; then to its end at the last. @returns the seqs in the order they came. */
async function watchAcross(
  decisionId: string,
  places: readonly (readonly [ServerUnderTest, number])[],
  onEvent: (seq: number) => Promise<void>,
) {
  const seen: number[] = [];
  for (const [server, count] of places) {
    const fromSeq = (seen.at(-1) ?? -1) + 1;
    let left = count;
    const leaving = new AbortController();
    const watch = server.as("human:wanda").decisions.watchDecision({ decisionId, fromSeq }, leaving);
    for await (const { kind } of watch) {
      if (kind.case !== "event") continue;
      const seq = kind.value.event?.seq ?? -1;
      seen.push(seq);
      await onEvent(seq);
      left -= 1;
      if (left === 0) break;
    }
    leaving.abort();
  }
  return seen;
}

describe("servers on one store", () => {
  test("race to execute a decision: one claim, one run, and every answer says so", async () => {
    const { router, all, a, complaints } = await servers(3);
    router.go();
    for (let n = 0; n < 5; n++) {
      const decisionId = await requested(a, { adapterId: "far" });
      await approve(a, decisionId, "carol", "dave");
      const calls = all.flatMap((server, index) =>
        [0, 1, 2].map(() =>
          server.as("human:bob").decisions.executeDecision({
            decisionId,
            requestId: index === 0 ? "run-it" : "run-it-too",
            wait: { seconds: 20n },
          }),
        ),
      );
      const answers = await Promise.allSettled(calls);
      const gated = answers.flatMap((answer) => (answer.status === "fulfilled" ? [answer.value] : []));
      for (const { lifecycle } of gated) expect(lifecycle?.state).toBe(DecisionState.COMPLETED);
      // One of the two commands passed the gate; whoever gave the other is told that it has been passed.
      expect(new Set(gated.map(({ event }) => event?.event?.requestId)).size).toBe(1);
      for (const answer of answers)
        if (answer.status === "rejected")
          expect(String(answer.reason)).toMatch(/failed_precondition.*(gate|under way|executed)/i);
      expect((await story(a, decisionId)).kinds).toEqual([
        "executionRequested",
        "executionStarted",
        "executionCompleted",
      ]);
      expect(router.ran().filter((ran) => ran === decisionId)).toHaveLength(1);
    }
    expect(complaints()).toEqual([]);
  });

  test("leave a run that goes on for longer than the grace to whoever claimed it", async () => {
    const { router, a, b, complaints } = await servers(2, { takeoverAfterSeconds: 0.3 });
    const decisionId = await requested(a, { adapterId: "far" });
    await approve(a, decisionId, "carol", "dave");
    const answer = a.as("human:bob").decisions.executeDecision({ decisionId, wait: { seconds: 30n } });
    const asked = () => b.log.lines.some(({ message }) => message.includes("asking about the run of another server"));
    await eventually("the other server has asked", asked);
    expect((await story(b, decisionId)).kinds).toEqual(["executionRequested", "executionStarted"]);
    router.go();
    expect((await answer).lifecycle?.state).toBe(DecisionState.COMPLETED);
    expect((await story(b, decisionId)).kinds).toHaveLength(3);
    expect(router.runs()).toBe(1);
    expect(complaints()).toEqual([]);
  });

  test("an approval through one appears at a watcher of another, and a watcher that moves loses and repeats nothing", async () => {
    const { a, b } = await servers(2);
    const decisionId = await requested(a);
    const write = async (seq: number) => {
      // The next event is written through the other server than the one before, while the watch goes on or moves.
      const { decisions } = (seq % 2 === 0 ? a : b).as("human:carol");
      if (seq === 21) await a.as("human:bob").decisions.cancelDecision({ decisionId, reason: "enough" });
      else if (seq >= 1 && seq < 21)
        await (seq % 2 === 1 ? decisions.grantApproval({ decisionId }) : decisions.revokeApproval({ decisionId }));
    };
    const moves = [1, 3, 2, 5, 1, 4].map((count, index) => [index % 2 === 0 ? b : a, count] as const);
    const seen = await watchAcross(decisionId, [...moves, [b, Number.POSITIVE_INFINITY]], write);
    expect(seen).toEqual(Array.from({ length: 23 }, (_, seq) => seq));
    expect(await eventsOf(b.as("human:erin"), decisionId)).toHaveLength(23);
  });
});
