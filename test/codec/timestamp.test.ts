import { create } from "@bufbuild/protobuf";
import { TimestampSchema } from "@bufbuild/protobuf/wkt";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { CodecError } from "../../src/codec/codec-error.ts";
import { fromTimestamp, toTimestamp } from "../../src/codec/timestamp.ts";
import { instant } from "./arbitrary-event.ts";

const timestamp = (seconds: bigint, nanos: number) => create(TimestampSchema, { seconds, nanos });

test("a moment in whole milliseconds comes back as it went, before 1970 too", () => {
  fc.assert(fc.property(instant, (moment) => fromTimestamp(toTimestamp(moment), "at") === moment));
  expect(toTimestamp(-1)).toMatchObject({ seconds: -1n, nanos: 999_000_000 });
});

test.each([
  [0n, 1],
  [0n, 999_999],
  [0n, 1_000_001],
  [-1n, 999_999_999],
])("a moment between milliseconds is refused, not rounded: %d s %d ns", (seconds, nanos) => {
  expect(() => fromTimestamp(timestamp(seconds, nanos), "expires_at")).toThrow(
    "expires_at: times are in whole milliseconds",
  );
});

test.each([
  [0n, 1_000_000_000],
  [0n, -1_000_000],
  [-62_135_596_801n, 0],
  [253_402_300_800n, 0],
  [2n ** 63n - 1n, 0],
])("what is no timestamp is refused: %d s %d ns", (seconds, nanos) => {
  expect(() => fromTimestamp(timestamp(seconds, nanos), "at")).toThrow(CodecError);
});
