import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromMs as at } from "@bufbuild/protobuf/wkt";
import { expect, test } from "vitest";
import {
  type DecisionChange,
  DecisionChangeCause,
  type WatchDecisionsRequestSchema,
} from "../../gen/ts/nexus/attest/v1/decision_service_pb.ts";
import { DecisionState } from "../../gen/ts/nexus/attest/v1/lifecycle_pb.ts";
import { eventually } from "../support/eventually.ts";
import { createManualClock } from "../support/manual-clock.ts";
import { type ServerUnderTest, serverUnderTest } from "../support/server-under-test.ts";
import { approve, requested } from "./release.ts";

function watch(server: ServerUnderTest, request: MessageInitShape<typeof WatchDecisionsRequestSchema> = {}) {
  const changes: DecisionChange[] = [];
  const cursors: string[] = [];
  const stopping = new AbortController();
  const { decisions } = server.as("human:erin");
  const ended = (async () => {
    for await (const { kind } of decisions.watchDecisions(request, { signal: stopping.signal })) {
      if (kind.case === "change") changes.push(kind.value);
      if ((kind.case === "change" || kind.case === "caughtUp") && kind.value.cursor !== "")
        cursors.push(kind.value.cursor);
    }
  })().catch(() => undefined);
  return {
    changes,
    cursor: () => cursors.at(-1) ?? "",
    caughtUp: () => eventually("caught up", () => cursors.length > 0),
    stop: async () => {
      stopping.abort();
      await ended;
    },
  };
}

const seqs = (changes: readonly DecisionChange[]) =>
  changes.map(({ event, decision }) => [decision?.decisionId, event?.event?.seq]);

test("first every decision as it stands, oldest first; then each event, once and in the order of the log", async () => {
  const server = await serverUnderTest();
  const one = await requested(server);
  const two = await requested(server);
  await server.as("human:bob").decisions.listDecisions({ consistencyToken: `${two}.1` });
  const seen = watch(server);
  await seen.caughtUp();
  expect(seen.changes.map(({ decision, cause }) => [decision?.decisionId, cause])).toEqual([
    [one, DecisionChangeCause.INITIAL],
    [two, DecisionChangeCause.INITIAL],
  ]);
  seen.changes.length = 0;
  await approve(server, two, "carol");
  await approve(server, one, "carol", "dave");
  const three = await requested(server);
  await eventually("five events", () => seen.changes.length >= 5);
  expect(seqs(seen.changes)).toEqual([
    [two, 2],
    [one, 2],
    [one, 3],
    [three, 0],
    [three, 1],
  ]);
  expect(seen.changes[2]).toMatchObject({ matches: true, decision: { state: DecisionState.APPROVED, headSeq: 3 } });
  await seen.stop();
});

test("going on from the last cursor loses and repeats no event, also over a restart of the server", async () => {
  const server = await serverUnderTest();
  const decisionId = await requested(server);
  const first = watch(server);
  await first.caughtUp();
  await approve(server, decisionId, "carol");
  await eventually("the event", () => first.changes.some(({ event }) => event?.event?.seq === 2));
  await first.stop();
  await approve(server, decisionId, "dave");
  await server.close();

  const next = await serverUnderTest({ directory: server.directory });
  const again = watch(next, { cursor: first.cursor() });
  await approve(next, decisionId, "frank");
  await eventually("what was missed and what is new", () => again.changes.length >= 2);
  expect(seqs(again.changes)).toEqual([
    [decisionId, 3],
    [decisionId, 4],
  ]);
  await again.stop();
});

test("with a filter: what enters it, what leaves it, and nothing else; a change by time alone too", async () => {
  const clock = createManualClock();
  const server = await serverUnderTest({ clock });
  const other = await requested(server);
  const decisionId = await requested(server);
  const seen = watch(server, { filter: { states: [DecisionState.APPROVED] } });
  await seen.caughtUp();
  await approve(server, other, "carol");
  await approve(server, decisionId, "carol");
  await server.as("human:dave").decisions.grantApproval({ decisionId, expiresAt: at(clock.now() + 60_000) });
  await eventually("it has entered", () => seen.changes.length === 1);
  clock.advance(60_000);
  await eventually("it has left", () => seen.changes.length === 2);
  expect(seen.changes.map(({ decision, cause, matches }) => [decision?.decisionId, cause, matches])).toEqual([
    [decisionId, DecisionChangeCause.EVENT, true],
    [decisionId, DecisionChangeCause.TIME, false],
  ]);
  await seen.stop();
});
