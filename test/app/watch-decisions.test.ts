import { describe, expect, test } from "vitest";
import { SYSTEM_CLOCK } from "../../src/app/clock.ts";
import type { IndexFilter } from "../../src/app/decision-index.ts";
import type { DecisionsMessage } from "../../src/app/watch-decisions.ts";
import type { DecisionId } from "../../src/domain/ids.ts";
import { eventually } from "../support/eventually.ts";
import {
  ALL,
  CANCELLATION,
  caller,
  type DecisionsUnderTest,
  decisionsUnderTest,
  REVOCATION,
} from "./decisions-under-test.ts";
import { watching } from "./watching.ts";

const HOUR = 3_600_000;

async function running(options: Parameters<typeof decisionsUnderTest>[0] = {}) {
  const decisions = await decisionsUnderTest(options);
  decisions.run();
  await decisions.indexer.caughtUp;
  return decisions;
}

function watch(decisions: DecisionsUnderTest, filter: Partial<IndexFilter> = {}, cursor = "") {
  return watching((signal) => decisions.watchDecisions({ ...ALL, ...filter }, cursor, () => "everything", signal));
}

/** Waits until the index holds a decision's last event. */
async function indexed(decisions: DecisionsUnderTest, decisionId: DecisionId) {
  const seq = (await decisions.logs.load(decisionId))?.decision.head.seq ?? -1;
  await decisions.indexer.waitFor(decisionId, seq);
}

/** Messages as short lines; decisions are named as the test names them. */
function lines(messages: readonly DecisionsMessage[], names: Readonly<Record<string, DecisionId>>): readonly string[] {
  const nameOf = (id: DecisionId) => Object.entries(names).find(([, named]) => named === id)?.[0] ?? "?";
  return messages.map((message) => {
    if (message.kind !== "change") return message.kind;
    const { row, cause, recorded, matches } = message.change;
    const what = recorded === undefined ? "" : ` ${recorded.event.seq}`;
    return `${cause} ${nameOf(row.decisionId)}${what} ${row.state}${matches ? "" : " left"}`;
  });
}

function lastCursor(messages: readonly DecisionsMessage[]): string {
  return messages.reduce((last, message) => {
    if (message.kind === "caught_up") return message.cursor;
    return message.kind === "change" && message.change.cursor !== "" ? message.change.cursor : last;
  }, "");
}

describe("without a cursor", () => {
  test("each as it stands, oldest first, the mark, then every event in commit order", async () => {
    const decisions = await running();
    const a = await decisions.create();
    decisions.clock.advance(1);
    const b = await decisions.create();
    await decisions.approve(b);
    await indexed(decisions, b);
    const watcher = watch(decisions);
    expect(lines(await watcher.next(3), { a, b })).toEqual([
      "INITIAL a PENDING_APPROVAL",
      "INITIAL b APPROVED",
      "caught_up",
    ]);
    await decisions.approve(a);
    await decisions.handle(caller("carol"), b, REVOCATION);
    await decisions.handle(caller("bob"), a, CANCELLATION);
    expect(lines(await watcher.next(3), { a, b })).toEqual([
      "EVENT a 2 APPROVED",
      "EVENT b 3 PENDING_APPROVAL",
      "EVENT a 3 CANCELLED",
    ]);
  });

  test("many: page after page, each once", async () => {
    const decisions = await running();
    const ids: DecisionId[] = [];
    for (let index = 0; index < 230; index++) {
      if (index % 3 === 0) decisions.clock.advance(1);
      ids.push(await decisions.create());
    }
    for (const id of ids) await indexed(decisions, id);
    const messages = await watch(decisions).next(231);
    const told = messages.flatMap((message) => (message.kind === "change" ? [message.change.row.decisionId] : []));
    expect(told.toSorted()).toEqual(ids.toSorted());
    expect(messages.at(-1)?.kind).toBe("caught_up");
  });
});

describe("a filter", () => {
  test("on the state: a decision comes in, and is told once more when it leaves", async () => {
    const decisions = await running();
    const watcher = watch(decisions, { states: ["APPROVED"] });
    await watcher.next(1);
    const a = await decisions.create();
    const b = await decisions.create();
    await decisions.approve(a);
    await decisions.handle(caller("carol"), a, REVOCATION);
    await decisions.handle(caller("bob"), a, CANCELLATION);
    await decisions.approve(b);
    expect(lines(await watcher.next(3), { a, b })).toEqual([
      "EVENT a 2 APPROVED",
      "EVENT a 3 PENDING_APPROVAL left",
      "EVENT b 2 APPROVED",
    ]);
  });

  test.each([
    { name: "label", filter: { labels: [{ key: "team", value: "red" }] } },
    { name: "requester", filter: { requesterId: "ruth" } },
    { name: "adapter", filter: { adapterId: "special" } },
  ])("on the $name: nothing of others", async ({ filter }) => {
    const decisions = await running();
    const watcher = watch(decisions, filter);
    await watcher.next(1);
    await decisions.create({ labels: [{ key: "team", value: "blue" }] });
    const a = await decisions.create({ labels: [{ key: "team", value: "red" }], adapterId: "special" }, "ruth");
    await decisions.create();
    expect(lines(await watcher.next(2), { a })).toEqual(["EVENT a 0 DRAFT", "EVENT a 1 PENDING_APPROVAL"]);
  });
});

describe("time alone", () => {
  test("an approval that expires changes the state exactly then, for every watcher", async () => {
    const decisions = await running();
    const start = decisions.clock.now();
    const a = await decisions.create();
    await decisions.approve(a, "carol", start + HOUR);
    await indexed(decisions, a);
    const all = watch(decisions);
    const approved = watch(decisions, { states: ["APPROVED"] });
    const pending = watch(decisions, { states: ["PENDING_APPROVAL"] });
    await Promise.all([all.next(2), approved.next(2), pending.next(1)]);
    decisions.clock.set(start + HOUR - 1);
    const b = await decisions.create();
    await all.next(2);
    decisions.clock.set(start + HOUR);
    expect(lines(await all.next(1), { a, b })).toEqual(["TIME a PENDING_APPROVAL"]);
    expect(lines(await approved.next(1), { a, b })).toEqual(["TIME a PENDING_APPROVAL left"]);
    expect(lines(await pending.next(2), { a, b })).toEqual(["EVENT b 1 PENDING_APPROVAL", "TIME a PENDING_APPROVAL"]);
  });

  test("what happened while nobody was watching is told after the cursor", async () => {
    const decisions = await running();
    const start = decisions.clock.now();
    const a = await decisions.create();
    await decisions.approve(a, "carol", start + HOUR);
    await indexed(decisions, a);
    const watcher = watch(decisions);
    const cursor = lastCursor(await watcher.next(2));
    await watcher.leave();
    decisions.clock.set(start + HOUR);
    await eventually("the row has changed", () => decisions.index.get(a)?.state === "PENDING_APPROVAL");
    const again = watch(decisions, {}, cursor);
    const messages = await again.next(1);
    expect(lines(messages, { a })).toEqual(["TIME a PENDING_APPROVAL"]);
    await again.leave();
    const b = await decisions.create();
    expect(lines(await watch(decisions, {}, lastCursor(messages)).next(2), { a, b })).toEqual([
      "EVENT b 0 DRAFT",
      "EVENT b 1 PENDING_APPROVAL",
    ]);
  });
});

describe("a cursor", () => {
  test("taken up again and again loses and repeats no event", async () => {
    const decisions = await running();
    const first = watch(decisions);
    let cursor = lastCursor(await first.next(1));
    await first.leave();
    const writing = (async () => {
      const ids = [];
      for (let index = 0; index < 40; index++) {
        const id = await decisions.create();
        await decisions.approve(id);
        ids.push(id);
      }
      return ids;
    })();
    const seen: string[] = [];
    while (seen.length < 120) {
      let patience = 7;
      for await (const message of decisions.watchDecisions(
        ALL,
        cursor,
        () => "everything",
        AbortSignal.timeout(20_000),
      )) {
        if (message.kind !== "change") continue;
        seen.push(`${message.change.row.decisionId} ${message.change.recorded?.event.seq}`);
        cursor = message.change.cursor;
        patience -= 1;
        if (patience === 0 || seen.length === 120) break;
      }
    }
    const ids = await writing;
    expect(seen).toEqual(ids.flatMap((id) => [0, 1, 2].map((seq) => `${id} ${seq}`)));
  });

  test.each(["nonsense", "1", "0.not-a-position", "0.999999999999", "-1.", "0.0"])("%s: refused", async (cursor) => {
    const decisions = await running();
    await decisions.create();
    expect(await watch(decisions, {}, cursor).ended).toMatchObject({ name: "Refused", reason: "INVALID_CURSOR" });
  });

  test("of an index that has since been built anew is still good for events", async () => {
    const decisions = await running();
    const a = await decisions.create();
    await indexed(decisions, a);
    const position = decisions.index.position() ?? "";
    const watcher = watch(decisions, {}, `7.${position}`);
    await decisions.approve(a, "carol", decisions.clock.now() + HOUR);
    expect(lines(await watcher.next(1), { a })).toEqual(["EVENT a 2 APPROVED"]);
    await indexed(decisions, a);
    decisions.clock.advance(HOUR);
    expect(lines(await watcher.next(1), { a })).toEqual(["TIME a PENDING_APPROVAL"]);
  });
});

test("a heartbeat whenever nothing was said for a while", async () => {
  const decisions = await running({ clock: SYSTEM_CLOCK, heartbeat: 20 });
  expect((await watch(decisions).next(3)).map(({ kind }) => kind)).toEqual(["caught_up", "heartbeat", "heartbeat"]);
});

test("a server that drains says so", async () => {
  const decisions = await running();
  const watcher = watch(decisions);
  await watcher.next(1);
  decisions.drain();
  expect(await watcher.ended).toMatchObject({ name: "Refused", reason: "SERVER_DRAINING" });
});

test("a slow reader holds one event, and loses nothing", async () => {
  let asked = 0;
  const decisions = await running({
    store: (real) => ({
      ...real,
      async *follow(...call) {
        for await (const message of real.follow(...call)) {
          asked += 1;
          yield message;
        }
      },
    }),
  });
  const { signal } = new AbortController();
  const slow = decisions.watchDecisions(ALL, "", () => "everything", signal)[Symbol.asyncIterator]();
  await slow.next();
  const idle = slow.next();
  const first = await decisions.create();
  await idle;
  const before = asked;
  const id = await decisions.create({ policy: { minApprovals: 200 } });
  for (let index = 0; index < 100; index++) await decisions.approve(id, `person-${index}`);
  await indexed(decisions, id);
  // 102 events and their marks, whoever follows.
  expect(asked - before).toBeLessThanOrEqual(2 * 102);
  const seqs: string[] = [];
  while (seqs.length < 103) {
    const { value } = await slow.next();
    if (value?.kind === "change") seqs.push(`${value.change.row.decisionId} ${value.change.recorded?.event.seq}`);
  }
  expect(seqs).toEqual([`${first} 1`, ...Array.from({ length: 102 }, (_, seq) => `${id} ${seq}`)]);
  await slow.return?.();
});

test("a watcher that goes away leaves no subscription behind", async () => {
  let open = 0;
  const decisions = await running({
    store: (real) => ({
      ...real,
      async *follow(...call) {
        open += 1;
        try {
          yield* real.follow(...call);
        } finally {
          open -= 1;
        }
      },
    }),
  });
  await eventually("the server follows", () => open === 1);
  await decisions.create();
  for await (const { kind } of decisions.watchDecisions(ALL, "0.", () => "everything", new AbortController().signal)) {
    expect({ kind, open }).toEqual({ kind: "change", open: 1 });
    break;
  }
  expect(open).toBe(1);
});
