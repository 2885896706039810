import { expect, test } from "vitest";
import type { Position } from "../../../src/app/event-store.ts";
import { openSqliteEventStore } from "../../../src/store/sqlite/event-store.ts";
import { following, newEvents, newPrefix } from "../../contract/stored-material.ts";
import { eventStoreDB } from "../../eventstoredb/server-under-test.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";

test("a position of one kind of store is never taken for one of the other, though its number is known there", async () => {
  const { open } = await eventStoreDB();
  const remote = open();
  const embedded = await openSqliteEventStore({ directory: temporaryDirectory() });
  const prefix = newPrefix();
  const there = await remote.append(`${prefix}a`, "none", newEvents(1));
  const here = await embedded.append(`${prefix}a`, "none", newEvents(1));
  const refused = expect.objectContaining({ name: "UnknownPosition" });
  expect(await following(remote, prefix, there.position.replace(/\D/g, "") as Position).ended).toEqual(refused);
  expect(await following(embedded, prefix, `c${here.position}` as Position).ended).toEqual(refused);
  await embedded.close();
});
