import { create } from "@bufbuild/protobuf";
import {
  BreakGlassSchema,
  ExecutionRequestedSchema,
  SeparationOfDutiesSchema,
  type BreakGlass as WireBreakGlass,
  type ExecutionRequested as WireRequested,
  type SeparationOfDuties as WireSeparation,
} from "../../gen/ts/nexus/attest/v1/event_pb.ts";
import type { BreakGlass, ExecutionRequested, Separation } from "../domain/event.ts";
import type { Digest } from "../domain/ids.ts";
import { CodecError } from "./codec-error.ts";
import { MODES, nameOf } from "./enums.ts";
import { fromWireGuardrailUses, toWireGuardrailUses } from "./guardrail.ts";
import { fromTimestamp, toTimestamp } from "./timestamp.ts";

export function toWireRequested(body: ExecutionRequested): WireRequested {
  const { separation, breakGlass } = body;
  const wire = create(ExecutionRequestedSchema, {
    adapterId: body.adapterId,
    mode: MODES[body.mode],
    adapterCapabilities: [...body.adapterCapabilities],
    approvalDigests: [...body.approvalDigests],
    policyDigest: body.policyDigest,
    routerRequestDigest: body.routerRequestDigest,
    guardrails: toWireGuardrailUses(body.guardrails),
  });
  if (separation !== undefined) wire.separationOfDuties = toWireSeparation(separation);
  if (breakGlass !== undefined) wire.breakGlass = toWireBreakGlass(breakGlass);
  return wire;
}

/** @throws {CodecError} if it lacks something. */
export function fromWireRequested(wire: WireRequested): ExecutionRequested {
  const { separationOfDuties, breakGlass } = wire;
  return {
    type: "EXECUTION_REQUESTED",
    adapterId: wire.adapterId,
    mode: nameOf(MODES, wire.mode, "execution_requested.mode"),
    adapterCapabilities: [...wire.adapterCapabilities],
    approvalDigests: wire.approvalDigests as Digest[],
    policyDigest: wire.policyDigest as Digest,
    routerRequestDigest: wire.routerRequestDigest as Digest,
    ...fromWireGuardrailUses(wire.guardrails, "execution_requested.guardrails"),
    ...(separationOfDuties === undefined ? {} : { separation: fromWireSeparation(separationOfDuties) }),
    ...(breakGlass === undefined ? {} : { breakGlass: fromWireBreakGlass(breakGlass) }),
  };
}

export function toWireSeparation({ executorIsNotRequester, approverIsNotExecutor }: Separation): WireSeparation {
  return create(SeparationOfDutiesSchema, { executorIsNotRequester, approverIsNotExecutor });
}

function fromWireSeparation({ executorIsNotRequester, approverIsNotExecutor }: WireSeparation): Separation {
  return { executorIsNotRequester, approverIsNotExecutor };
}

export function toWireBreakGlass({ reason, minApprovals, reviewBy }: BreakGlass): WireBreakGlass {
  return create(BreakGlassSchema, { reason, minApprovals, reviewBy: toTimestamp(reviewBy) });
}

/** @throws {CodecError} if it does not say until when it has to be reviewed. */
function fromWireBreakGlass({ reason, minApprovals, reviewBy }: WireBreakGlass): BreakGlass {
  if (reviewBy === undefined) throw new CodecError("execution_requested.break_glass.review_by is missing");
  return { reason, minApprovals, reviewBy: fromTimestamp(reviewBy, "execution_requested.break_glass.review_by") };
}
