import { Code, ConnectError } from "@connectrpc/connect";
import { BadRequestSchema, ErrorInfoSchema } from "../../gen/ts/google/rpc/error_details_pb.ts";
import { GateClosedSchema } from "../../gen/ts/nexus/attest/v1/error_reason_pb.ts";
import { AuditLogUnavailable } from "../app/audit-log.ts";
import { AppendOutcomeUnknown, StoreUnavailable, StreamCorrupt } from "../app/event-store.ts";
import { ConfigError } from "../config/load-config.ts";
import { BrokenLog } from "../evidence/chain.ts";
import { UnusableRunLog } from "../router/local/run-log.ts";
import { UnusableKey } from "../signing/unusable-key.ts";
import { UnusableDatabase } from "../store/sqlite/database.ts";
import { DirectoryInUse } from "../store/sqlite/directory-lock.ts";
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
  const { code } = cause as NodeJS.ErrnoException;
  const why =
    code === "ENOENT"
      ? "there is no such file"
      : code === "EISDIR"
        ? "it is a directory"
        : code === "EACCES"
          ? "permission denied"
          : (code ?? String(cause));
  return new UsageError(`${file} cannot be read: ${why}`, { cause });
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

/** What a person can do about it, by reason. */
const HINTS: Readonly<Record<string, string>> = {
  IDENTITY_UNAVAILABLE: "the server's log says why it cannot fetch the issuer's keys",
  PERMISSION_DENIED:
    "authorization in the server's configuration says who may do what; docs/security.md what each call takes",
  NO_POLICY: "the decision is a draft: nexus-attest attach gives it a policy",
  SELF_APPROVAL: "somebody else has to approve",
  SIGNATURE_REQUIRED:
    "nexus-attest approve ID --sign-with KEYFILE signs it; nexus-attest approver-keys new makes a key",
  APPROVER_KEY_NOT_ENROLLED: "an administrator enrols it: nexus-attest approver-keys enroll human:YOU --public-key …",
  NOT_AN_ADMINISTRATOR: "approverKeys.administrators in the server's configuration names who may",
  ALREADY_APPROVED: "nexus-attest revoke takes the earlier approval back",
  REQUEST_DIGEST_MISMATCH: "look at the decision again (nexus-attest show), then approve what you see",
  WRITE_OUTCOME_UNKNOWN: "repeat the command with the same --request-id: it is done once",
  IMPORT_CONFLICT: "--on-conflict fast-forward appends what is missing, --on-conflict keep-both keeps it beside",
  BUNDLE_NOT_AUTHENTIC:
    "nexus-attest verify FILE --trust TRUST tells every check; without --trust it is taken in unproven",
  IMPORT_DIVERGED: "--on-conflict keep-both keeps it beside the other",
  ROUTER_CANNOT_SAY: "an operator who knows can state it: nexus-attest settle ID --outcome completed --reason …",
  RUN_STILL_AT_WORK: "nexus-attest watch shows how it goes on; whoever knows better states it with --force",
  ROUTER_KNOWS_OUTCOME: "nexus-attest settle ID --ask-router records it; whoever knows better states it with --force",
};

/** Where a call went, and what it showed of its caller. */
export interface Called {
  readonly server: string;
  /** Whether it named its caller, as is done where nothing is proved. */
  readonly isNamed: boolean;
  /** Whether it had a token, and whether a certificate. */
  readonly hasToken: boolean;
  readonly hasCertificate: boolean;
}

/** What somebody can do who was not let in, by what they had shown. */
function hintForNobody(called: Called | undefined): string {
  const proof = "a token in NEXUS_ATTEST_TOKEN or --token-file, or --tls-cert and --tls-key";
  const { hasToken = false, hasCertificate = false } = called ?? {};
  const isProved = hasToken || hasCertificate;
  if (hasToken && hasCertificate)
    return "leave out either the token (--token-file, NEXUS_ATTEST_TOKEN) or the certificate (--tls-cert and --tls-key)";
  if (called?.isNamed === true && isProved)
    return "leave out --as (NEXUS_ATTEST_AS) and --groups: the token or the certificate says who you are";
  if (isProved)
    return "get a new token or certificate if it has expired; what the server takes stands under auth in its configuration, and docs/security.md explains it";
  if (called?.isNamed === true) return `say who you are by ${proof}, without --as (NEXUS_ATTEST_AS) and --groups`;
  return `say who you are: --as human:you@example.com where callers name themselves (NEXUS_ATTEST_AS); else ${proof}`;
}

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

/** OpenSSL's words, which say nothing to whoever typed https by mistake. */
function isTlsFault({ rawMessage }: ConnectError): boolean {
  return rawMessage.includes("SSL routines");
}

/** Why the server's certificate is not taken, in OpenSSL's or Node's code; undefined for any other fault. */
function certificateFault({ cause }: ConnectError): string | undefined {
  if (!(cause instanceof Error) || !("code" in cause) || typeof cause.code !== "string") return undefined;
  return /CERT|SIGNATURE/.test(cause.code) ? cause.code : undefined;
}

/** Node's words without its advice, which is about options that nobody here gives to Node. */
function withoutAdvice(message: string): string {
  return message.replace(/; if the root CA is installed locally.*/, "");
}

function hintForCertificate(fault: string): string {
  if (fault === "CERT_HAS_EXPIRED") return "the server needs a new one, unless this machine's clock is wrong";
  if (fault === "CERT_NOT_YET_VALID") return "look at this machine's clock, and at the server's certificate";
  if (fault === "ERR_TLS_CERT_ALTNAME_INVALID") return "name the server as its certificate does";
  return "name the authority that it comes from with --tls-ca FILE; for those of the system set NODE_USE_SYSTEM_CA=1";
}

/** What a server without TLS is, to a client that speaks it, and the other way round: a connection that breaks before a word. */
function isPerhapsTls({ code }: ConnectError, reason: string | undefined, server: string | undefined): boolean {
  return code === Code.Canceled && reason === undefined && server?.startsWith("http://") === true;
}

function reportRpcError(error: ConnectError, output: Output, called: Called | undefined): number {
  const server = called?.server;
  const { reason, metadata } = error.findDetails(ErrorInfoSchema)[0] ?? {};
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
    const unreachable = error.code === Code.Unavailable && reason === undefined;
    const isTls = isTlsFault(error);
    const untrusted = certificateFault(error);
    // What is listed below need not be said twice.
    const headline =
      violations.length > 0
        ? "The request is not as it must be."
        : blocking.length > 0
          ? "It cannot be executed now."
          : isTls
            ? `the server at ${server ?? "?"} does not speak TLS, or not as it should`
            : untrusted !== undefined
              ? `the certificate of the server at ${server ?? "?"} is not taken: ${safe(withoutAdvice(error.rawMessage))}`
              : safe(error.rawMessage);
    output.note(
      unreachable
        ? `error: the server at ${server ?? "?"} does not answer: ${error.rawMessage}`
        : `error: ${headline}${reason === undefined ? "" : ` [${reason}]`}`,
    );
    for (const { field, description } of violations) output.note(`  ${safe(field)}: ${safe(description)}`);
    for (const { message } of blocking) output.note(`  - ${safe(message)}`);
    const hint = unreachable
      ? "start one with: nexus-attest serve, or name another with --server URL"
      : isTls
        ? "a server without TLS is reached by http://"
        : untrusted !== undefined
          ? hintForCertificate(untrusted)
          : isPerhapsTls(error, reason, server)
            ? "the connection broke before an answer; a server with TLS is reached by https://"
            : reason === "UNAUTHENTICATED"
              ? hintForNobody(called)
              : HINTS[reason ?? ""];
    if (hint !== undefined) output.note(`hint: ${hint}`);
  }
  if (isPerhapsTls(error, reason, server)) return EXIT.unavailable;
  return (
    EXIT_OF_CODE[error.code] ??
    (isTlsFault(error) || certificateFault(error) !== undefined ? EXIT.unavailable : EXIT.unexpected)
  );
}
