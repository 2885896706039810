import { Code, ConnectError } from "@connectrpc/connect";
import { BadRequestSchema, ErrorInfoSchema, RetryInfoSchema } from "../gen/google/rpc/error_details_pb.js";
import { GateClosedSchema } from "../gen/nexus/attest/v1/error_reason_pb.js";
import type { BlockingReason } from "../gen/nexus/attest/v1/lifecycle_pb.js";

/** A call that failed. Programs look at `reason`, not at the message: docs/errors.md explains every reason and says what to do. */
export class AttestError extends Error {
  override readonly name = "AttestError";
  readonly code: Code;
  /** A name of the schema's ErrorReason without its prefix, such as `GATE_CLOSED`; empty if no server said one, for the network failed. */
  readonly reason: string;
  /** Facts that a program may want to go on with; docs/errors.md says which come with which reason. */
  readonly metadata: Readonly<Record<string, string>>;
  /** With GATE_CLOSED: why the decision cannot be executed now. */
  readonly blockingReasons: readonly BlockingReason[];
  readonly fieldViolations: readonly FieldViolation[];
  /** How long the server would like to be left alone, in milliseconds; 0 if it does not say. */
  readonly retryDelay: number;

  constructor(
    code: Code,
    message: string,
    details: Partial<Omit<AttestError, keyof Error | "code">> & ErrorOptions = {},
  ) {
    super(`${details.reason || Code[code]}: ${message}`, details);
    this.code = code;
    this.reason = details.reason ?? "";
    this.metadata = details.metadata ?? {};
    this.blockingReasons = details.blockingReasons ?? [];
    this.fieldViolations = details.fieldViolations ?? [];
    this.retryDelay = details.retryDelay ?? 0;
  }
}

/** A field of the request that breaks a constraint. */
export interface FieldViolation {
  /** Its path, such as `policy.min_approvals`. */
  readonly field: string;
  readonly description: string;
}

/** A decision came to an end at which what was waited for cannot come any more. */
export class WrongTurn extends Error {
  override readonly name = "WrongTurn";
}

/** What goes wrong on this side before anything is sent, such as what a function that gives tokens throws: no other try can cure it, and callers get its cause as it is. */
export class OwnFault extends Error {
  constructor(cause: unknown) {
    super(String(cause), { cause });
  }
}

/** The fault of this side in what a transport throws, which may have made an error of its own of it. */
export function ownFaultIn(error: unknown): OwnFault | undefined {
  if (error instanceof OwnFault) return error;
  return error instanceof ConnectError && error.cause instanceof OwnFault ? error.cause : undefined;
}

/** What an error of the transport says. */
export function toAttestError(error: unknown): AttestError {
  if (error instanceof AttestError) return error;
  const from = ConnectError.from(error);
  const [info] = from.findDetails(ErrorInfoSchema);
  const [retry] = from.findDetails(RetryInfoSchema);
  const { seconds = 0n, nanos = 0 } = retry?.retryDelay ?? {};
  return new AttestError(from.code, from.rawMessage, {
    reason: info?.reason ?? "",
    metadata: info?.metadata ?? {},
    blockingReasons: from.findDetails(GateClosedSchema).flatMap((closed) => closed.blockingReasons),
    fieldViolations: from
      .findDetails(BadRequestSchema)
      .flatMap((bad) => bad.fieldViolations.map(({ field, description }) => ({ field, description }))),
    retryDelay: Number(seconds) * 1000 + nanos / 1e6,
    cause: error,
  });
}
