import { describe, expect, test } from "vitest";
import type { StoreContract } from "./event-store.ts";
import { contentOf, following, newEvents, newPrefix, openFor, readAll } from "./stored-material.ts";

export function describeLifetime(contract: StoreContract): void {
  describe("health and close", () => {
    test("a store that is open serves; a closed one says that it is closed", async () => {
      const store = await openFor(contract);
      expect(await store.health()).toEqual({ serving: true });
      await store.close();
      expect(await store.health()).toMatchObject({ serving: false, reason: expect.stringContaining("closed") });
    });

    test("what is under way is finished before it closes", async () => {
      const open = await contract.prepare();
      const prefix = newPrefix();
      const store = await open();
      const events = newEvents(50);
      const answers = events.map((event, index) => store.append(`${prefix}${index}`, "none", [event]));
      await store.close();
      await Promise.all(answers);
      const again = await open();
      try {
        for (const [index, event] of events.entries())
          expect((await readAll(again, `${prefix}${index}`)).map(contentOf)).toEqual([contentOf(event)]);
      } finally {
        await again.close();
      }
    });

    test("later calls are refused as unavailable", async () => {
      const store = await openFor(contract);
      const stream = `${newPrefix()}a`;
      await store.append(stream, "none", newEvents(1));
      await store.close();
      const refusal = { name: "StoreUnavailable" };
      await expect(store.append(stream, 0, newEvents(1))).rejects.toMatchObject(refusal);
      await expect(readAll(store, stream)).rejects.toMatchObject(refusal);
      await expect(store.head()).rejects.toMatchObject(refusal);
      await expect(store.follow(stream, undefined)[Symbol.asyncIterator]().next()).rejects.toMatchObject(refusal);
    });

    test("a subscription ends as unavailable when the store is closed", async () => {
      const store = await openFor(contract);
      const live = following(store, newPrefix());
      await live.caughtUp();
      await store.close();
      expect(await live.ended).toMatchObject({ name: "StoreUnavailable" });
    });

    test("closing again, also at the same time, waits for the same end", async () => {
      const open = await contract.prepare();
      const store = await open();
      await Promise.all([store.close(), store.close()]);
      await store.close();
      await (await open()).close();
    });
  });
}
