import { describe, expect, test } from "vitest";
import { WrongExpectedRevision } from "../../src/app/event-store.ts";
import type { StoreContract } from "./event-store.ts";
import { following, newEvent, newEvents, newPrefix, openFor, readAll } from "./stored-material.ts";

export function describeConcurrency(contract: StoreContract): void {
  describe("many at once", () => {
    test("on one stream exactly one wins each revision, and every loser is told", async () => {
      const store = await openFor(contract);
      const stream = `${newPrefix()}a`;
      await store.append(stream, "none", newEvents(1));
      for (let revision = 0; revision < 10; revision++) {
        const rivals = Array.from({ length: 50 }, (_, index) => newEvent(index));
        const answers = await Promise.allSettled(rivals.map((event) => store.append(stream, revision, [event])));
        const won = answers.flatMap((answer, index) => (answer.status === "fulfilled" ? [rivals[index]] : []));
        const lost = answers.flatMap((answer) => (answer.status === "rejected" ? [answer.reason as unknown] : []));
        expect(won).toHaveLength(1);
        expect(lost).toHaveLength(49);
        for (const error of lost) {
          expect(error).toBeInstanceOf(WrongExpectedRevision);
          expect(error).toMatchObject({ actual: revision + 1 });
        }
        expect((await readAll(store, stream, { from: revision + 1 })).map(({ id }) => id)).toEqual([won[0]?.id]);
      }
    });

    test("writers that read and try again all get in, without a gap", async () => {
      const store = await openFor(contract);
      const stream = `${newPrefix()}a`;
      await Promise.all(Array.from({ length: 20 }, () => getIn()));
      expect((await readAll(store, stream)).map(({ revision }) => revision)).toEqual(
        Array.from({ length: 40 }, (_, revision) => revision),
      );

      async function getIn(): Promise<void> {
        const events = newEvents(2);
        for (;;) {
          const [last] = await readAll(store, stream, { direction: "backwards", limit: 1 });
          try {
            await store.append(stream, last?.revision ?? "none", events);
            return;
          } catch (error) {
            if (!(error instanceof WrongExpectedRevision)) throw error;
          }
        }
      }
    });

    test("on many streams nobody is in another's way, and followers see each stream in order", async () => {
      const store = await openFor(contract);
      const prefix = newPrefix();
      const live = following(store, prefix);
      await Promise.all(
        Array.from({ length: 100 }, async (_, index) => {
          for (let revision = 0; revision < 5; revision++)
            await store.append(`${prefix}${index}`, revision === 0 ? "none" : revision - 1, newEvents(1));
        }),
      );
      const events = await live.reached(500);
      const next = new Map<string, number>();
      for (const { stream, revision } of events) {
        expect(revision).toBe(next.get(stream) ?? 0);
        next.set(stream, revision + 1);
      }
      expect(next.size).toBe(100);
      expect(new Set(events.map(({ position }) => position)).size).toBe(500);
    });

    test("appends that cannot be written do not spoil those beside them", async () => {
      const store = await openFor(contract);
      const prefix = newPrefix();
      const answers = await Promise.allSettled(
        Array.from({ length: 40 }, (_, index) =>
          store.append(`${prefix}${index}`, index % 2 === 0 ? "none" : 7, newEvents(2)),
        ),
      );
      expect(answers.map(({ status }) => status === "fulfilled")).toEqual(answers.map((_, index) => index % 2 === 0));
      for (const [index] of answers.entries())
        expect(await readAll(store, `${prefix}${index}`)).toHaveLength(index % 2 === 0 ? 2 : 0);
    });
  });
}
