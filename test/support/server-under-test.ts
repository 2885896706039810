import { join } from "node:path";
import { type Client, createClient, type Interceptor, type Transport } from "@connectrpc/connect";
import { createConnectTransport, createGrpcTransport, createGrpcWebTransport } from "@connectrpc/connect-node";
import { onTestFinished } from "vitest";
import { ApproverKeyService } from "../../gen/ts/nexus/attest/v1/approver_key_service_pb.ts";
import { AuditService } from "../../gen/ts/nexus/attest/v1/audit_service_pb.ts";
import { DecisionService } from "../../gen/ts/nexus/attest/v1/decision_service_pb.ts";
import { ImportedDecisionService } from "../../gen/ts/nexus/attest/v1/imported_decision_service_pb.ts";
import { TemplateService } from "../../gen/ts/nexus/attest/v1/template_service_pb.ts";
import type { Clock } from "../../src/app/clock.ts";
import { configSchema } from "../../src/config/schema.ts";
import { type RunningServer, startServer } from "../../src/server.ts";
import { type CapturedLog, createCapturedLog } from "./captured-log.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

export type Protocol = "grpc" | "connect" | "grpc-web";

export interface ServerUnderTest extends RunningServer {
  readonly directory: string;
  readonly log: CapturedLog;
  /** A client that acts as somebody, such as `human:alice`; undefined: as nobody. */
  as(actor: string | undefined, options?: CredentialOptions): Clients;
}

export interface Clients {
  readonly decisions: Client<typeof DecisionService>;
  readonly audit: Client<typeof AuditService>;
  readonly templates: Client<typeof TemplateService>;
  readonly approverKeys: Client<typeof ApproverKeyService>;
  readonly imported: Client<typeof ImportedDecisionService>;
}

export interface ClientOptions {
  readonly protocol?: Protocol;
  readonly httpVersion?: "1.1" | "2";
  readonly groups?: string;
}

/** A client that has more to show than a name. */
export interface CredentialOptions extends ClientOptions {
  /** Metadata of every call. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly tls?: ClientTls;
}

/** What a client over TLS trusts, and what it shows; PEM. */
export interface ClientTls {
  readonly ca: string;
  readonly cert?: string;
  readonly key?: string;
}

/** Its clients share its event loop and its address, so that both are late together, and one test can be as many callers as it likes. */
const PATIENT = {
  maxEventLoopDelayMs: 60_000,
  failedAuthenticationsPerMinute: 1_000_000,
  connections: { max: 10_000, maxPerAddress: 10_000 },
};

/** The whole server in this process, on a free port over a directory of the test's own; closed when the test has ended. */
export async function serverUnderTest(
  options: { readonly config?: object; readonly directory?: string; readonly clock?: Clock } = {},
): Promise<ServerUnderTest> {
  const directory = options.directory ?? temporaryDirectory();
  const log = createCapturedLog();
  const config = configSchema.parse({
    listen: "127.0.0.1:0",
    dataDir: join(directory, "data"),
    limits: PATIENT,
    ...options.config,
  });
  const { clock } = options;
  const server = await startServer(config, {
    log,
    environment: process.env,
    ...(clock === undefined ? {} : { clock }),
  });
  onTestFinished(() => server.close());
  return { ...server, directory, log, as: (actor, how) => clientsOf(server.url, actor, how) };
}

/** Clients of a server, over any protocol. */
export function clientsOf(url: string, actor: string | undefined, options: CredentialOptions = {}): Clients {
  const { protocol = "grpc", httpVersion = protocol === "grpc" ? "2" : "1.1", groups, headers = {}, tls } = options;
  const identify: Interceptor = (next) => (request) => {
    if (actor !== undefined) request.header.set("nexus-actor", actor);
    if (groups !== undefined) request.header.set("nexus-groups", groups);
    for (const [name, value] of Object.entries(headers)) request.header.set(name, value);
    return next(request);
  };
  const transport = transportOf(protocol, {
    baseUrl: url,
    httpVersion,
    interceptors: [identify],
    ...(tls && { nodeOptions: tls }),
  });
  return {
    decisions: createClient(DecisionService, transport),
    audit: createClient(AuditService, transport),
    templates: createClient(TemplateService, transport),
    approverKeys: createClient(ApproverKeyService, transport),
    imported: createClient(ImportedDecisionService, transport),
  };
}

function transportOf(
  protocol: Protocol,
  options: {
    readonly baseUrl: string;
    readonly httpVersion: "1.1" | "2";
    readonly interceptors: Interceptor[];
    readonly nodeOptions?: ClientTls;
  },
): Transport {
  if (protocol === "grpc") return createGrpcTransport(options);
  return protocol === "grpc-web" ? createGrpcWebTransport(options) : createConnectTransport(options);
}
