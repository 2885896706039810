import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { check, copyOf, type Left, leftByServer } from "../cli/stores-to-check.ts";
import { behindItsBack, eventsFile } from "../store/sqlite/raw-file.ts";
import { EDITED_LOGS } from "./edited-logs.ts";
import { EDITED_ROWS } from "./edited-rows.ts";
import type { Edit } from "./store-edits.ts";

let left: Left;
beforeAll(async () => {
  left = await leftByServer();
});
afterAll(() => left.remove());

describe("somebody has the database file", () => {
  test.each([...EDITED_ROWS, ...EDITED_LOGS])("$what: that is found", async ({ of, edit, found: expected }) => {
    const directory = copyOf(left);
    behindItsBack(eventsFile(directory), (database) => edit(database, left.ids));
    const { problems } = await check(directory);
    const told = problems.map(({ kind, stream, seq, message }) => ({ kind, stream, seq, message }));
    for (const [kind, seq, words] of expected)
      expect(told).toContainEqual(expect.objectContaining({ kind, seq, message: expect.stringMatching(words) }));
    if (of !== undefined && expected.some(([kind]) => kind === "LOG" || kind === "RULE"))
      expect(told).toContainEqual(
        expect.objectContaining({
          stream: `decision-${left.ids[of]}`,
          message: expect.stringMatching(expected[0]?.[2] ?? /^$/),
        }),
      );
    // Nothing is told of decisions that nobody touched.
    const untouched = Object.values(left.ids).filter((id) => !usesOf(edit, left.ids).has(id));
    for (const { stream } of told) for (const id of untouched) expect(stream).not.toBe(`decision-${id}`);
  });

  test("and has touched nothing: nothing is found", async () => {
    const { checked, problems, notChecked } = await check(copyOf(left));
    expect({ problems, notChecked }).toEqual({ problems: [], notChecked: [] });
    expect(checked).toMatchObject({ streams: 4, events: 17, index: { rows: 4, isBehind: false }, isWhole: true });
  });
});

/** Whose ids an edit asked for. */
function usesOf(edit: Edit, ids: Left["ids"]): ReadonlySet<string> {
  const used = new Set<string>();
  const watched = new Proxy(ids, {
    get: (target, name: keyof Left["ids"]) => {
      used.add(target[name]);
      return target[name];
    },
  });
  behindItsBack(eventsFile(copyOf(left)), (database) => edit(database, watched));
  return used;
}
