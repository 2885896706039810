import { describe, expect, test } from "vitest";
import type { IndexFilter } from "../../src/app/decision-index.ts";
import { consistencyToken } from "../../src/app/list-decisions.ts";
import type { DecisionId } from "../../src/domain/ids.ts";
import { ALL, type DecisionsUnderTest, decisionsUnderTest } from "./decisions-under-test.ts";

async function running() {
  const decisions = await decisionsUnderTest();
  decisions.run();
  await decisions.indexer.caughtUp;
  return decisions;
}

function page(decisions: DecisionsUnderTest, pageToken = "", filter: Partial<IndexFilter> = {}, pageSize = 3) {
  return decisions.listDecisions({
    sight: "everything",
    filter: { ...ALL, ...filter },
    pageSize,
    pageToken,
    consistencyToken: "",
  });
}

async function createdOneByOne(decisions: DecisionsUnderTest, count: number): Promise<readonly DecisionId[]> {
  const ids: DecisionId[] = [];
  for (let index = 0; index < count; index++) {
    // Two at each instant: the order must not depend on the time alone.
    if (index % 2 === 0) decisions.clock.advance(1);
    ids.push(await decisions.create({ goal: `goal ${index}` }));
  }
  for (const id of ids) await decisions.indexer.waitFor(id, 1);
  return ids;
}

describe("pages", () => {
  test("newest first, each decision once, an empty token on the last page", async () => {
    const decisions = await running();
    const ids = await createdOneByOne(decisions, 7);
    const pages: (readonly DecisionId[])[] = [];
    let token = "";
    do {
      const { rows, nextPageToken } = await page(decisions, token);
      pages.push(rows.map(({ decisionId }) => decisionId));
      token = nextPageToken;
    } while (token !== "");
    expect(pages.map((ids) => ids.length)).toEqual([3, 3, 1]);
    expect(pages.flat().toSorted()).toEqual(ids.toSorted());
    expect(pages[0]?.[0]).toBe(ids.at(-1));
  });

  test("a page that is exactly full is the last one if nothing follows", async () => {
    const decisions = await running();
    await createdOneByOne(decisions, 3);
    expect((await page(decisions)).nextPageToken).toBe("");
  });

  test("what is made meanwhile shifts nothing: no decision twice, none left out", async () => {
    const decisions = await running();
    const ids = await createdOneByOne(decisions, 6);
    const first = await page(decisions);
    const later = await createdOneByOne(decisions, 4);
    const second = await page(decisions, first.nextPageToken);
    const told = [...first.rows, ...second.rows].map(({ decisionId }) => decisionId);
    expect(told.toSorted()).toEqual(ids.toSorted());
    expect(told).not.toEqual(expect.arrayContaining([later[0]]));
    // The same token gives the same page, and pages may have other sizes.
    expect(await page(decisions, first.nextPageToken)).toEqual(second);
    expect((await page(decisions, first.nextPageToken, {}, 1)).rows).toEqual(second.rows.slice(0, 1));
  });

  test.each(["nonsense", "1.2.3", `1.${"a".repeat(32)}.${"0".repeat(16)}`, "'; DROP TABLE decisions"])(
    "token %s: refused",
    async (token) => {
      const decisions = await running();
      await expect(page(decisions, token)).rejects.toMatchObject({ name: "Refused", reason: "INVALID_PAGE_TOKEN" });
    },
  );

  test("a token with another filter: refused", async () => {
    const decisions = await running();
    await createdOneByOne(decisions, 4);
    const { nextPageToken } = await page(decisions);
    expect(nextPageToken).not.toBe("");
    await expect(page(decisions, nextPageToken, { requesterId: "bob" })).rejects.toMatchObject({
      reason: "INVALID_PAGE_TOKEN",
    });
  });
});

describe("filters", () => {
  test("on state, labels, requester, approver, adapter and time of creation, alone and together", async () => {
    const decisions = await running();
    const start = decisions.clock.now();
    const red = { key: "team", value: "red" };
    const eu = { key: "region", value: "eu" };
    const a = await decisions.create({ labels: [red, eu], adapterId: "one" }, "bob");
    decisions.clock.set(start + 10);
    const b = await decisions.create({ labels: [red], adapterId: "two" }, "ruth");
    decisions.clock.set(start + 20);
    const c = await decisions.create({ adapterId: "two" }, "ruth");
    await decisions.approve(b, "carol");
    await decisions.indexer.waitFor(c, 1);
    await decisions.indexer.waitFor(b, 2);
    const names = new Map([
      [a, "a"],
      [b, "b"],
      [c, "c"],
    ]);
    const cases: readonly (readonly [Partial<IndexFilter>, string])[] = [
      [{}, "cba"],
      [{ states: ["APPROVED"] }, "b"],
      [{ states: ["APPROVED", "PENDING_APPROVAL"] }, "cba"],
      [{ states: ["CANCELLED"] }, ""],
      [{ labels: [red] }, "ba"],
      [{ labels: [red, eu] }, "a"],
      [{ labels: [{ key: "team", value: "re" }] }, ""],
      [{ requesterId: "ruth" }, "cb"],
      [{ approverId: "carol" }, "b"],
      [{ approverId: "bob" }, ""],
      [{ adapterId: "two" }, "cb"],
      [{ mode: "APPLY" }, "cba"],
      [{ mode: "DRY_RUN" }, ""],
      [{ createdFrom: start + 10 }, "cb"],
      [{ createdUntil: start + 10 }, "a"],
      [{ createdFrom: start + 10, createdUntil: start + 20 }, "b"],
      [{ labels: [red], requesterId: "ruth", states: ["APPROVED"], approverId: "carol" }, "b"],
    ];
    for (const [filter, expected] of cases) {
      const { rows } = await page(decisions, "", filter);
      expect(rows.map(({ decisionId }) => names.get(decisionId)).join(""), JSON.stringify(filter)).toBe(expected);
    }
  });
});

describe("a consistency token", () => {
  test("waits for the write it stands for", async () => {
    const decisions = await running();
    for (let round = 0; round < 20; round++) {
      const id = await decisions.create();
      const token = consistencyToken(id, 1);
      const { rows } = await decisions.listDecisions({
        sight: "everything",
        filter: ALL,
        pageSize: 50,
        pageToken: "",
        consistencyToken: token,
      });
      expect(rows.map(({ decisionId }) => decisionId)).toContain(id);
    }
  });

  test.each(["nonsense", "1", "g".repeat(32)])("%s: refused", async (token) => {
    const decisions = await running();
    const query = { sight: "everything" as const, filter: ALL, pageSize: 5, pageToken: "", consistencyToken: token };
    await expect(decisions.listDecisions(query)).rejects.toMatchObject({ reason: "INVALID_CURSOR" });
  });
});
