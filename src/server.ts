import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import type { ConnectRouter, HandlerContext } from "@connectrpc/connect";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import { Health } from "../gen/ts/grpc/health/v1/health_pb.ts";
import { ServerReflection } from "../gen/ts/grpc/reflection/v1/reflection_pb.ts";
import { ServerReflection as ServerReflectionAlpha } from "../gen/ts/grpc/reflection/v1alpha/reflection_pb.ts";
import { ApproverKeyService } from "../gen/ts/nexus/attest/v1/approver_key_service_pb.ts";
import { AuditService } from "../gen/ts/nexus/attest/v1/audit_service_pb.ts";
import { DecisionService } from "../gen/ts/nexus/attest/v1/decision_service_pb.ts";
import { ImportedDecisionService } from "../gen/ts/nexus/attest/v1/imported_decision_service_pb.ts";
import { TemplateService } from "../gen/ts/nexus/attest/v1/template_service_pb.ts";
import { createAdapterViews } from "./app/adapter-view.ts";
import { createApproverKeys } from "./app/approver-keys.ts";
import { type Clock, SYSTEM_CLOCK } from "./app/clock.ts";
import { createMakeTemplate } from "./app/create-template.ts";
import { createDecisionFeed } from "./app/decision-feed.ts";
import { createDecisionLogs } from "./app/decision-logs.ts";
import { createDecisionSubscription } from "./app/decision-subscription.ts";
import { createDenials } from "./app/denials.ts";
import { createExecuteDecision } from "./app/execute-decision.ts";
import { createExecutions } from "./app/executions.ts";
import { createExplainDecision } from "./app/explain-decision.ts";
import { createFindTemplates } from "./app/find-templates.ts";
import { createGetDecision } from "./app/get-decision.ts";
import { createCommandHandler } from "./app/handle-command.ts";
import { createIndexer } from "./app/indexer.ts";
import { createKeyCommandHandler } from "./app/key-commands.ts";
import { createListDecisions } from "./app/list-decisions.ts";
import { createListTemplates } from "./app/list-templates.ts";
import type { Log } from "./app/log.ts";
import { recoverExecutions } from "./app/recovery.ts";
import { createRouterStanding } from "./app/router-standing.ts";
import { createRunProgressBoard } from "./app/run-progress.ts";
import { createSettleExecution } from "./app/settle-execution.ts";
import { createTemplateCatalogue } from "./app/template-catalogue.ts";
import { readTemplate } from "./app/template-log.ts";
import { createWatchDecision } from "./app/watch-decision.ts";
import { createWatchDecisions } from "./app/watch-decisions.ts";
import { createAuditedReload, openConfiguredAuditLog } from "./audited-configuration.ts";
import { rotateOnRecord } from "./audited-key-rotation.ts";
import { openAuthentication } from "./authentication.ts";
import { administratorsOf, openAuthorization } from "./authorization.ts";
import { splitListen } from "./config/listen.ts";
import type { Config } from "./config/schema.ts";
import { createEvidenceServices } from "./evidence-services.ts";
import { createFrontDoor, pathsOf } from "./front-door.ts";
import { serveGrpcUnary } from "./grpc-unary.ts";
import { openHouseRules } from "./house-rules.ts";
import { withQuietWrites } from "./http/quiet-writes.ts";
import { assertNotTooLarge } from "./http/request-body.ts";
import { listenHttp, type Request } from "./http-server.ts";
import { createLimits } from "./limits.ts";
import { localAdapters } from "./local-adapters.ts";
import { openStores, type Stores } from "./open-stores.ts";
import { openRemoteRouters } from "./remote-routers.ts";
import { openLocalRouter } from "./router/local/local-router.ts";
import { createRouting } from "./router/routing.ts";
import { createAccess } from "./rpc/access.ts";
import { createApproverKeyService } from "./rpc/approver-key-service.ts";
import { createAuditInterceptor } from "./rpc/audit-interceptor.ts";
import { MAX_PACKAGE_REQUEST_BYTES } from "./rpc/audit-queries.ts";
import { createAuthenticationGate, valuesOfArrival } from "./rpc/authentication.ts";
import { createBoundary } from "./rpc/boundary.ts";
import { createCallLog } from "./rpc/call-log.ts";
import { createCallerGate } from "./rpc/caller-gate.ts";
import { createDecisionCommands } from "./rpc/decision-commands.ts";
import { createDecisionExplanations } from "./rpc/decision-explanations.ts";
import { createDecisionQueries } from "./rpc/decision-queries.ts";
import { createHealthService } from "./rpc/health-service.ts";
import { createIdentityRecheck } from "./rpc/identity-recheck.ts";
import { createReflectionAlphaService, createReflectionService } from "./rpc/reflection-service.ts";
import { createTemplateService } from "./rpc/template-service.ts";
import { createVerificationSlots } from "./rpc/verification-slots.ts";
import { openServerKeys } from "./signing/server-keys.ts";
import { STRICT_JSON } from "./strict-json.ts";

export interface RunningServer {
  /** Where it listens, such as `http://127.0.0.1:7350`. */
  readonly url: string;
  /**
   * Goes on with another configuration's certificates, ways to authenticate (of callers, and to routers), roles and house rules, without interrupting anybody; the rest of it
   * takes a restart.
   *
   * @param load gives it; what it throws is on record like a configuration that cannot be used.
   * @returns the keys that are not as the server goes by: they take a restart.
   * @throws {ConfigError} if it cannot be used, {AuditLogUnavailable} if it cannot be recorded: all stays as it was.
   */
  reload(load: () => Config): readonly string[];
  /** Drains: streams end with a retryable code, runs are waited for or left recoverable, then everything is closed. */
  close(): Promise<void>;
}

/** What this server offers beside health and reflection. */
const SERVICES = [DecisionService, TemplateService, AuditService, ApproverKeyService, ImportedDecisionService] as const;

/** Replies smaller than this are not compressed: on a fast network that costs more than it saves. */
const COMPRESS_MIN_BYTES = 64 * 1024;

/** How long calls under way may take once the server drains, in milliseconds. */
const CALLS_GRACE = 5_000;

/** Wires everything and starts it: the one place where the parts meet. */
export async function startServer(
  config: Config,
  surroundings: {
    readonly log: Log;
    readonly environment: Readonly<Record<string, string | undefined>>;
    readonly clock?: Clock;
  },
): Promise<RunningServer> {
  const { log, environment, clock = SYSTEM_CLOCK } = surroundings;
  const { execution } = config;
  const heartbeat = config.watch.heartbeatSeconds * 1000;
  const routerTimeout = execution.routerTimeoutSeconds * 1000;
  const directory = resolve(config.dataDir);
  const draining = new AbortController();
  const stopping = new AbortController();

  const adapterConfigs = localAdapters(config.adapters, environment);
  const authorization = openAuthorization(config, log);
  const houseRules = openHouseRules(config, log);
  const remoteRouters = openRemoteRouters(config, { environment, clock, log });
  const limits = createLimits(config, { clock, log });

  // Stores
  const stores = await openStores(config.store, { directory, environment, log });
  const { store, index, importIndex, kept, serverId, isShared } = stores;
  const logs = createDecisionLogs(store);
  const approverKeys = createApproverKeys({ store, clock, log });

  // What the data directory's lock keeps from a second server: the audit log, and the keys
  const audit = await orClose(() => openConfiguredAuditLog(config, { clock, log }), stores);
  const authentication = await orClose(() => openAuthentication(config, { clock, log, audit }), stores);
  const { authenticator, tls, believesCallers } = authentication;
  const openKeys = () =>
    openServerKeys(directory, {
      ...config.signing,
      now: clock.now(),
      rotate: (rotation, rotate) => rotateOnRecord(audit, { ...rotation, trigger: "start" }, rotate),
    });
  const serverKeys = await orClose(openKeys, stores);

  // Routers
  mkdirSync(join(directory, "router"), { recursive: true, mode: 0o700 });
  const localRouter = openLocalRouter({ directory: join(directory, "router"), adapters: adapterConfigs, clock });
  const router = createRouting([
    { name: "the local router", kind: "local", adapters: adapterConfigs.map(({ id }) => id), router: localRouter },
    ...remoteRouters.routes,
  ]);
  const routerStanding = createRouterStanding({ routers: remoteRouters.named, clock, log });

  // Use cases
  const sharing = { serverId, isShared, takeoverAfter: execution.takeoverAfterSeconds * 1000 };
  const subscription = createDecisionSubscription({ store, clock, log });
  const sources = { store, subscription, index, logs, approverKeys, houseRules };
  const ports = { ...sources, sharing, router, clock, log, heartbeat, draining: draining.signal };
  const handle = createCommandHandler({ ...ports, newId: randomUUID });
  const catalogue = createTemplateCatalogue(ports);
  const adapters = createAdapterViews({ ...ports, timeout: routerTimeout });
  const progress = createRunProgressBoard();
  const feed = createDecisionFeed(ports);
  const indexer = createIndexer(ports);
  const settings = {
    startWithin: execution.startWithinSeconds * 1000,
    runTimeout: execution.runTimeoutSeconds * 1000,
    settleWithin: execution.settleWithinSeconds * 1000,
    sendWithin: execution.sendWithinSeconds * 1000,
  };
  const executions = createExecutions({ ...ports, handle, progress, settings });
  const findTemplates = createFindTemplates({ store, catalogue });
  const commands = createDecisionCommands({
    handle,
    execute: createExecuteDecision({ ...ports, handle, adapters, executions, feed }),
    settle: createSettleExecution({ ...ports, handle, timeout: routerTimeout }),
    adapters,
    findTemplates,
    approverKeys,
    houseRules,
    newRequestId: randomUUID,
  });
  const explanations = createDecisionExplanations({
    explain: createExplainDecision({ ...ports, adapters, newId: randomUUID }),
    findTemplates,
    newRequestId: randomUUID,
  });
  const handleKeys = createKeyCommandHandler({
    ...ports,
    newId: randomUUID,
    isAdministrator: administratorsOf(config, authorization),
  });
  const keyService = createApproverKeyService({ approverKeys, handleKeys, newRequestId: randomUUID });
  const queries = createDecisionQueries({
    logs,
    getDecision: createGetDecision({ ...ports, adapters }),
    listDecisions: createListDecisions({ index, indexer }),
    watchDecision: createWatchDecision({ ...ports, feed, progress, adapters }),
    watchDecisions: createWatchDecisions({ ...ports, indexer }),
  });
  const evidence = createEvidenceServices({ ...ports, importIndex, serverKeys, timeout: routerTimeout });
  const templates = createTemplateService({
    makeTemplate: createMakeTemplate({ ...ports, catalogue, newId: randomUUID }),
    readTemplate: (name, signal) => readTemplate(store, name, signal),
    listTemplates: createListTemplates({ catalogue }),
    newRequestId: randomUUID,
  });
  const health = createHealthService({
    ...ports,
    indexer,
    maxLag: config.index.maxLagSeconds,
    routerStanding,
    services: SERVICES.map(({ typeName }) => typeName),
  });
  const reflection = createReflectionService([...SERVICES, Health, ServerReflection, ServerReflectionAlpha]);

  // The wire
  const denials = createDenials({ audit, clock });
  const callLog = createCallLog(log, (denial) => denials.tell(denial));
  const authenticate = createAuthenticationGate(authenticator, {
    isReflectionOpen: believesCallers,
    onNobody: ({ network }) => limits.failures.count(network),
  });
  const admitCaller = createCallerGate(limits.admitCaller, limits.tell);
  const access = createAccess({
    ...sources,
    authorization,
    readTemplate: (name, signal) => readTemplate(store, name, signal),
  });
  const takeSlot = createVerificationSlots();
  const serving = {
    requestGate: async (context: HandlerContext) => {
      callLog.expect(context);
      await authenticate(context);
      admitCaller(context);
      access.gate(context);
      takeSlot(context);
      assertNotTooLarge(context.requestHeader, mostOf(context));
    },
    interceptors: [
      createBoundary(callLog),
      access.interceptor,
      createAuditInterceptor(audit),
      createIdentityRecheck(authenticator, clock, authorization),
    ],
    contextValues: (request: Request) => valuesOfArrival(door.arrivalOf(request)),
    bodyOf: (request: Request) => door.arrivalOf(request).body,
    readMaxBytes: config.limits.maxMessageBytes,
    compressMinBytes: COMPRESS_MIN_BYTES,
    jsonOptions: STRICT_JSON,
    routes: (router: ConnectRouter) => {
      router
        .service(DecisionService, { ...commands, ...explanations, ...queries })
        .service(TemplateService, templates)
        .service(AuditService, evidence.audit, { readMaxBytes: MAX_PACKAGE_REQUEST_BYTES })
        .service(ApproverKeyService, keyService)
        .service(ImportedDecisionService, evidence.importedQueries)
        .service(Health, health)
        .service(ServerReflection, reflection)
        .service(ServerReflectionAlpha, createReflectionAlphaService(reflection));
    },
  };
  const scheme = tls === undefined ? "http" : "https";
  const paths = pathsOf([...SERVICES, Health, ServerReflection, ServerReflectionAlpha], config.limits.maxMessageBytes);
  const mostOf = ({ service, method }: HandlerContext) =>
    paths.get(`/${service.typeName}/${method.name}`)?.most ?? config.limits.maxMessageBytes;
  const general = withQuietWrites(connectNodeAdapter(serving), (request) => door.arrivalOf(request).call.taken());
  const handler = serveGrpcUnary(serving, general);
  const door = createFrontDoor({ ...limits, paths, scheme, handler, believesCallers });

  const background = [
    subscription.run(stopping.signal),
    feed.run(stopping.signal),
    indexer.run(stopping.signal),
    evidence.run(stopping.signal),
    limits.run(stopping.signal),
    catalogue.run(stopping.signal),
    remoteRouters.follow(stopping.signal),
    routerStanding.run(stopping.signal),
    denials.run(stopping.signal),
    // Nobody else writes to a store of the server's own.
    ...(isShared ? [approverKeys.run(stopping.signal)] : []),
    recover(),
  ];
  const http = await listenHttp({
    ...splitListen(config.listen),
    tls,
    handler: door.enter,
    maxStreamsPerConnection: config.limits.maxStreamsPerConnection,
    settings: limits.connections,
    tellFlood: limits.tellFlood,
  }).catch(async (error: unknown) => {
    await shutDown();
    throw error;
  });
  background.push(authentication.follow(http, stopping.signal));
  const url = `${scheme}://${http.host.includes(":") ? `[${http.host}]` : http.host}:${http.port}`;
  const { keyId } = serverKeys.signer;
  log.info({ url, dataDir: directory, store: kept, serverId, keyId }, "serving");
  audit.note(
    { kind: "server.start", outcome: "SUCCEEDED", keyId, details: { url, serverId, store: kept } },
    { isDurable: true },
  );
  if (believesCallers())
    log.warn({}, "development identity: every local caller names itself; never expose this server");

  let closed: Promise<void> | undefined;
  return {
    url,
    reload: createAuditedReload(audit, config, (next) => {
      const renewRouters = remoteRouters.prepare(next);
      authentication.reload(http, next);
      authorization.reload(next);
      houseRules.reload(next);
      renewRouters();
      limits.reload(next);
    }),
    close: () => (closed ??= drain()),
  };

  async function recover(): Promise<void> {
    await Promise.race([indexer.caughtUp, once(draining.signal, "abort")]);
    await recoverExecutions({ ...ports, ...settings, executions }, draining.signal);
  }

  async function drain(): Promise<void> {
    log.info({}, "shutting down: streams end, runs are waited for");
    draining.abort();
    await http.close(CALLS_GRACE);
    const { left } = await executions.drain(execution.drainSeconds * 1000);
    if (left > 0) log.warn({ left }, "runs are still under way: ending those of the local router");
    await shutDown();
    log.info({}, "shut down");
  }

  async function shutDown(): Promise<void> {
    draining.abort();
    await executions.stop();
    await localRouter.close(0);
    stopping.abort();
    await Promise.all(background);
    audit.note({ kind: "server.stop", outcome: "SUCCEEDED" }, { isDurable: true });
    audit.close();
    await closeStores(stores);
  }
}

/** What opens beside the stores; if it does not, they are closed: a store that stays open keeps the data directory from everybody else. */
async function orClose<Opened>(open: () => Opened, stores: Stores): Promise<Opened> {
  try {
    return open();
  } catch (error) {
    await closeStores(stores);
    throw error;
  }
}

async function closeStores({ index, importIndex, store }: Stores): Promise<void> {
  index.close();
  importIndex.close();
  await store.close();
}
