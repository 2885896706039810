import { EventStoreDBClient, jsonEvent, NO_STREAM, WrongExpectedVersionError } from "@eventstore/db-client";
import { describe, expect, onTestFinished, test } from "vitest";
import { doubleUnderTest } from "./server-under-test.ts";

/** The client as anybody would use it, without our guard. */
async function unguarded() {
  const { url, double } = await doubleUnderTest();
  const client = EventStoreDBClient.connectionString(url);
  onTestFinished(() => client.dispose());
  return { client, double };
}

const event = () => jsonEvent({ type: "TESTED", data: { a: 1 } });

describe("the double, to the client as it is", () => {
  test("is appended to by the batch stream, which is what our store keeps away from", async () => {
    const { client, double } = await unguarded();
    const first = await client.appendToStream("s", [event(), event()], { expectedRevision: NO_STREAM });
    expect(first).toMatchObject({ success: true, nextExpectedRevision: 1n });
    const conflict = await client
      .appendToStream("s", event(), { expectedRevision: NO_STREAM })
      .catch((e: unknown) => e);
    expect(conflict).toBeInstanceOf(WrongExpectedVersionError);
    expect(conflict).toMatchObject({ actualVersion: 1n });
    expect(double.calls).toMatchObject({ batchAppend: 1, append: 0, features: 1 });
  });

  test("gives back what was written, in both directions, and live", async () => {
    const { client } = await unguarded();
    const subscription = client.subscribeToAll();
    const live = new Promise<string>((seen) =>
      subscription.on("data", ({ event: recorded }) => recorded?.streamId === "s" && seen(recorded.id)),
    );
    const events = [event(), event(), event()];
    await client.appendToStream("s", events, { expectedRevision: NO_STREAM });
    expect(await live).toBe(events[0]?.id);
    const ids = async (direction: "forwards" | "backwards") =>
      (
        await Array.fromAsync(
          client.readStream("s", { direction, fromRevision: direction === "forwards" ? "start" : "end" }),
        )
      ).map((read) => read.event?.id);
    expect(await ids("forwards")).toEqual(events.map(({ id }) => id));
    expect(await ids("backwards")).toEqual(events.map(({ id }) => id).toReversed());
    const last = await Array.fromAsync(client.readAll({ direction: "backwards", fromPosition: "end", maxCount: 1 }));
    expect(last.map((read) => read.event?.id)).toEqual([events[2]?.id]);
  });
});
