import { describe, expect, onTestFinished, test } from "vitest";
import { openClient } from "../../../src/store/eventstoredb/client.ts";
import { parseConnection } from "../../../src/store/eventstoredb/connection.ts";
import { contentOf, following, newEvent, newPrefix, readAll } from "../../contract/stored-material.ts";
import { eventStoreDB } from "../../eventstoredb/server-under-test.ts";

const TRACE = { correlationId: "decision 7", causationId: "request 3" };

async function opened() {
  const server = await eventStoreDB();
  const client = openClient(parseConnection(server.url));
  onTestFinished(() => client.close(1_000));
  const stream = `${newPrefix()}a`;
  const metadata = async () =>
    (await Array.fromAsync(client.calls.readStream(stream))).map(({ event }) => event?.metadata);
  return { store: server.open(), stream, metadata };
}

describe("metadata", () => {
  test("hold what the event belongs to and what called for it under the store's own names, beside ours", async () => {
    const { store, stream, metadata } = await opened();
    const own = '{"digest":"sha256:00"}';
    await store.append(stream, "none", [
      { ...newEvent("a", own), trace: TRACE },
      { ...newEvent("b"), trace: TRACE },
      newEvent("c", own),
      newEvent("d"),
    ]);
    const trace = { $correlationId: "decision 7", $causationId: "request 3" };
    expect(await metadata()).toEqual([{ digest: "sha256:00", ...trace }, trace, { digest: "sha256:00" }, undefined]);
  });

  test("come back as they were given, without those names: read and followed", async () => {
    const { store, stream } = await opened();
    const events = [newEvent("a", '{"digest":"sha256:00"}'), newEvent("b")];
    await store.append(
      stream,
      "none",
      events.map((event) => ({ ...event, trace: TRACE })),
    );
    expect((await readAll(store, stream)).map(contentOf)).toEqual(events.map(contentOf));
    expect((await following(store, stream).reached(2)).map(contentOf)).toEqual(events.map(contentOf));
  });

  test.each([
    ["names that belong to the store", '{"$maxAge":1}'],
    ["nothing at all", "{}"],
    ["no object", "[1]"],
    ["no JSON", "{"],
  ])("of %s are refused before anything is sent", async (_, metadata) => {
    const { store, stream } = await opened();
    await expect(store.append(stream, "none", [newEvent("a", metadata)])).rejects.toThrow(TypeError);
    expect(await readAll(store, stream)).toEqual([]);
  });
});
