import { create } from "@bufbuild/protobuf";
import { type Timestamp, TimestampSchema } from "@bufbuild/protobuf/wkt";
import type { Instant } from "../domain/ids.ts";
import { CodecError } from "./codec-error.ts";

/** 0001-01-01T00:00:00Z and 9999-12-31T23:59:59.999Z: what google.protobuf.Timestamp can say. */
const FIRST = -62_135_596_800_000;
const LAST = 253_402_300_799_999;

export function toTimestamp(instant: Instant): Timestamp {
  const seconds = Math.floor(instant / 1000);
  return create(TimestampSchema, { seconds: BigInt(seconds), nanos: (instant - seconds * 1000) * 1_000_000 });
}

/**
 * The moment of a timestamp.
 *
 * @throws {CodecError} if it is not in whole milliseconds, or outside the years 1 to 9999.
 */
export function fromTimestamp(timestamp: Timestamp, field: string): Instant {
  if (timestamp.nanos % 1_000_000 !== 0 || timestamp.nanos < 0 || timestamp.nanos > 999_999_999)
    throw new CodecError(`${field}: times are in whole milliseconds`);
  const instant = Number(timestamp.seconds) * 1000 + timestamp.nanos / 1_000_000;
  if (instant < FIRST || instant > LAST) throw new CodecError(`${field}: outside the years 1 to 9999`);
  return instant;
}
