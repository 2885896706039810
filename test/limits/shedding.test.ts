import { describe, expect, test } from "vitest";
import { createShedding, LATE_IN_A_ROW, LEAST, YOUNG_FOR } from "../../src/limits/shedding.ts";

function shedding({ maxCalls = 100_000, maxEventLoopDelayMs = 100 } = {}) {
  const shed = createShedding(() => ({ maxCalls, maxEventLoopDelayMs }));
  const look = ({ delay = 10, busy = 0, utilization = 1 }) => shed.look({ delay, busy, utilization });
  const usual = {};
  /** So many calls come at once. @returns how to end those that are admitted. */
  const come = (calls: number, connection: object = usual) =>
    Array.from({ length: calls }, () => shed.admit(true, connection)).filter((each) => typeof each === "function");
  /** They come again and again and take so long each; then somebody looks. @returns how many of the last are admitted. */
  const rounds = (count: number, calls: number, cost: number, delay = 10) => {
    let admitted = 0;
    for (let round = 0; round < count; round++) {
      const ends = come(calls);
      admitted = ends.length;
      for (const end of ends) end();
      look({ delay, busy: admitted * cost });
    }
    return admitted;
  };
  return { shed, come, rounds, look };
}

const late = { rounds: LATE_IN_A_ROW, delay: 150 };

describe("shedding", () => {
  test("refuses nobody while the server keeps up", () => {
    const { rounds } = shedding();
    expect(rounds(100, 500, 0.2)).toBe(500);
  });

  test("takes on some delays' worth of calls at the same time, by what they have cost lately, and no more", () => {
    const { come, rounds } = shedding();
    const ends = come(10_000);
    expect(ends, "before it knows what they cost").toHaveLength(600);
    for (const end of ends) end();
    expect(rounds(50, 10_000, 3)).toBe(101);
    expect(rounds(50, 10_000, 0.1)).toBeGreaterThan(2_500);
    expect(rounds(50, 10_000, 500), "however much they cost").toBe(LEAST.usual);
  });

  test("counts calls that have not ended, also when they came before", () => {
    const { come, rounds } = shedding();
    rounds(50, 1_000, 3);
    const ends = come(60);
    expect(come(1_000)).toHaveLength(41);
    ends[0]?.();
    expect(come(1_000)).toHaveLength(1);
  });

  test("does not count calls that wait for something themselves", () => {
    const { come, look } = shedding();
    expect(come(10_000)).toHaveLength(600);
    for (let index = 0; index < YOUNG_FOR; index++) {
      expect(come(1)).toHaveLength(0);
      look({ utilization: 0.1 });
    }
    expect(come(10_000)).toHaveLength(600);
  });

  test("does not mind one long piece of work, nor one after another with a breath between them", () => {
    const { shed, look } = shedding();
    for (const delay of [5_000, 10, 5_000, 10, 150, 10]) {
      look({ delay, busy: delay });
      expect(shed.isOverloaded).toBe(false);
    }
  });

  describe("calls under way that cost a millisecond each, where 100 can be done in time", () => {
    /** There are so many from then on: for each that ends another one comes. */
    function standing(count: number) {
      const all = shedding();
      all.rounds(50, 100, 1);
      const ends = all.come(count);
      all.look({});
      /** Until the next look all of them end and others have come; for a moment only some are there. */
      const pass = ({ utilization = 1, least = count }) => {
        for (const end of ends.splice(0, count - least)) end();
        ends.push(...all.come(count - ends.length));
        for (let left = least; left > 0; left--) {
          ends.shift()?.();
          ends.push(...all.come(1));
        }
        all.look({ busy: count, utilization });
      };
      return { ...all, pass };
    }

    test("are overload if they are more at every moment of a while, though the event loop is in time", () => {
      const { shed, pass } = standing(150);
      for (let index = 0; index < LATE_IN_A_ROW; index++) {
        expect(shed.isOverloaded).toBe(false);
        pass({});
      }
      expect(shed.isOverloaded).toBe(true);
    });

    test.each([
      ["that are no more than that", 100, {}],
      ["that are more, but not at every moment", 150, { least: 90 }],
      ["that wait for something else than the server's CPU", 150, { utilization: 0.8 }],
    ])("%s are none", (_, count, passing) => {
      const { shed, pass } = standing(count);
      for (let index = 0; index < LATE_IN_A_ROW * 3; index++) {
        pass(passing);
        expect(shed.isOverloaded).toBe(false);
      }
    });
  });

  test("a flood on one connection is no reason to refuse the only call of another, up to a bound", () => {
    const { come, rounds } = shedding();
    rounds(50, 1_000, 3);
    const flood = {};
    expect(come(10_000, flood)).toHaveLength(101);
    const other = {};
    const [end] = come(2, other);
    expect(come(1, other)).toHaveLength(0);
    end?.();
    expect(come(2, other)).toHaveLength(1);
    expect(Array.from({ length: 1_000 }, () => come(1, {})).flat()).toHaveLength(99);
  });

  test("in overload takes on a quarter of a delay's worth, though always some", () => {
    const { shed, rounds } = shedding();
    rounds(50, 100, 1);
    rounds(late.rounds, 10, 1, late.delay);
    expect(shed.isOverloaded).toBe(true);
    expect(rounds(50, 10_000, 1)).toBe(26);
    expect(rounds(50, 10_000, 100)).toBe(LEAST.overloaded);
    expect(shed.admit(false, {})).toBeTypeOf("function");
  });

  test("goes on for as long as anybody is refused, also while that keeps the event loop in time, and ends then", () => {
    const { shed, rounds } = shedding();
    rounds(late.rounds, 10, 1, late.delay);
    for (let round = 0; round < 3; round++) {
      rounds(1, 1_000, 1);
      expect(shed.isOverloaded).toBe(true);
    }
    rounds(1, 10, 1);
    expect(shed.isOverloaded).toBe(false);
  });

  test("says which limit it was, and when to come back, in the same words to all", () => {
    const { shed, come } = shedding({ maxCalls: 1 });
    const [end] = come(1);
    const refused = shed.admit(true, {});
    expect(refused).toMatchObject({
      reason: "SERVER_OVERLOADED",
      facts: { limit: "limits.maxCalls", limit_value: "1" },
      retryAfter: 500,
    });
    expect(shed.admit(true, {})).toBe(refused);
    end?.();
    expect(come(1)).toHaveLength(1);
    const other = shedding();
    const busy = {};
    other.come(600, busy);
    expect(other.shed.admit(false, busy)).toMatchObject({
      facts: { limit: "limits.maxEventLoopDelayMs", limit_value: "100" },
    });
  });

  test("counts calls in progress, streams not", () => {
    const { shed, come } = shedding({ maxCalls: 3 });
    for (let index = 0; index < 50; index++) expect(shed.admit(false, {})).toBeTypeOf("function");
    const [end] = come(3);
    expect(shed.admit(true, {})).toMatchObject({ reason: "SERVER_OVERLOADED" });
    end?.();
    expect(come(5)).toHaveLength(1);
  });
});
