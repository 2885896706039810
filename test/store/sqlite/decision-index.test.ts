import { existsSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, onTestFinished, test } from "vitest";
import { type DecisionIndex, type IndexFilter, type IndexRow, matches } from "../../../src/app/decision-index.ts";
import type { Position } from "../../../src/app/event-store.ts";
import { type Sight, sees } from "../../../src/app/sight.ts";
import type { DecisionId } from "../../../src/domain/ids.ts";
import { openSqliteDecisionIndex } from "../../../src/store/sqlite/decision-index.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";
import { behindItsBack } from "./raw-file.ts";

const POSITION = "17" as Position;
const ALL: IndexFilter = {
  states: [],
  labels: [],
  requesterId: undefined,
  approverId: undefined,
  adapterId: undefined,
  mode: undefined,
  reviewStatuses: [],
  createdFrom: undefined,
  createdUntil: undefined,
};

function row(number: number, more: Partial<IndexRow> = {}): IndexRow {
  return {
    decisionId: number.toString(16).padStart(32, "0") as DecisionId,
    requester: { type: "HUMAN", id: "bob" },
    goal: "ship it",
    mode: "APPLY",
    adapterId: "local",
    labels: [],
    approverIds: [],
    state: "APPROVED",
    progress: {
      approvalsRequired: 1,
      approvalsValid: 1,
      approvalsMissing: 0,
      groups: [],
      stepsTotal: 0,
      stepsExecuted: 0,
    },
    review: undefined,
    createdAt: 1_000,
    updatedAt: 2_000,
    headSeq: 2,
    nextChangeAt: undefined,
    timeChange: 0,
    ...more,
  };
}

function openIndex(file = ":memory:"): DecisionIndex {
  const index = openSqliteDecisionIndex({ file });
  onTestFinished(() => {
    try {
      index.close();
    } catch {
      // The test has closed it.
    }
  });
  return index;
}

const idsOf = (rows: readonly IndexRow[]) => rows.map(({ decisionId }) => decisionId);

describe("rows", () => {
  test("put again they take the place of the old ones", () => {
    const index = openIndex();
    index.apply([row(1)], POSITION);
    index.apply([row(1, { state: "CANCELLED", headSeq: 3, approverIds: ["carol"] })], undefined);
    expect(index.get(row(1).decisionId)).toMatchObject({ state: "CANCELLED", headSeq: 3 });
    const query = { order: "newest_first", after: undefined, limit: 9 } as const;
    expect(index.list({ ...query, sight: "everything", filter: { ...ALL, states: ["APPROVED"] } })).toEqual([]);
    expect(index.list({ ...query, sight: "everything", filter: { ...ALL, approverId: "carol" } })).toHaveLength(1);
    expect(index.position()).toBe(POSITION);
  });

  test("come due in the order of their times", () => {
    const index = openIndex();
    index.apply(
      [row(1, { nextChangeAt: 30 }), row(2, { nextChangeAt: 10 }), row(3), row(4, { nextChangeAt: 20 })],
      POSITION,
    );
    expect(index.nextDue()).toBe(10);
    expect(idsOf(index.due(20, 9))).toEqual(idsOf([row(2), row(4)]));
    expect(idsOf(index.due(20, 1))).toEqual(idsOf([row(2)]));
    expect(index.due(9, 9)).toEqual([]);
  });

  test("number the changes by time, also after the highest was put again", () => {
    const index = openIndex();
    index.apply([row(1, { timeChange: 1 }), row(2, { timeChange: 2 })], undefined);
    index.apply([row(2, { timeChange: 3 })], undefined);
    expect(idsOf(index.timeChangedAfter(0, 9))).toEqual(idsOf([row(1), row(2)]));
    expect(idsOf(index.timeChangedAfter(1, 9))).toEqual(idsOf([row(2)]));
    index.apply([row(2, { timeChange: 0 })], undefined);
    expect(index.lastTimeChange()).toBe(3);
  });
});

const name = fc.constantFrom("a", "b", "c");
const anyRow = fc.record({
  state: fc.constantFrom("DRAFT", "APPROVED", "EXECUTING") satisfies fc.Arbitrary<IndexRow["state"]>,
  requester: fc.record({ type: fc.constantFrom("HUMAN", "SYSTEM"), id: name }) as fc.Arbitrary<IndexRow["requester"]>,
  adapterId: fc.constantFrom("", "a", "b", "c"),
  mode: fc.constantFrom("DRY_RUN", "APPLY") satisfies fc.Arbitrary<IndexRow["mode"]>,
  labels: fc.uniqueArray(fc.record({ key: name, value: name }), { selector: ({ key }) => key }),
  approverIds: fc.uniqueArray(name),
  review: fc.option(
    fc.record({
      status: fc.constantFrom("PENDING", "OVERDUE", "OBJECTED"),
      reviewBy: fc.constant(9_000),
      missing: fc.constant(1),
      groups: fc.constant([]),
      objections: fc.constant(0),
    }),
    { nil: undefined },
  ) as fc.Arbitrary<IndexRow["review"]>,
  createdAt: fc.integer({ min: 0, max: 5 }),
});
const anyFilter = fc.record({
  states: fc.uniqueArray(fc.constantFrom("DRAFT", "APPROVED", "EXECUTING")) as fc.Arbitrary<IndexFilter["states"]>,
  labels: fc.array(fc.record({ key: name, value: name }), { maxLength: 2 }),
  requesterId: fc.option(name, { nil: undefined }),
  approverId: fc.option(name, { nil: undefined }),
  adapterId: fc.option(name, { nil: undefined }),
  mode: fc.option(fc.constantFrom("DRY_RUN", "APPLY"), { nil: undefined }) as fc.Arbitrary<IndexFilter["mode"]>,
  reviewStatuses: fc.uniqueArray(fc.constantFrom("PENDING", "OVERDUE", "OBJECTED"), {
    maxLength: 2,
  }) as fc.Arbitrary<IndexFilter["reviewStatuses"]>,
  createdFrom: fc.option(fc.integer({ min: 0, max: 5 }), { nil: undefined }),
  createdUntil: fc.option(fc.integer({ min: 0, max: 6 }), { nil: undefined }),
});

const anySight: fc.Arbitrary<Sight> = fc.oneof(
  fc.constant("everything" as const),
  fc.record({
    own: fc.record({ type: fc.constantFrom("HUMAN", "SYSTEM"), id: name }) as fc.Arbitrary<IndexRow["requester"]>,
    scopes: fc.array(
      fc.record({
        labels: fc.array(fc.record({ key: name, value: name }), { maxLength: 2 }),
        adapters: fc.uniqueArray(name),
      }),
      { maxLength: 3 },
    ),
  }),
);

test("a list is exactly the rows in sight that match the filter, in order, page after page", () => {
  fc.assert(
    fc.property(
      fc.array(anyRow, { maxLength: 20 }),
      anyFilter,
      anySight,
      fc.boolean(),
      fc.integer({ min: 1, max: 7 }),
      (contents, filter, sight, isNewestFirst, limit) => {
        const index = openSqliteDecisionIndex({ file: ":memory:" });
        const rows = contents.map((content, number) => row(number, content));
        index.apply(rows, POSITION);
        const upwards = rows
          .filter((one) => matches(filter, one) && sees(sight, one))
          .toSorted((a, b) => a.createdAt - b.createdAt || (a.decisionId < b.decisionId ? -1 : 1));
        const order = isNewestFirst ? "newest_first" : "oldest_first";
        const listed: IndexRow[] = [];
        for (let page: readonly IndexRow[] = []; ; ) {
          page = index.list({ filter, sight, order, after: page.at(-1), limit });
          listed.push(...page);
          if (page.length < limit) break;
        }
        index.close();
        expect(idsOf(listed)).toEqual(idsOf(isNewestFirst ? upwards.toReversed() : upwards));
      },
    ),
    { numRuns: 300 },
  );
});

describe("the position", () => {
  test("is stored in the same transaction as the rows: if one of them cannot be written, neither is", () => {
    const index = openIndex();
    index.apply([row(1)], POSITION);
    const unwritable = row(3, { createdAt: 1.5 });
    expect(() => index.apply([row(2), unwritable], "18" as Position)).toThrow();
    expect(index.get(row(2).decisionId)).toBeUndefined();
    expect(index.position()).toBe(POSITION);
    index.apply([row(2)], "18" as Position);
    expect(index.position()).toBe("18");
  });

  test("is there after a restart, with the rows; emptying takes both", () => {
    const file = join(temporaryDirectory(), "index.sqlite");
    const first = openIndex(file);
    first.apply([row(1, { labels: [{ key: "k", value: "v" }], timeChange: 4 })], POSITION);
    first.close();
    const second = openIndex(file);
    expect(second.position()).toBe(POSITION);
    expect(second.get(row(1).decisionId)).toMatchObject({ headSeq: 2 });
    second.clear();
    expect(second.position()).toBeUndefined();
    expect(second.lastTimeChange()).toBe(0);
    expect(
      second.list({ filter: ALL, sight: "everything", order: "newest_first", after: undefined, limit: 9 }),
    ).toEqual([]);
  });
});

describe("a file that cannot be used is dropped and begun anew:", () => {
  const cases: readonly (readonly [string, (file: string) => void])[] = [
    ["of another version", (file) => behindItsBack(file, (database) => database.exec("PRAGMA user_version = 7"))],
    ["no database", (file) => writeFileSync(file, "nonsense ".repeat(1_000))],
    ["empty", (file) => writeFileSync(file, "")],
    ["damaged", (file) => writeFileSync(file, Buffer.alloc(statSync(file).size, 0xa5), { flag: "r+" })],
  ];
  test.each(cases)("%s", (_, spoil) => {
    const file = join(temporaryDirectory(), "index.sqlite");
    const before = openIndex(file);
    before.apply(
      Array.from({ length: 200 }, (_, number) => row(number)),
      POSITION,
    );
    before.close();
    spoil(file);
    const index = openIndex(file);
    expect(index.position()).toBeUndefined();
    index.apply([row(1)], POSITION);
    expect(index.get(row(1).decisionId)).toBeDefined();
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test("a log of writes that a file left behind does not come back to life", () => {
    const file = join(temporaryDirectory(), "index.sqlite");
    writeFileSync(`${file}-wal`, "left behind");
    openIndex(file).apply([row(1)], POSITION);
    expect(existsSync(file)).toBe(true);
  });
});
