import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { check, copyOf, type Left, leftByServer } from "../cli/stores-to-check.ts";
import { behindItsBack, eventsFile, overwrite } from "../store/sqlite/raw-file.ts";

let left: Left;
beforeAll(async () => {
  left = await leftByServer();
});
afterAll(() => left.remove());

const indexFile = (directory: string) => join(directory, "index.sqlite");

type Edit = (database: DatabaseSync, ids: Left["ids"]) => void;

/** Changes a row's JSON, and with it the column of the same name. */
function say(database: DatabaseSync, id: string, change: Readonly<Record<string, unknown>>, columns = ""): void {
  const { row } = database.prepare("SELECT row FROM decisions WHERE decision_id = ?").get(id) as {
    readonly row: string;
  };
  const text = JSON.stringify({ ...(JSON.parse(row) as object), ...change });
  database.prepare(`UPDATE decisions SET row = ?${columns} WHERE decision_id = ?`).run(text, id);
}

const EDITS: readonly {
  readonly what: string;
  readonly of?: keyof Left["ids"];
  readonly edit: Edit;
  readonly found: readonly RegExp[];
}[] = [
  {
    what: "a row says APPROVED of what is not, in all its parts",
    of: "pending",
    edit: (database, { pending }) => say(database, pending, { state: "APPROVED" }, ", state = 'APPROVED'"),
    found: [
      /^its row says state "APPROVED", by the log "PENDING_APPROVAL"$/,
      /^it is found by state "APPROVED", by the row "PENDING_APPROVAL"$/,
    ],
  },
  {
    what: "a row is right, but found as APPROVED",
    of: "pending",
    edit: (database) => database.exec("UPDATE decisions SET state = 'APPROVED' WHERE state = 'PENDING_APPROVAL'"),
    found: [/^it is found by state "APPROVED", by the row "PENDING_APPROVAL"$/],
  },
  {
    what: "a row says another goal, adapter and requester",
    of: "approved",
    edit: (database, { approved }) =>
      say(database, approved, { goal: "nothing", requester: { type: "HUMAN", id: "x" } }),
    found: [
      /^its row says goal "nothing", by the log "raise the limit to 250"$/,
      /^its row says requester .*"x".*, by the log .*"bob"/,
    ],
  },
  {
    what: "a row says something twice, of which the first is what lists show in another program",
    of: "approved",
    edit: (database, { approved }) =>
      void database
        .prepare(
          `UPDATE decisions SET row = replace(row, '{"decisionId"', '{"state":"EXECUTING","decisionId"') WHERE decision_id = ?`,
        )
        .run(approved),
    found: [/^its row is not written as a server writes it$/],
  },
  {
    what: "a row cannot be read",
    of: "approved",
    edit: (database, { approved }) =>
      void database.prepare("UPDATE decisions SET row = '{' WHERE decision_id = ?").run(approved),
    found: [/^its row cannot be read$/],
  },
  {
    what: "a label is gone, another is there, and an approver",
    edit: (database, { pending }) => {
      database.exec("DELETE FROM labels");
      database.prepare("INSERT INTO labels VALUES ('team=x', ?)").run(pending);
      database.prepare("INSERT INTO approvers VALUES ('erin', ?)").run(pending);
    },
    found: [
      /^the index finds \w{32} by "team=x" among its labels, which no row of it names$/,
      /^the index does not find \w{32} by "team=payments", which its row names among its labels$/,
      /^the index finds \w{32} by "erin" among its approvers, which no row of it names$/,
    ],
  },
  {
    what: "a row is gone",
    of: "approved",
    edit: (database, { approved }) =>
      void database.prepare("DELETE FROM decisions WHERE decision_id = ?").run(approved),
    found: [
      /^it has no row, though the index has been fed event 3$/,
      /^the index finds \w{32} by "carol" among its approvers/,
      /^the index finds \w{32} by "dave" among its approvers/,
    ],
  },
  {
    what: "a row is older than what the index has been fed",
    of: "approved",
    edit: (database, { approved }) => say(database, approved, { headSeq: 2 }),
    found: [/^its row is as of event 2, though the index has been fed event 3$/],
  },
  {
    what: "a row is newer than the log",
    of: "approved",
    edit: (database, { approved }) => say(database, approved, { headSeq: 4 }),
    found: [/^its row is as of event 4, but the log ends at event 3$/],
  },
  {
    what: "a row is ahead of the clock, as if an approval had expired",
    of: "pending",
    edit: (database, { pending }) => say(database, pending, { nextChangeAt: undefined }, ", next_change_at = NULL"),
    found: [/^its row is as of 20\d\d-.*, when an approval expires, which is later than now$/],
  },
  {
    what: "a row counts changes by time that never were",
    of: "pending",
    edit: (database, { pending }) => say(database, pending, { timeChange: 9 }, ", time_change = 9"),
    found: [/^its row counts 9 changes by time, of which the index knows 0$/],
  },
  {
    what: "a row is of a decision that there is not",
    edit: (database, { approved }) =>
      void database
        .prepare(
          `INSERT INTO decisions SELECT '${"0".repeat(32)}', created_at, state, requester_id, adapter_id, mode, review, next_change_at, time_change, row
             FROM decisions WHERE decision_id = ?`,
        )
        .run(approved),
    found: [
      /^the index has a row of it, but there is no such decision$/,
      /^the index does not find 0{32} by "carol", which its row names among its approvers$/,
      /^the index does not find 0{32} by "dave", which its row names among its approvers$/,
    ],
  },
  {
    what: "labels are of a decision that has no row",
    edit: (database) => database.exec("INSERT INTO labels VALUES ('a=b', 'x')"),
    found: [/^the index finds x by "a=b" among its labels, which no row of it names$/],
  },
  {
    what: "the position is behind everything in the store",
    edit: (database) => database.exec("UPDATE place SET position = '18'"),
    found: [/^it has been fed up to position 18, but the last event is at 17/],
  },
  {
    what: "the position is one of another kind of store",
    edit: (database) => database.exec("UPDATE place SET position = 'c4711'"),
    found: [/^c4711 is not a position of this store: it is the index of another/],
  },
  {
    what: "a trigger writes along",
    edit: (database) => database.exec("CREATE TRIGGER quiet AFTER INSERT ON decisions BEGIN DELETE FROM labels; END"),
    found: [/index.sqlite has a trigger quiet, which no server made$/],
  },
];

describe("somebody has the index", () => {
  test.each(EDITS)("$what: that is found, and nothing else", async ({ of, edit, found }) => {
    const directory = copyOf(left);
    behindItsBack(indexFile(directory), (database) => edit(database, left.ids));
    const { problems } = await check(directory);
    for (const words of found)
      expect(problems).toContainEqual(
        expect.objectContaining({ kind: "INDEX", message: expect.stringMatching(words) }),
      );
    expect(problems.map(({ message }) => message)).toHaveLength(found.length);
    if (of !== undefined)
      expect(problems.find(({ stream }) => stream !== undefined)?.stream).toBe(`decision-${left.ids[of]}`);
  });
});

describe("an index that is not up to date is not wrong", () => {
  test("one that has been fed only some events is compared as far as it has", async () => {
    const directory = copyOf(left);
    behindItsBack(indexFile(directory), (database) => {
      database.exec("UPDATE place SET position = '14'");
      database.prepare("DELETE FROM decisions WHERE decision_id = ?").run(left.ids.cancelled);
    });
    const { checked, problems } = await check(directory);
    expect(problems).toEqual([]);
    expect(checked.index).toEqual({ rows: 3, isBehind: true });
  });

  test("one that has been fed nothing is no fault, nor one that is not there, nor one of another version", async () => {
    const directory = copyOf(left);
    behindItsBack(indexFile(directory), (database) =>
      database.exec(
        "DELETE FROM decisions; DELETE FROM labels; DELETE FROM approvers; UPDATE place SET position = NULL",
      ),
    );
    expect(await check(directory)).toMatchObject({ problems: [], checked: { index: { rows: 0, isBehind: true } } });
    behindItsBack(indexFile(directory), (database) => database.exec("PRAGMA user_version = 99"));
    expect(await check(directory)).toMatchObject({
      problems: [],
      checked: { index: expect.stringMatching(/another version/) },
    });
    rmSync(indexFile(directory));
    expect(await check(directory)).toMatchObject({
      problems: [],
      checked: { index: expect.stringMatching(/there is none/) },
    });
    expect(existsSync(indexFile(directory))).toBe(false);
  });

  test("a row that waits for the clock to be judged anew is right, whenever it is looked at", async () => {
    const directory = copyOf(left);
    for (const now of [left.expiresAt - 1, left.expiresAt, left.expiresAt + 86_400_000])
      expect((await check(directory, { now })).problems).toEqual([]);
  });

  test("and once it has been, it is right too: but not before the approval has expired", async () => {
    const directory = copyOf(left);
    behindItsBack(indexFile(directory), (database) => {
      const { row } = database.prepare("SELECT row FROM decisions WHERE decision_id = ?").get(left.ids.pending) as {
        readonly row: string;
      };
      const { progress } = JSON.parse(row) as { readonly progress: object };
      const judged = {
        progress: { ...progress, approvalsValid: 0, approvalsMissing: 2 },
        nextChangeAt: undefined,
        timeChange: 1,
      };
      say(database, left.ids.pending, judged, ", next_change_at = NULL, time_change = 1");
      database.exec("UPDATE place SET time_change = 1");
    });
    expect((await check(directory, { now: left.expiresAt })).problems).toEqual([]);
    expect((await check(directory, { now: left.expiresAt - 1 })).problems).toHaveLength(1);
  });
});

test("the row of a decision whose log does not replay is not judged by it", async () => {
  const directory = copyOf(left);
  behindItsBack(eventsFile(directory), (database) =>
    database.exec("UPDATE events SET data = replace(data, 'raise the limit', 'raise no limit') WHERE position = 1"),
  );
  expect((await check(directory)).problems).toMatchObject([{ kind: "LOG", seq: 0 }]);
});

test.each([
  ["a table of it is gone", (database: DatabaseSync) => database.exec("DROP TABLE place"), /table place is missing$/],
  [
    "a column of it has another name",
    (database: DatabaseSync) => database.exec("ALTER TABLE decisions RENAME COLUMN row TO raw"),
    /table decisions is not as it was made$/,
  ],
])(
  "an index that is not as it was made is told of, and the events are checked all the same: %s",
  async (_, edit, words) => {
    const directory = copyOf(left);
    behindItsBack(indexFile(directory), edit);
    const { problems, checked } = await check(directory);
    expect(problems).toMatchObject([{ kind: "INDEX", message: expect.stringMatching(words) }]);
    expect(checked).toMatchObject({ events: 17, index: "it is damaged" });
  },
);

test("an index with a page that is overwritten is told of, and the events are checked all the same", async () => {
  const directory = copyOf(left);
  overwrite(indexFile(directory), 4096 * 2, Buffer.alloc(4096 * 3, 0xa5));
  const { problems, checked } = await check(directory);
  expect(problems[0]).toMatchObject({ kind: "INDEX", message: expect.stringMatching(/index.sqlite is damaged/) });
  expect(checked).toMatchObject({ events: 17, index: "it is damaged" });
});

test("an index that is no database is told of, and the events are checked all the same", async () => {
  const directory = copyOf(left);
  writeFileSync(
    indexFile(directory),
    "not a database, although it is long enough to be taken for one at first sight ".repeat(60),
  );
  const { problems, checked } = await check(directory);
  expect(problems).toMatchObject([
    { kind: "INDEX", message: expect.stringMatching(/index.sqlite is damaged \(file is not a database\)$/) },
  ]);
  expect(checked).toMatchObject({ events: 17, index: "it is damaged" });
});
