import { describe, expect, test } from "vitest";
import { AppendOutcomeUnknown, type EventStore, StoreUnavailable } from "../../src/app/event-store.ts";
import type { ConflictMode } from "../../src/app/plan-import.ts";
import { readImport } from "../../src/evidence/read-import.ts";
import { eventStoreDB } from "../eventstoredb/server-under-test.ts";
import { type ForeignLog, foreignLog } from "../evidence/foreign-log.ts";
import { caller } from "./decisions-under-test.ts";
import type { Fault } from "./executions-under-test.ts";
import { importsUnderTest, largeLog } from "./imports-under-test.ts";

const FAULTS: readonly Fault[] = [
  "fails",
  "lost once",
  "lost once though it persisted",
  "lost for good",
  "lost for good though it persisted",
];

/** What is imported where, and how many appends that takes. */
const IMPORTS: readonly {
  readonly what: string;
  readonly mode: ConflictMode;
  readonly here?: () => ForeignLog;
  readonly comes: () => ForeignLog;
  readonly outcome: string;
  readonly appends: number;
}[] = [
  { what: "a small log", mode: "REJECT", comes: () => foreignLog(), outcome: "CREATED", appends: 1 },
  { what: "a large log", mode: "REJECT", comes: () => largeLog(), outcome: "CREATED", appends: 3 },
  {
    what: "a large tail",
    mode: "FAST_FORWARD",
    here: () => foreignLog(),
    comes: () => largeLog(),
    outcome: "FAST_FORWARDED",
    appends: 3,
  },
  {
    what: "a large log beside",
    mode: "KEEP_BOTH",
    here: () => foreignLog().cancel(),
    comes: () => largeLog(),
    outcome: "KEPT_BESIDE",
    appends: 3,
  },
];

const WRITES = IMPORTS.flatMap(({ appends, ...row }) =>
  Array.from({ length: appends }, (_, index) => FAULTS.map((fault) => ({ ...row, nth: index + 1, fault }))).flat(),
);

/** A store in which the nth append from `armed` on fails, with its repeats. */
function faultyStore(real: EventStore, nth: number, fault: Fault, armed: () => boolean): EventStore {
  let count = 0;
  let struck: string | undefined;
  return {
    ...real,
    async append(stream, expected, events, options) {
      const [event] = events;
      const isRepeat = event?.id === struck;
      if (armed() && !isRepeat) count += 1;
      const isStruck =
        armed() && ((count === nth && struck === undefined) || (isRepeat && fault.startsWith("lost for good")));
      if (event === undefined || !isStruck) return await real.append(stream, expected, events, options);
      struck = event.id;
      if (fault === "fails") throw new StoreUnavailable("the disk is full");
      if (fault.endsWith("persisted")) await real.append(stream, expected, events, options);
      throw new AppendOutcomeUnknown("the answer was lost");
    },
  };
}

describe("a write of an import fails, and readers see all of it or nothing", { timeout: 60_000 }, () => {
  test.each(WRITES)("$what: append $nth $fault", async ({ mode, here, comes, outcome, nth, fault }) => {
    let isArmed = false;
    const under = await importsUnderTest({ store: (real) => faultyStore(real, nth, fault, () => isArmed) });
    if (here !== undefined) await under.take(here().bundle());
    under.letTimePass();
    isArmed = true;
    const log = comes();
    const read = readImport(log.bundle());
    if ("problem" in read) throw new Error(read.problem);
    const importId = mode === "KEEP_BOTH" ? read.besideId : read.importId;
    const lengthBefore = (await under.imports.load(importId))?.events.length;

    const by = caller("ida", "the-request");
    const first = await under.take(log.bundle(), mode, by).catch((error: unknown) => error as Error);
    const told =
      fault === "fails" ? "StoreUnavailable" : fault.startsWith("lost once") ? undefined : "AppendOutcomeUnknown";
    expect(first instanceof Error ? first.name : undefined).toBe(told);
    const between = (await under.imports.load(importId))?.events.length;
    // An answer that was lost for good may stand for the last append, and then everything is there.
    expect([lengthBefore, log.events.length]).toContain(between);
    if (told === undefined) expect(between).toBe(log.events.length);

    const again = await under.importer()(log.bundle(), mode, by);
    expect(again).toMatchObject({ importId, outcome });
    expect((await under.imports.load(importId))?.events.map(({ digest }) => digest)).toEqual(
      log.events.map(({ digest }) => digest),
    );
    // Nothing was written twice.
    expect(await under.stored(importId)).toHaveLength(log.events.length);
  });
});

const STORES = {
  "the embedded store": () => importsUnderTest(),
  EventStoreDB: () => importsUnderTest({ open: async () => (await eventStoreDB()).open() }),
};

describe("two importers at the same time, on two servers", { timeout: 120_000 }, () => {
  test.each(Object.entries(STORES))(
    "of one file, on %s: all are told that it is here, and it is here once",
    async (_, open) => {
      const under = await open();
      under.letTimePass();
      const log = largeLog(12, 200_000, { requestId: crypto.randomUUID() });
      const results = await Promise.all(
        Array.from({ length: 4 }, (_, i) => under.importer()(log.bundle(), "REJECT", caller(`importer-${i}`))),
      );
      const [{ importId } = { importId: undefined }] = results;
      for (const result of results) expect(result.importId).toBe(importId);
      expect(results.reduce((sum, { eventsWritten }) => sum + eventsWritten, 0)).toBe(26);
      expect(await under.stored(importId ?? "")).toHaveLength(26);
      expect(results.filter(({ outcome }) => outcome === "CREATED").length).toBeGreaterThan(0);
    },
  );

  test("of two files that part: one is taken, the other refused, and kept beside where that was wanted", async () => {
    const under = await importsUnderTest();
    under.letTimePass();
    const [one, other] = [largeLog(), largeLog(12, 190_000)];
    const results = await Promise.allSettled([
      under.importer()(one.bundle(), "FAST_FORWARD"),
      under.importer()(other.bundle(), "FAST_FORWARD"),
    ]);
    const refused = results.flatMap((result) => (result.status === "rejected" ? [result.reason as unknown] : []));
    expect(refused).toMatchObject([{ reason: "IMPORT_DIVERGED" }]);
    const kept = await Promise.all([
      under.importer()(one.bundle(), "KEEP_BOTH"),
      under.importer()(other.bundle(), "KEEP_BOTH"),
    ]);
    expect(new Set(kept.map(({ importId }) => importId)).size).toBe(2);
    const [first, second] = [kept[0].importId, kept[1].importId];
    expect((await under.imports.load(first))?.events.at(-1)?.digest).toBe(one.events.at(-1)?.digest);
    expect((await under.imports.load(second))?.events.at(-1)?.digest).toBe(other.events.at(-1)?.digest);
  });

  test("of a log and a longer one of it: both end with the longer one, whole", async () => {
    const under = await importsUnderTest();
    under.letTimePass();
    const short = largeLog();
    const long = short.fork().approve("carol").reject("dave");
    for (let round = 0; round < 5; round++) {
      const results = await Promise.all([
        under.importer()(short.bundle(), "FAST_FORWARD"),
        under.importer()(long.bundle(), "FAST_FORWARD"),
      ]);
      const log = await under.imports.load(results[0].importId);
      expect(log?.events.map(({ digest }) => digest)).toEqual(long.events.map(({ digest }) => digest));
    }
  });
});
