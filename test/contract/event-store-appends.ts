import { describe, expect, test } from "vitest";
import { WrongExpectedRevision } from "../../src/app/event-store.ts";
import type { StoreContract } from "./event-store.ts";
import { contentOf, newEvent, newEvents, newPrefix, openFor, readAll } from "./stored-material.ts";

export function describeAppends(contract: StoreContract): void {
  describe("append", () => {
    test("stores the events of one append in order and answers with the last revision", async () => {
      const store = await openFor(contract);
      const stream = `${newPrefix()}a`;
      const [first, second, third] = [newEvent("a"), newEvent("b"), newEvent("c", '{"by":"me"}')];
      expect((await store.append(stream, "none", [first, second])).revision).toBe(1);
      expect((await store.append(stream, 1, [third])).revision).toBe(2);
      const stored = await readAll(store, stream);
      expect(stored.map(contentOf)).toEqual([first, second, third].map(contentOf));
      expect(stored.map(({ revision }) => revision)).toEqual([0, 1, 2]);
      expect(stored.every((event) => event.stream === stream)).toBe(true);
    });

    test("answers with the position of the last event", async () => {
      const store = await openFor(contract);
      const stream = `${newPrefix()}a`;
      const { position } = await store.append(stream, "none", newEvents(3));
      expect((await readAll(store, stream)).at(-1)?.position).toBe(position);
    });

    test.each([
      { expected: "none", actual: 2, why: "the stream exists" },
      { expected: 1, actual: 2, why: "the stream has gone on" },
      { expected: 3, actual: 2, why: "the stream has not come that far" },
    ] as const)(
      "expected at $expected but at $actual: refused with the actual revision, nothing written",
      async ({ expected, actual }) => {
        const store = await openFor(contract);
        const stream = `${newPrefix()}a`;
        await store.append(stream, "none", newEvents(3));
        const refusal = await store.append(stream, expected, newEvents(2)).catch((error: unknown) => error);
        expect(refusal).toBeInstanceOf(WrongExpectedRevision);
        expect(refusal).toMatchObject({ stream, actual });
        expect(await readAll(store, stream)).toHaveLength(3);
      },
    );

    test("a stream that was expected but does not exist: refused with none, and still does not exist", async () => {
      const store = await openFor(contract);
      const stream = `${newPrefix()}a`;
      await expect(store.append(stream, 0, newEvents(1))).rejects.toMatchObject({
        name: "WrongExpectedRevision",
        actual: "none",
      });
      expect(await readAll(store, stream)).toEqual([]);
      expect((await store.append(stream, "none", newEvents(1))).revision).toBe(0);
    });

    test("the very same append repeated gets the first answer and writes nothing", async () => {
      const store = await openFor(contract);
      const stream = `${newPrefix()}a`;
      const [beginning, more] = [newEvents(2), newEvents(3)];
      const first = await store.append(stream, "none", beginning);
      expect(await store.append(stream, "none", beginning)).toEqual(first);
      const second = await store.append(stream, 1, more);
      expect(await store.append(stream, 1, more)).toEqual(second);
      expect(await readAll(store, stream)).toHaveLength(5);
    });

    test("also after further events", async () => {
      const store = await openFor(contract);
      const stream = `${newPrefix()}a`;
      const [beginning, more] = [newEvents(2), newEvents(1)];
      const first = await store.append(stream, "none", beginning);
      const second = await store.append(stream, 1, more);
      await store.append(stream, 2, newEvents(4));
      expect(await store.append(stream, "none", beginning)).toEqual(first);
      expect(await store.append(stream, 1, more)).toEqual(second);
      expect(await readAll(store, stream)).toHaveLength(7);
    });

    test("two of the very same at the same time: both get the same answer, one is written", async () => {
      const store = await openFor(contract);
      const stream = `${newPrefix()}a`;
      const events = newEvents(2);
      const answers = await Promise.all([store.append(stream, "none", events), store.append(stream, "none", events)]);
      expect(answers[0]).toEqual(answers[1]);
      expect(await readAll(store, stream)).toHaveLength(2);
    });

    test("an append that shares only some events with an earlier one is refused", async () => {
      const store = await openFor(contract);
      const stream = `${newPrefix()}a`;
      const [first, second] = [newEvent("a"), newEvent("b")];
      await store.append(stream, "none", [first, second]);
      for (const mixed of [
        [first, newEvent("c")],
        [second, first],
        [first, second, newEvent("c")],
      ])
        await expect(store.append(stream, "none", mixed)).rejects.toMatchObject({ actual: 1 });
      expect(await readAll(store, stream)).toHaveLength(2);
    });

    const isExcused = contract.except.includes("refuses known ids with different data");
    test(`known ids at their place with different data: ${isExcused ? "the first stay" : "refused"}`, async () => {
      const store = await openFor(contract);
      const stream = `${newPrefix()}a`;
      const event = newEvent("a", '{"by":"me"}');
      const first = await store.append(stream, "none", [event]);
      for (const other of [
        { ...event, data: '{"value":"b"}' },
        { ...event, metadata: undefined },
        { ...event, type: "OTHER" },
      ]) {
        const answer = store.append(stream, "none", [other]);
        if (isExcused) expect(await answer).toEqual(first);
        else await expect(answer).rejects.toMatchObject({ name: "WrongExpectedRevision", actual: 0 });
      }
      expect((await readAll(store, stream)).map(contentOf)).toEqual([contentOf(event)]);
    });

    test("an append of nothing is refused, and makes no stream", async () => {
      const store = await openFor(contract);
      const stream = `${newPrefix()}a`;
      await expect(store.append(stream, "none", [])).rejects.toThrow(TypeError);
      await expect(store.append(stream, 0, newEvents(1))).rejects.toMatchObject({ actual: "none" });
    });

    test("a call that was ended before it began writes nothing", async () => {
      const store = await openFor(contract);
      const stream = `${newPrefix()}a`;
      const reason = new Error("no longer wanted");
      const signal = AbortSignal.abort(reason);
      await expect(store.append(stream, "none", newEvents(1), { signal })).rejects.toBe(reason);
      expect(await readAll(store, stream)).toEqual([]);
    });

    test("a call that is ended under way says that the outcome is unknown, and repeating it settles that", async () => {
      const store = await openFor(contract);
      const stream = `${newPrefix()}a`;
      const events = newEvents(2);
      const ending = new AbortController();
      const reason = new Error("no longer wanted");
      const answer = store.append(stream, "none", events, { signal: ending.signal }).then(
        () => undefined,
        (error: unknown) => error,
      );
      ending.abort(reason);
      const error = await answer;
      if (error !== undefined && error !== reason) expect(error).toMatchObject({ name: "AppendOutcomeUnknown" });
      expect((await store.append(stream, "none", events)).revision).toBe(1);
      expect(await readAll(store, stream)).toHaveLength(2);
    });

    const isPicky = contract.except.includes("takes any JSON object");
    test.each([
      ["other scripts and planes", '{"text":"Grüße, 日本語, שלום, 👩‍🚀, e\u0301, \u{10FFFF}"}'],
      ["escapes", String.raw`{"text":"\" \\ \/ \u0000 \u001f \ud800 \n"}`],
      ["escapes as JSON.stringify writes them", String.raw`{"text":"\" \\ / \u0000 \u001f \ud800 \n"}`],
      ["line separators, DEL and a byte order mark", '{"text":"\u2028\u2029\u007f\ufeff"}'],
      ["quotes and SQL", `{"text":"'); DROP TABLE events; --"}`],
      ["white space and order of its own", '{ "b" : 1.0,\t"a":\n1e2, "10":1, "9":2 }'],
      ["256 KiB", JSON.stringify({ text: "é😀".repeat(43_689) })],
    ])("text comes back to the byte: %s", async (_, data) => {
      const store = await openFor(contract);
      const stream = `${newPrefix()}a`;
      const given = { ...newEvent(), data, metadata: data };
      if (isPicky && JSON.stringify(JSON.parse(data)) !== data) {
        await expect(store.append(stream, "none", [given])).rejects.toThrow(TypeError);
        expect(await readAll(store, stream)).toEqual([]);
        return;
      }
      await store.append(stream, "none", [given]);
      const [stored] = await readAll(store, stream);
      expect(stored && contentOf(stored)).toEqual(contentOf(given));
    });

    test("900 KiB in one append", async () => {
      const store = await openFor(contract);
      const stream = `${newPrefix()}a`;
      const events = Array.from({ length: 4 }, () => newEvent("x".repeat(225 * 1024)));
      await store.append(stream, "none", events);
      expect((await readAll(store, stream)).map(contentOf)).toEqual(events.map(contentOf));
    });
  });
}
