import { setTimeout as sleep } from "node:timers/promises";
import { type Client, Code, ConnectError, createClient, type Interceptor } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { ErrorInfoSchema, RetryInfoSchema } from "../../gen/ts/google/rpc/error_details_pb.ts";
import { Health } from "../../gen/ts/grpc/health/v1/health_pb.ts";
import { ApproverKeyService } from "../../gen/ts/nexus/attest/v1/approver_key_service_pb.ts";
import { AuditService } from "../../gen/ts/nexus/attest/v1/audit_service_pb.ts";
import { DecisionService } from "../../gen/ts/nexus/attest/v1/decision_service_pb.ts";
import { ImportedDecisionService } from "../../gen/ts/nexus/attest/v1/imported_decision_service_pb.ts";
import { TemplateService } from "../../gen/ts/nexus/attest/v1/template_service_pb.ts";
import type { Credentials } from "./credentials.ts";
import { UsageError } from "./failure.ts";

/** How to reach a server, and as whom. */
export interface Connection {
  readonly server: string;
  readonly credentials: Credentials;
  /** Deadline of a call, in milliseconds. */
  readonly timeout: number;
}

export interface Clients {
  readonly decisions: Client<typeof DecisionService>;
  readonly audit: Client<typeof AuditService>;
  readonly templates: Client<typeof TemplateService>;
  readonly approverKeys: Client<typeof ApproverKeyService>;
  readonly imported: Client<typeof ImportedDecisionService>;
  readonly health: Client<typeof Health>;
}

export function connect({ server, credentials, timeout }: Connection): Clients {
  if (!/^https?:\/\//.test(server) || !URL.canParse(server))
    throw new UsageError(`--server: got "${server}", wants a URL such as http://127.0.0.1:7350`);
  const identify: Interceptor = (next) => (request) => {
    for (const [name, value] of Object.entries(credentials.headers)) request.header.set(name, value);
    return next(request);
  };
  const transport = createGrpcTransport({
    baseUrl: server,
    interceptors: [identify],
    nodeOptions: credentials.tls,
    defaultTimeoutMs: timeout,
    pingIntervalMs: 20_000,
    readMaxBytes: 90 * 1024 * 1024,
  });
  return {
    decisions: createClient(DecisionService, transport),
    audit: createClient(AuditService, transport),
    templates: createClient(TemplateService, transport),
    approverKeys: createClient(ApproverKeyService, transport),
    imported: createClient(ImportedDecisionService, transport),
    health: createClient(Health, transport),
  };
}

/** What the library says of a stream that ended without trailers; there is no code of its own for it. */
const MISSING_STATUS = "protocol error: missing status";

/** Pauses before a command is sent again, in milliseconds. */
const PAUSES = [100, 300, 1_000, 3_000] as const;

/**
 * Sends a command, and sends it again where the server's contract says that this is safe: it carries a request_id, so it is done once however often it arrives.
 */
export async function insist<Result>(timeout: number, send: () => Promise<Result>): Promise<Result> {
  const until = performance.now() + timeout;
  for (const pause of PAUSES) {
    try {
      return await send();
    } catch (error) {
      if (!isRetryable(error) || performance.now() + pause > until) throw error;
      await sleep(pause);
    }
  }
  return await send();
}

/** UNAVAILABLE and ABORTED, a write whose confirmation was lost, and a connection that broke or was cut under the call. */
export function isRetryable(error: unknown): boolean {
  if (!(error instanceof ConnectError)) return false;
  if (error.code === Code.Unavailable || error.code === Code.Aborted) return true;
  const reason = error.findDetails(ErrorInfoSchema)[0]?.reason;
  // Nothing here cancels a call: when no server said so either, Node has closed the stream of a connection that is gone.
  if (reason === "WRITE_OUTCOME_UNKNOWN" || (error.code === Code.Canceled && reason === undefined)) return true;
  // A proxy that gives a silent server up ends the stream in good order, but cannot know the status, and may do so in the middle of a message.
  return (
    (error.code === Code.Internal && error.rawMessage === MISSING_STATUS) ||
    (error.code === Code.InvalidArgument && reason === undefined)
  );
}

/** How long the server would like to be left alone, in milliseconds. */
export function askedPause(error: ConnectError): number {
  const { seconds = 0n, nanos = 0 } = error.findDetails(RetryInfoSchema)[0]?.retryDelay ?? {};
  return Number(seconds) * 1_000 + nanos / 1e6;
}
