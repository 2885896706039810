import { durationMs } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError } from "@connectrpc/connect";
import { BadRequestSchema, ErrorInfoSchema, RetryInfoSchema } from "../../gen/ts/google/rpc/error_details_pb.ts";
import { GateClosedSchema } from "../../gen/ts/nexus/attest/v1/error_reason_pb.ts";
import { BlockingCode, type BlockingReason } from "../../gen/ts/nexus/attest/v1/lifecycle_pb.ts";
import { nameOf } from "../../src/codec/enums.ts";

/** What a client learns from a call that failed. */
export interface Refusal {
  /** Such as `FailedPrecondition`. */
  readonly code: string;
  /** From the ErrorInfo; undefined if the error has none. */
  readonly reason: string | undefined;
  readonly domain: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
  readonly message: string;
  /** From the RetryInfo, in milliseconds; undefined if the error has none. */
  readonly retryAfter: number | undefined;
  /** The fields named by a BadRequest. */
  readonly fields: readonly string[];
  /** The rules that they break. */
  readonly rules: readonly string[];
  readonly blocking: readonly BlockingReason[];
  /** Their codes, such as `MISSING_APPROVALS`. */
  readonly blockingCodes: readonly string[];
}

/** Waits for a call to fail, and reads its error as a client would. Fails if the call succeeds, or if the error has more than one ErrorInfo. */
export async function refusalOf(call: Promise<unknown> | AsyncIterable<unknown>): Promise<Refusal> {
  try {
    if (Symbol.asyncIterator in call) for await (const _ of call);
    else await call;
  } catch (error) {
    if (error instanceof ConnectError) return read(error);
    throw error;
  }
  throw new Error("the call succeeded");
}

function read(error: ConnectError): Refusal {
  const infos = error.findDetails(ErrorInfoSchema);
  if (infos.length > 1) throw new Error(`${infos.length} ErrorInfos`);
  const violations = error.findDetails(BadRequestSchema).flatMap((detail) => detail.fieldViolations);
  const blocking = error.findDetails(GateClosedSchema).flatMap((detail) => detail.blockingReasons);
  const [retry] = error.findDetails(RetryInfoSchema);
  return {
    code: Code[error.code],
    reason: infos[0]?.reason,
    domain: infos[0]?.domain,
    metadata: infos[0]?.metadata ?? {},
    message: error.rawMessage,
    retryAfter: retry?.retryDelay && durationMs(retry.retryDelay),
    fields: violations.map(({ field }) => field),
    rules: violations.map(({ reason }) => reason),
    blocking,
    blockingCodes: blocking.map(({ code }) => nameOf(BlockingCode, code, "code")),
  };
}
