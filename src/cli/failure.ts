import { Code, ConnectError } from "@connectrpc/connect";
import { BadRequestSchema, ErrorInfoSchema } from "../../gen/ts/google/rpc/error_details_pb.ts";
import { GateClosedSchema } from "../../gen/ts/nexus/attest/v1/error_reason_pb.ts";
import { AuditLogUnavailable } from "../app/audit-log.ts";
import { AppendOutcomeUnknown, StoreUnavailable, StreamCorrupt } from "../app/event-store.ts";
import { ConfigError } from "../config/load-config.ts";
import { whyUnreadable } from "../config/unreadable-file.ts";
import { BrokenLog } from "../evidence/chain.ts";
import { UnusableRunLog } from "../router/local/run-log.ts";
import { UnusableKey } from "../signing/unusable-key.ts";
import { UnusableDatabase } from "../store/sqlite/database.ts";
import { DirectoryInUse } from "../store/sqlite/directory-lock.ts";
import { connectionFault } from "./connection-fault.ts";
import { type Called, hintFor } from "./hints.ts";
import { type Output, safe } from "./output.ts";

/** The exit codes; docs/cli.md lists them. */
export const EXIT = {
  ok: 0,
  unexpected: 1,
  usage: 2,
  refused: 3,
  notFound: 4,
  denied: 5,
  unavailable: 6,
  broken: 7,
  executionFailed: 8,
  notAuthentic: 9,
  interrupted: 130,
} as const;

/** A mistake in what the user typed or in a file that they gave. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** A file that the user gave and that cannot be read. */
export function unreadable(file: string, cause: unknown): UsageError {
  return new UsageError(`${file} cannot be read: ${whyUnreadable(cause)}`, { cause });
}

const EXIT_OF_CODE: Readonly<Partial<Record<Code, number>>> = {
  [Code.InvalidArgument]: EXIT.usage,
  [Code.OutOfRange]: EXIT.usage,
  [Code.FailedPrecondition]: EXIT.refused,
  [Code.Aborted]: EXIT.refused,
  [Code.AlreadyExists]: EXIT.refused,
  [Code.ResourceExhausted]: EXIT.refused,
  [Code.NotFound]: EXIT.notFound,
  [Code.Unauthenticated]: EXIT.denied,
  [Code.PermissionDenied]: EXIT.denied,
  [Code.Unavailable]: EXIT.unavailable,
  [Code.DeadlineExceeded]: EXIT.unavailable,
  [Code.Unknown]: EXIT.unavailable,
  [Code.Canceled]: EXIT.interrupted,
  [Code.DataLoss]: EXIT.broken,
};

/** A directory, a file in it, or a store that cannot be used now. */
const UNUSABLE = [
  DirectoryInUse,
  UnusableDatabase,
  UnusableRunLog,
  UnusableKey,
  StoreUnavailable,
  AppendOutcomeUnknown,
  AuditLogUnavailable,
] as const;

/** Tells what went wrong and what to do, and gives the exit code. */
export function reportFailure(error: unknown, output: Output, called?: Called): number {
  if (error instanceof ConnectError) return reportRpcError(error, output, called);
  const surroundings = ofSurroundings(error);
  const message = surroundings ?? (error instanceof Error ? error.message : String(error));
  if (output.json) output.note(JSON.stringify({ error: { message } }));
  else output.note(`error: ${message}`);
  const isUnusable = UNUSABLE.some((kind) => error instanceof kind);
  if (surroundings !== undefined || isUnusable) return EXIT.unavailable;
  if (error instanceof StreamCorrupt) return EXIT.broken;
  if (error instanceof BrokenLog) return EXIT.broken;
  return error instanceof UsageError || error instanceof ConfigError ? EXIT.usage : EXIT.unexpected;
}

const WHY_NOT_LISTEN: Readonly<Record<string, string>> = {
  EADDRINUSE: "another program listens there already",
  EADDRNOTAVAIL: "this machine has no such address",
  EACCES: "permission denied, as for ports below 1024",
};

/** What the machine refused to a server that starts, and what to do; undefined for anything else. */
function ofSurroundings(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, syscall, path, address, port, hostname } = error as NodeJS.ErrnoException & {
    readonly hostname?: string;
    readonly address?: string;
    readonly port?: number;
  };
  if (syscall === "listen") {
    const why = WHY_NOT_LISTEN[code ?? ""] ?? code;
    return `cannot listen on ${address}:${port}: ${why}. Choose another with --listen HOST:PORT; port 0 takes any free one.`;
  }
  if (syscall === "getaddrinfo")
    return `cannot listen on ${hostname}: nobody knows that name (${code}). Choose an address of this machine with --listen HOST:PORT.`;
  if (syscall !== "mkdir") return undefined;
  const why = code === "EEXIST" || code === "ENOTDIR" ? "there is a file of that name" : `${code}`;
  return `the data directory ${path} cannot be made: ${why}. Choose another with --data-dir DIR.`;
}

function reportRpcError(error: ConnectError, output: Output, called: Called | undefined): number {
  const { reason, metadata } = error.findDetails(ErrorInfoSchema)[0] ?? {};
  const fault = connectionFault(error, reason, called?.server);
  const violations = error.findDetails(BadRequestSchema).flatMap((detail) => detail.fieldViolations);
  const blocking = error.findDetails(GateClosedSchema).flatMap((detail) => detail.blockingReasons);
  if (output.json) {
    output.note(
      JSON.stringify({
        error: {
          code: Code[error.code],
          reason,
          message: error.rawMessage,
          metadata,
          fieldViolations: violations.map(({ field, description }) => ({ field, description })),
          blockingReasons: blocking.map(({ message }) => message),
        },
      }),
    );
  } else {
    // What is listed below need not be said twice.
    const headline =
      violations.length > 0
        ? "The request is not as it must be."
        : blocking.length > 0
          ? "It cannot be executed now."
          : (fault?.what ?? safe(error.rawMessage));
    output.note(`error: ${headline}${reason === undefined ? "" : ` [${reason}]`}`);
    for (const { field, description } of violations) output.note(`  ${safe(field)}: ${safe(description)}`);
    for (const { message } of blocking) output.note(`  - ${safe(message)}`);
    const hint = fault?.hint ?? hintFor(reason, called);
    if (hint !== undefined) output.note(`hint: ${hint}`);
  }
  // Nobody has interrupted a call whose connection broke: Node cancels it.
  if (fault !== undefined && error.code === Code.Canceled) return EXIT.unavailable;
  return EXIT_OF_CODE[error.code] ?? (fault === undefined ? EXIT.unexpected : EXIT.unavailable);
}
