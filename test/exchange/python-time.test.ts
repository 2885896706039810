import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readPythonTime, readPythonTimeWithOffset, toPythonTime } from "../../src/exchange/python-time.ts";
import { instant } from "../codec/arbitrary-event.ts";

describe("a time of the original", () => {
  test.each([
    [0, "1970-01-01T00:00:00+00:00"],
    [Date.UTC(2026, 10, 25, 9, 10, 0, 250), "2026-11-25T09:10:00.250000+00:00"],
    [-62_135_596_800_000, "0001-01-01T00:00:00+00:00"],
    [253_402_300_799_999, "9999-12-31T23:59:59.999000+00:00"],
  ])("%i is written %s", (at, text) => {
    expect(toPythonTime(at)).toBe(text);
  });

  test("is read as it was written, to the microsecond", () => {
    fc.assert(
      fc.property(instant, (at) => {
        expect(readPythonTime(toPythonTime(at))).toBe(BigInt(at) * 1_000n);
      }),
    );
    expect(readPythonTime("2026-11-25T09:10:00.250001+00:00")).toBe(1_795_597_800_250_001n);
  });

  test.each([
    ["2026-11-25T11:10:00+02:00", 1_795_597_800_000_000n],
    ["2026-11-25T07:40:00.000001-01:30", 1_795_597_800_000_001n],
    ["2026-11-25T09:10:00Z", 1_795_597_800_000_000n],
    ["2026-11-25T09:10:00.500Z", 1_795_597_800_500_000n],
  ])("%s of a caller is a moment", (text, at) => {
    expect(readPythonTimeWithOffset(text)).toBe(at);
  });

  test.each([
    "2026-11-25T09:10:00",
    "2026-02-30T00:00:00+00:00",
    "2026-11-25T25:00:00+00:00",
    "0000-01-01T00:00:00+00:00",
    "2026-11-25",
    "",
    "2026-11-25T09:10:00+24:00",
    "2026-11-25T09:10:00.5+00:00",
  ])("%s is none", (text) => {
    expect(readPythonTimeWithOffset(text)).toBeUndefined();
    expect(readPythonTime(text)).toBeUndefined();
  });

  test("of an event is in UTC, and without a fraction of zeros, as the original writes it", () => {
    for (const text of [
      "2026-11-25T09:10:00Z",
      "2026-11-25T11:10:00+02:00",
      "2026-11-25T09:10:00.000000+00:00",
      "2026-11-25T09:10:00.250+00:00",
    ])
      expect(readPythonTime(text), text).toBeUndefined();
  });
});
