import { create } from "@bufbuild/protobuf";
import {
  BreakGlassSchema,
  SeparationOfDutiesSchema,
  type BreakGlass as WireBreakGlass,
  type SeparationOfDuties as WireSeparation,
} from "../../gen/ts/nexus/attest/v1/event_pb.ts";
import type { BreakGlass, Separation } from "../domain/event.ts";
import { CodecError } from "./codec-error.ts";
import { fromTimestamp, toTimestamp } from "./timestamp.ts";

export function toWireSeparation({ executorIsNotRequester, approverIsNotExecutor }: Separation): WireSeparation {
  return create(SeparationOfDutiesSchema, { executorIsNotRequester, approverIsNotExecutor });
}

export function fromWireSeparation({ executorIsNotRequester, approverIsNotExecutor }: WireSeparation): Separation {
  return { executorIsNotRequester, approverIsNotExecutor };
}

export function toWireBreakGlass({ reason, minApprovals, reviewBy }: BreakGlass): WireBreakGlass {
  return create(BreakGlassSchema, { reason, minApprovals, reviewBy: toTimestamp(reviewBy) });
}

/** @throws {CodecError} if it does not say until when it has to be reviewed. */
export function fromWireBreakGlass({ reason, minApprovals, reviewBy }: WireBreakGlass): BreakGlass {
  if (reviewBy === undefined) throw new CodecError("execution_requested.break_glass.review_by is missing");
  return { reason, minApprovals, reviewBy: fromTimestamp(reviewBy, "execution_requested.break_glass.review_by") };
}
