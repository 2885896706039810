import { describe, expect, test } from "vitest";
import type { StoreContract } from "./event-store.ts";
import { newEvents, newPrefix, openFor, readAll } from "./stored-material.ts";

export function describeReads(contract: StoreContract): void {
  describe("read", () => {
    test("a stream that does not exist reads as empty, in both directions", async () => {
      const store = await openFor(contract);
      const stream = `${newPrefix()}a`;
      for (const direction of ["forwards", "backwards"] as const) {
        expect(await readAll(store, stream, { direction })).toEqual([]);
        expect(await readAll(store, stream, { direction, from: 3 })).toEqual([]);
      }
    });

    test.each([
      { options: {}, revisions: [0, 1, 2, 3, 4] },
      { options: { from: 2 }, revisions: [2, 3, 4] },
      { options: { from: 4 }, revisions: [4] },
      { options: { from: 5 }, revisions: [] },
      { options: { from: 700 }, revisions: [] },
      { options: { limit: 2 }, revisions: [0, 1] },
      { options: { limit: 0 }, revisions: [] },
      { options: { limit: 5 }, revisions: [0, 1, 2, 3, 4] },
      { options: { limit: 9 }, revisions: [0, 1, 2, 3, 4] },
      { options: { from: 1, limit: 3 }, revisions: [1, 2, 3] },
      { options: { direction: "backwards" }, revisions: [4, 3, 2, 1, 0] },
      { options: { direction: "backwards", from: 2 }, revisions: [2, 1, 0] },
      { options: { direction: "backwards", from: 0 }, revisions: [0] },
      { options: { direction: "backwards", from: 700 }, revisions: [4, 3, 2, 1, 0] },
      { options: { direction: "backwards", limit: 1 }, revisions: [4] },
      { options: { direction: "backwards", from: 3, limit: 2 }, revisions: [3, 2] },
    ] as const)("$options of five events", async ({ options, revisions }) => {
      const store = await openFor(contract);
      const stream = `${newPrefix()}a`;
      await store.append(stream, "none", newEvents(5));
      expect((await readAll(store, stream, options)).map(({ revision }) => revision)).toEqual(revisions);
    });

    test("a long stream, whole and in both directions", async () => {
      const store = await openFor(contract);
      const stream = `${newPrefix()}a`;
      const count = 1_000;
      for (let revision = -1; revision < count - 1; revision += 250)
        await store.append(stream, revision < 0 ? "none" : revision, newEvents(250));
      const upwards = Array.from({ length: count }, (_, revision) => revision);
      expect((await readAll(store, stream)).map(({ revision }) => revision)).toEqual(upwards);
      expect((await readAll(store, stream, { direction: "backwards" })).map(({ revision }) => revision)).toEqual(
        upwards.toReversed(),
      );
      expect(await readAll(store, stream, { from: 200, limit: 512 })).toHaveLength(512);
    });

    test("one stream's events only, even if another's name begins with its name", async () => {
      const store = await openFor(contract);
      const stream = `${newPrefix()}a`;
      await store.append(`${stream}b`, "none", newEvents(2));
      await store.append(stream, "none", newEvents(1));
      expect(await readAll(store, stream)).toHaveLength(1);
    });

    test("what was acknowledged is read at once", async () => {
      const store = await openFor(contract);
      const stream = `${newPrefix()}a`;
      for (let revision = 0; revision < 20; revision++) {
        await store.append(stream, revision === 0 ? "none" : revision - 1, newEvents(1));
        expect(await readAll(store, stream, { from: revision })).toHaveLength(1);
      }
    });

    test("a reader may stop early and the store goes on", async () => {
      const store = await openFor(contract);
      const stream = `${newPrefix()}a`;
      await store.append(stream, "none", newEvents(600));
      for await (const { revision } of store.read(stream)) if (revision === 3) break;
      expect(await readAll(store, stream)).toHaveLength(600);
      await store.append(stream, 599, newEvents(1));
    });

    test("the caller's signal ends a read with its reason", async () => {
      const store = await openFor(contract);
      const stream = `${newPrefix()}a`;
      await store.append(stream, "none", newEvents(1));
      const reason = new Error("no longer wanted");
      await expect(readAll(store, stream, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    });
  });
}
