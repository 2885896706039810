import { describe, expect, test } from "vitest";
import type { DecisionIndex } from "../../src/app/decision-index.ts";
import { createDecisionLogs, type DecisionLogs } from "../../src/app/decision-logs.ts";
import type { DecisionId } from "../../src/domain/ids.ts";
import { openSqliteDecisionIndex } from "../../src/store/sqlite/decision-index.ts";
import { behindItsBack, eventsFile } from "../store/sqlite/raw-file.ts";
import { eventually } from "../support/eventually.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { caller } from "./decisions-under-test.ts";
import { begun, gated, indexed, recovering } from "./recovery-under-test.ts";

describe("recovery", () => {
  test("starts what passed the gate, settles what was started, and leaves the rest alone", async () => {
    const under = await recovering();
    const open = await under.create();
    const toStart = await gated(under);
    const toSettle = await begun(under);
    const busy = await begun(under);
    under.atWork.add(busy);
    const unknown = await begun(under);
    await under.handle(caller("olivia"), unknown, { type: "STATE_OUTCOME", outcome: "UNKNOWN", reason: "gone" });
    const over = await begun(under);
    await under.handle(caller("olivia"), over, { type: "STATE_OUTCOME", outcome: "FAILED", reason: "gone" });
    await indexed(under, over);
    const recovery = under.recover();
    await eventually("one round", () => under.settled.length > 0);
    expect({ started: under.started, settled: under.settled }).toEqual({ started: [toStart], settled: [toSettle] });
    expect([...under.started, ...under.settled]).not.toContain(open);
    under.stopping.abort();
    await recovery;
  });

  test("looks again every five seconds, for what others have put down", async () => {
    const under = await recovering();
    const decisionId = await begun(under);
    under.atWork.add(decisionId);
    await indexed(under, decisionId);
    const recovery = under.recover();
    under.clock.advance(4_999);
    under.atWork.delete(decisionId);
    under.clock.advance(1);
    await eventually("it is taken up", () => under.settled.length === 1);
    under.stopping.abort();
    await recovery;
  });

  test("what is at work does not hide what lies behind it, however much that is", async () => {
    const real = openSqliteDecisionIndex({ file: ":memory:" });
    const under = await recovering({ index: real });
    const last = await gated(under);
    await indexed(under, last);
    const row = real.get(last);
    if (row === undefined) throw new Error("it is not indexed");
    const busy = Array.from({ length: 1_500 }, (_, n) => n.toString(16).padStart(32, "0") as DecisionId);
    for (const decisionId of busy) under.atWork.add(decisionId);
    const earlier = { createdAt: row.createdAt - 1_000 };
    real.apply(
      busy.map((decisionId) => ({ ...row, ...earlier, decisionId })),
      undefined,
    );
    const recovery = under.recover();
    await eventually("the last one is taken up", () => under.started.includes(last));
    under.stopping.abort();
    await recovery;
  });

  test("a log that does not replay is reported and holds up nobody else", async () => {
    const directory = temporaryDirectory();
    const before = await recovering({ directory });
    const corrupt = await gated(before);
    const sound = await gated(before);
    await indexed(before, sound);
    behindItsBack(eventsFile(directory), (database) =>
      database
        .prepare(
          "UPDATE events SET data = '{}' WHERE revision = 2 AND stream_id = (SELECT id FROM streams WHERE name = ?)",
        )
        .run(`decision-${corrupt}`),
    );
    // Read anew: what was verified once is kept.
    const recovery = before.recover({ logs: createDecisionLogs(before.real) });
    await eventually("the sound one is taken up", () => before.started.length > 0);
    expect(before.started).toEqual([sound]);
    expect(before.log.lines.filter(({ level }) => level === "error")).toMatchObject([
      { facts: { decision_id: corrupt, error: { reason: "STORED_LOG_CORRUPT" } } },
    ]);
    before.stopping.abort();
    await recovery;
  });

  test("goes on after the index has failed", async () => {
    const real = openSqliteDecisionIndex({ file: ":memory:" });
    let isBroken = true;
    const index: DecisionIndex = {
      ...real,
      list(query) {
        if (isBroken) throw new Error("disk I/O error");
        return real.list(query);
      },
    };
    const under = await recovering({ index });
    const decisionId = await gated(under);
    await indexed(under, decisionId);
    const recovery = under.recover();
    await eventually("its complaint", () => under.log.lines.some(({ level }) => level === "error"));
    isBroken = false;
    under.clock.advance(5_000);
    await eventually("it is taken up", () => under.started.includes(decisionId));
    under.stopping.abort();
    await recovery;
  });

  test("ends without a word when the server does", async () => {
    const under = await recovering();
    await gated(under);
    await indexed(under, await gated(under));
    let loaded = 0;
    const load: DecisionLogs["load"] = async (_decisionId, signal) => {
      loaded += 1;
      under.stopping.abort();
      signal?.throwIfAborted();
      return undefined;
    };
    await under.recover({ logs: { ...under.logs, load } });
    expect(loaded).toBe(1);
    expect(under.log.lines.filter(({ message }) => !message.startsWith("the index"))).toEqual([]);
  });
});
