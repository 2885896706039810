import { type CallOptions, Code, ConnectError, createClient, type Interceptor } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { RouterService } from "../../../gen/ts/nexus/attest/v1/router_service_pb.ts";
import { AdapterUnknown, type Router, RouterUnavailable, RunNotFound, RunRefused } from "../../app/router.ts";
import { toWireRunRequest } from "../../codec/run-request.ts";
import { problemOf, wordsOf } from "./connection-problem.ts";
import { readAdapter, readFinished, readProgress, readRun, readRunId } from "./read-answer.ts";
import type { RouterCredentials } from "./router-credentials.ts";
import { createSessions, NotSent } from "./sessions.ts";

/** Largest message of a router, in bytes: a run with its bundle. */
const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;

/** Largest description of an adapter, in bytes. */
const MAX_DESCRIPTION_BYTES = 256 * 1024;

/** Messages of one run; whoever sends more is not listened to any longer. */
const MAX_RUN_MESSAGES = 100_000;

/** What the library takes for none, where it would set one. */
const NO_DEADLINE = 0;

export interface RemoteRouter extends Router {
  /** Goes on with other credentials: see {@link createSessions}. */
  renew(credentials: RouterCredentials): void;
}

/** A router that serves nexus.attest.v1.RouterService over gRPC. Nothing it sends can do more than make the call fail. */
export function createGrpcRouter(options: {
  readonly url: string;
  readonly credentials: RouterCredentials;
  /** How long it may take to describe an adapter or to answer about a run, in milliseconds. */
  readonly timeout: number;
}): RemoteRouter {
  const { url, timeout } = options;
  let { credentials } = options;
  const sessions = createSessions(url, credentials.tls);
  const authenticate: Interceptor = (next) => (request) => {
    if (credentials.token !== undefined) request.header.set("authorization", `Bearer ${credentials.token}`);
    return next(request);
  };
  const clientOf = (readMaxBytes: number) =>
    createClient(
      RouterService,
      createGrpcTransport({
        baseUrl: url,
        sessionManager: sessions,
        interceptors: [authenticate],
        readMaxBytes,
        // A few bytes could stand for as many as are allowed, again and again.
        acceptCompression: [],
      }),
    );
  const descriptions = clientOf(MAX_DESCRIPTION_BYTES);
  const client = clientOf(MAX_MESSAGE_BYTES);
  const briefly = (signal: AbortSignal | undefined): CallOptions => ({ timeoutMs: timeout, ...given(signal) });

  return {
    async describeAdapter(adapterId, { signal } = {}) {
      try {
        const { adapter } = await descriptions.describeAdapter({ adapterId }, briefly(signal));
        return readAdapter(adapter, adapterId);
      } catch (error) {
        if (codeOf(error) === Code.NotFound) throw new AdapterUnknown(`its router does not know adapter ${adapterId}`);
        throw unavailable(error);
      }
    },

    async *run(request, { timeout: runTimeout = NO_DEADLINE, signal } = {}) {
      await assertLetIn(request.adapterId, signal);
      const leaving = new AbortController();
      const until = signal === undefined ? leaving.signal : AbortSignal.any([signal, leaving.signal]);
      let heard = 0;
      let runId: string | undefined;
      try {
        for await (const { kind } of client.run(toWireRunRequest(request), { timeoutMs: runTimeout, signal: until })) {
          heard += 1;
          if (heard > MAX_RUN_MESSAGES) throw new RouterUnavailable("the router sends messages without end");
          switch (kind.case) {
            case "accepted":
              runId = readRunId(kind.value.runId);
              yield { kind: "accepted", runId };
              break;
            case "progress":
              yield { kind: "progress", progress: readProgress(kind.value) };
              break;
            case "finished":
              yield { kind: "finished", run: readFinished(kind.value.run, request, runId) };
              return;
            case undefined:
              break;
          }
        }
      } catch (error) {
        if (heard === 0 && isNotSent(error)) throw notSent(error);
        if (heard === 0 && isRefusal(error))
          throw new RunRefused("REFUSED_BY_ROUTER", `The router refused the run: ${wordsOf(error.rawMessage)}`);
        throw unavailable(error);
      } finally {
        // The library leaves a call open that nobody listens to any more.
        leaving.abort();
      }
      throw new RouterUnavailable("the router ended its answer without the run's outcome");
    },

    async getRun(adapterId, decisionId, { includeBundle = false, fence = false, signal } = {}) {
      try {
        const { run } = await client.getRun({ decisionId, includeBundle, fence }, briefly(signal));
        return readRun(run, decisionId, adapterId);
      } catch (error) {
        if (codeOf(error) === Code.NotFound)
          throw new RunNotFound(`the router has no record of a run of ${decisionId}`);
        throw unavailable(error);
      }
    },

    renew(next) {
      const { tls } = credentials;
      credentials = next;
      if (JSON.stringify(tls) !== JSON.stringify(next.tls)) sessions.renew(next.tls, timeout);
    },
  };

  /**
   * A run is sent only to a router that has just proved who it is and let this server in. In TLS 1.3 a client hears of a refused certificate only after it may
   * have sent its call, and a refused token says nothing of a run that was sent with it: found out by a question that changes nothing, nothing was sent. A run
   * is asked for once (docs/decisions/0012), so it will never begin.
   */
  async function assertLetIn(adapterId: string, signal: AbortSignal | undefined): Promise<void> {
    try {
      await descriptions.describeAdapter({ adapterId }, briefly(signal));
    } catch (error) {
      throw signal?.aborted === true ? unavailable(error) : notSent(error);
    }
  }

  function notSent(error: unknown): RunRefused {
    return new RunRefused("NOT_SENT", `The run was not sent to its router: ${why(error)}.`);
  }

  function unavailable(error: unknown): unknown {
    if (!(error instanceof ConnectError)) return error;
    return new RouterUnavailable(why(error), { cause: error });
  }

  function why(error: unknown): string {
    return problemOf(error, { isUnheard: credentials.tls !== undefined && !isNotSent(error) && !sessions.wasHeard() });
  }
}

function given(signal: AbortSignal | undefined) {
  return signal === undefined ? {} : { signal };
}

function isNotSent(error: unknown): boolean {
  return error instanceof ConnectError && error.cause instanceof NotSent;
}

/**
 * By the contract these two codes say that the run was not begun; once anything was heard of the run they cannot be believed. They must be the router's own
 * word: a connection that breaks in the middle of a message is INVALID_ARGUMENT too, as this side's library sees it, and says nothing about the run.
 */
function isRefusal(error: unknown): error is ConnectError {
  if (!(error instanceof ConnectError) || !error.metadata.has("grpc-status")) return false;
  return error.code === Code.FailedPrecondition || error.code === Code.InvalidArgument;
}

function codeOf(error: unknown): Code | undefined {
  return error instanceof ConnectError ? error.code : undefined;
}
