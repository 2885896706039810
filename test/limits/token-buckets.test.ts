import { describe, expect, test } from "vitest";
import { createTokenBuckets, MAX_BUCKETS } from "../../src/limits/token-buckets.ts";
import { createManualClock } from "../support/manual-clock.ts";

function buckets(perSecond: number, burst: number) {
  const clock = createManualClock();
  const flow = { perSecond, burst };
  return { clock, flow, ...createTokenBuckets(() => flow, clock) };
}

describe("a token bucket", () => {
  test("gives a burst, then an even flow", () => {
    const { take, clock } = buckets(10, 3);
    expect([take("a"), take("a"), take("a")]).toEqual([0, 0, 0]);
    expect(take("a")).toBe(100);
    clock.advance(40);
    expect(take("a")).toBeCloseTo(60);
    clock.advance(60);
    expect(take("a")).toBe(0);
    expect(take("a")).toBeGreaterThan(0);
  });

  test("fills up to its burst and no further", () => {
    const { take, clock } = buckets(10, 3);
    for (let index = 0; index < 3; index++) take("a");
    clock.advance(3_600_000);
    expect(Array.from({ length: 4 }, () => take("a") === 0)).toEqual([true, true, true, false]);
  });

  test("is each key's own", () => {
    const { take } = buckets(1, 1);
    expect([take("a"), take("b")]).toEqual([0, 0]);
    expect(take("a")).toBeGreaterThan(0);
  });

  test("can be looked at without taking", () => {
    const { take, wait, clock } = buckets(10, 1);
    expect([wait("a"), wait("a"), take("a")]).toEqual([0, 0, 0]);
    expect(wait("a")).toBe(100);
    clock.advance(100);
    expect(wait("a")).toBe(0);
  });

  test("gains nothing by a clock that steps back", () => {
    const { take, clock } = buckets(10, 1);
    take("a");
    clock.set(clock.now() - 10_000);
    expect(take("a")).toBe(100);
  });

  test("takes on another flow while it is in use", () => {
    const { take, flow } = buckets(1, 100);
    take("a");
    flow.burst = 1;
    expect([take("a"), take("a") > 0]).toEqual([0, true]);
  });

  test("is not kept for more keys than there is memory for", () => {
    const { take } = buckets(1, 1);
    take("first");
    for (let index = 0; index < MAX_BUCKETS; index++) take(`other-${index}`);
    expect(take("first")).toBe(0);
  });
});
