import { expect, test } from "vitest";
import { copyStreams } from "../../src/app/copy-streams.ts";
import { foreignLog } from "../evidence/foreign-log.ts";
import { importsUnderTest, largeLog } from "./imports-under-test.ts";

test("imports are copied to another store, verified and to the byte; a damaged one is named and left out", async () => {
  const from = await importsUnderTest();
  const to = await importsUnderTest();
  const log = foreignLog();
  const { importId } = await from.take(log.bundle());
  await from.take(largeLog().bundle(), "FAST_FORWARD");
  const { importId: damaged } = await from.take(foreignLog({ requestId: "elsewhere-2" }).bundle());
  const [event] = await Array.fromAsync(from.real.read(`imported-${importId}`));
  if (event === undefined) throw new Error("nothing is stored");
  const { type, data, metadata } = event;
  await from.real.append(`imported-${damaged}`, 1, [{ id: crypto.randomUUID(), type, data, metadata }]);

  const told = new Map<string, string>();
  await copyStreams({ source: from.real, target: to.real, clock: from.clock }, (stream, { kind }) =>
    told.set(stream, kind),
  );
  expect(Object.fromEntries(told)).toEqual({ [`imported-${importId}`]: "copied", [`imported-${damaged}`]: "corrupt" });
  expect(await to.stored(importId)).toEqual(await from.stored(importId));
  expect((await to.imported.exportBundle(importId)).json).toBe((await from.imported.exportBundle(importId)).json);
  expect((await to.imported.load(importId)).segments).toEqual((await from.imported.load(importId)).segments);
});
