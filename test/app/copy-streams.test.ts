import { describe, expect, onTestFinished, test } from "vitest";
import { type StreamCopy } from "../../src/app/copy-stream.ts";
import { copyStreams } from "../../src/app/copy-streams.ts";
import { streamOf } from "../../src/app/decision-logs.ts";
import { AppendOutcomeUnknown, type EventStore, type NewEvent, StoreUnavailable } from "../../src/app/event-store.ts";
import { openSqliteEventStore } from "../../src/store/sqlite/event-store.ts";
import { newEvent } from "../contract/stored-material.ts";
import { behindItsBack, eventsFile } from "../store/sqlite/raw-file.ts";
import { eventually } from "../support/eventually.ts";
import { createManualClock } from "../support/manual-clock.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { enrolled, revokeKey } from "./approver-signatures.ts";
import { CANCELLATION, caller, decisionsUnderTest } from "./decisions-under-test.ts";
import { everythingIn } from "./whole-store.ts";

/** A source with three decisions, and an empty target. */
async function stores() {
  const directory = temporaryDirectory();
  const decisions = await decisionsUnderTest({ directory });
  const ids = [await decisions.create(), await decisions.create({ goal: "größer" }), await decisions.create()];
  for (const id of ids) await decisions.approve(id);
  const target = await openSqliteEventStore({ directory: temporaryDirectory() });
  onTestFinished(() => target.close());
  const [first, second, third] = ids.map(streamOf) as [string, string, string];
  return { decisions, directory, source: decisions.real, target, ids, first, second, third };
}

async function copy(source: EventStore, target: EventStore, clock = createManualClock()) {
  const told = new Map<string, StreamCopy>();
  await copyStreams({ source, target, clock }, (stream, copy) => void told.set(stream, copy));
  return Object.fromEntries(told);
}

/** Changes the source behind its back. */
function change(directory: string, sql: string, ...values: readonly string[]): void {
  behindItsBack(eventsFile(directory), (database) => database.prepare(sql).run(...values));
}

const COPIED = { kind: "copied", events: 3 };
const UNCHANGED = { kind: "unchanged" };

describe("copying a store", () => {
  test("takes every decision and template to the byte, and nothing else", async () => {
    const { source, target, first, second, third } = await stores();
    await source.append("template-strict", "none", [newEvent({ name: "strict" }), newEvent({}, '{ "own": 1 }')]);
    await source.append("another-stream", "none", [newEvent()]);
    const told = await copy(source, target);
    const template = { "template-strict": { kind: "copied", events: 2 } };
    expect(told).toEqual({ [first]: COPIED, [second]: COPIED, [third]: COPIED, ...template });
    const copied = await everythingIn(target, "");
    expect([...copied.keys()]).toEqual([first, second, third, "template-strict"].toSorted());
    for (const [stream, events] of await everythingIn(source, ""))
      if (stream !== "another-stream") expect(copied.get(stream)).toEqual(events);
  });

  test("takes the registry of approvers' keys along, and a damaged one not", async () => {
    const { decisions, source, target } = await stores();
    const key = await enrolled(decisions, "carol");
    await revokeKey(decisions, key);
    expect(await copy(source, target)).toMatchObject({ "approver-keys": { kind: "copied", events: 2 } });
    expect(await everythingIn(target, "approver-keys")).toEqual(await everythingIn(source, "approver-keys"));
    await source.append("approver-keys", 1, [newEvent()]);
    expect(await copy(source, target)).toMatchObject({ "approver-keys": { kind: "corrupt" } });
  });

  test("repeated, it writes nothing; what has come in since is taken over", async () => {
    const { decisions, source, target, ids, first, second, third } = await stores();
    await copy(source, target);
    const head = await target.head();
    expect(await copy(source, target)).toEqual({ [first]: UNCHANGED, [second]: UNCHANGED, [third]: UNCHANGED });
    expect(await target.head()).toBe(head);
    for (const id of ids.slice(1, 2)) await decisions.handle(caller("bob"), id, CANCELLATION);
    expect(await copy(source, target)).toMatchObject({
      [first]: UNCHANGED,
      [second]: { kind: "continued", events: 1 },
    });
    expect(await everythingIn(target, "")).toEqual(await everythingIn(source, ""));
  });

  test("a stream of which the target holds other events is named and left as it is; the others are copied", async () => {
    const { source, target, first, second, third } = await stores();
    const [event] = await Array.fromAsync(source.read(first, { limit: 1 }));
    const { id = "", type = "", data = "", metadata } = event ?? {};
    await target.append(first, "none", [{ id, type, data: data.replace("ship it", "sink it"), metadata }]);
    await target.append(second, "none", [newEvent()]);
    const before = await Promise.all([first, second].map((stream) => Array.fromAsync(target.read(stream))));
    const refused = { kind: "refused", message: expect.stringMatching(/^event 0 is another one in the target/) };
    expect(await copy(source, target)).toEqual({ [first]: refused, [second]: refused, [third]: COPIED });
    expect(await Promise.all([first, second].map((stream) => Array.fromAsync(target.read(stream))))).toEqual(before);
  });

  test.each(["id", "type", "metadata"] as const)("so is one whose events differ in their %s alone", async (field) => {
    const { source, target, first } = await stores();
    const events = (await Array.fromAsync(source.read(first))).map(({ id, type, data, metadata }) => ({
      id,
      type,
      data,
      metadata,
    }));
    const other = field === "id" ? crypto.randomUUID() : "{}";
    await target.append(
      first,
      "none",
      events.map((event, seq) => (seq === 1 ? { ...event, [field]: other } : event)),
    );
    expect(await copy(source, target)).toMatchObject({ [first]: { kind: "refused", message: /^event 1/ } });
  });

  test("so is one that goes on in the target, for somebody has served it", async () => {
    const { source, target, first } = await stores();
    await copy(source, target);
    await target.append(first, 2, [newEvent()]);
    const refused = { kind: "refused", message: "the target goes on after event 2, where the source ends" };
    expect(await copy(source, target)).toMatchObject({ [first]: refused });
  });

  test.each([
    [
      "was changed",
      "UPDATE events SET data = replace(data, 'größer', 'kleiner') WHERE data LIKE ?",
      "%größer%",
      /digest/,
    ],
    ["lost its beginning", "DELETE FROM events WHERE data LIKE ?", "%größer%", /revision 0 .* is missing/],
  ])("a log that %s is named, nothing of it is written, and the others are copied", async (_, sql, value, words) => {
    const { directory, source, target, first, second, third } = await stores();
    change(directory, sql, value);
    const told = await copy(source, target);
    const corrupt = { kind: "corrupt", message: expect.stringMatching(words) };
    expect(told).toEqual({ [first]: COPIED, [second]: corrupt, [third]: COPIED });
    expect(await Array.fromAsync(target.read(second))).toEqual([]);
  });

  test("a log in another decision's stream is corrupt", async () => {
    const { directory, source, target, first, second } = await stores();
    change(directory, "UPDATE streams SET name = 'parked' WHERE name = ?", second);
    const other = streamOf("0".repeat(32) as Parameters<typeof streamOf>[0]);
    change(directory, "UPDATE streams SET name = ? WHERE name = 'parked'", other);
    expect(await copy(source, target)).toMatchObject({ [first]: COPIED, [other]: { kind: "corrupt" } });
  });

  test("a log that is larger than an append comes in several, each within the store's limit", async () => {
    const { source, target } = await stores();
    const sizes: number[] = [];
    const big = Array.from({ length: 9 }, () => newEvent("x".repeat(250_000)));
    for (const [index, event] of big.entries())
      await source.append("template-big", index === 0 ? "none" : index - 1, [event]);
    const measured = {
      ...target,
      append: (...call: Parameters<EventStore["append"]>) => {
        sizes.push(JSON.stringify(call[2]).length);
        return target.append(...call);
      },
    };
    expect(await copy(source, measured)).toMatchObject({ "template-big": { kind: "copied", events: 9 } });
    expect(Math.max(...sizes)).toBeLessThan(1024 * 1024);
    expect(sizes.filter((size) => size > 500_000)).toHaveLength(3);
    expect(await everythingIn(target, "template-")).toEqual(await everythingIn(source, "template-"));
  });

  test("an append whose answer is lost is settled by the same append again", async () => {
    const { source, target, first, second, third } = await stores();
    let isFirst = true;
    const appends: (readonly NewEvent[])[] = [];
    const losing: EventStore = {
      ...target,
      async append(stream, expected, events, options) {
        if (stream === first) appends.push(events);
        const result = await target.append(stream, expected, events, options);
        if (!isFirst || stream !== first) return result;
        isFirst = false;
        throw new AppendOutcomeUnknown("no answer");
      },
    };
    const clock = {
      ...createManualClock(),
      sleep: async (ms: number) => void (ms > 500 && (await new Promise(() => {}))),
    };
    expect(await copy(source, losing, clock)).toEqual({ [first]: COPIED, [second]: COPIED, [third]: COPIED });
    expect(appends).toHaveLength(2);
    expect(appends[0]).toEqual(appends[1]);
  });

  test("a target that drops what it was given is found out", async () => {
    const { source, target, first, second } = await stores();
    const dropping: EventStore = {
      ...target,
      append: (stream, expected, events) =>
        target.append(stream, expected, stream === first ? events.map((event) => ({ ...event, data: "{}" })) : events),
    };
    expect(await copy(source, dropping)).toMatchObject({
      [first]: { kind: "refused", message: "event 0 is another one in the target" },
      [second]: COPIED,
    });
  });

  test("a target that goes away ends it; repeated, it comes to the same end as without that", async () => {
    const { source, target } = await stores();
    let left = 1;
    const dying: EventStore = {
      ...target,
      append: (...call) => (left-- > 0 ? target.append(...call) : Promise.reject(new StoreUnavailable("gone"))),
    };
    await expect(copy(source, dying)).rejects.toThrow("gone");
    expect((await everythingIn(target, "")).size).toBe(1);
    await copy(source, target);
    expect(await everythingIn(target, "")).toEqual(await everythingIn(source, ""));
  });

  test("a source that goes away for good ends it, though a subscription would wait for ever", async () => {
    const { source, target } = await stores();
    const clock = createManualClock();
    let asked = 0;
    const away: EventStore = {
      ...source,
      async *follow(...call) {
        for await (const message of source.follow(...call)) if (message.kind === "event") yield message;
      },
      health: async () => ({ serving: ++asked < 3, reason: "no leader" }),
    };
    const copying = expect(copy(away, target, clock)).rejects.toThrow("no leader");
    await eventually("it gave up", async () => {
      clock.advance(1_000);
      return asked >= 18;
    });
    await copying;
  });
});
