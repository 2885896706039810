import { type CallOptions, Code, ConnectError, createClient, type Interceptor } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { RouterService } from "../../../gen/ts/nexus/attest/v1/router_service_pb.ts";
import type { Clock } from "../../app/clock.ts";
import type { Log } from "../../app/log.ts";
import {
  AdapterUnknown,
  type Router,
  RouterUnavailable,
  type RunMessage,
  RunNotFound,
  RunRefused,
} from "../../app/router.ts";
import { toWireRunRequest } from "../../codec/run-request.ts";
import type { RunRequest } from "../../domain/run-request.ts";
import { isAway, problemOf, wordsOf } from "./connection-problem.ts";
import { createPatience, type Patience } from "./patience.ts";
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
  readonly clock: Clock;
  readonly log: Log;
}): RemoteRouter {
  const { url, clock, log } = options;
  const timeout = wholeOf(options.timeout);
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

    async *run(request, { timeout: runTimeout = NO_DEADLINE, sendWithin = 0, signal } = {}) {
      const longest = runTimeout === NO_DEADLINE ? sendWithin : Math.min(sendWithin, runTimeout);
      const patience = createPatience(longest, { clock, signal });
      for (;;) {
        await assertLetIn(request, patience, signal);
        const left = runTimeout === NO_DEADLINE ? NO_DEADLINE : wholeOf(runTimeout - patience.spent());
        try {
          return yield* send(request, left, signal);
        } catch (error) {
          if (!isNotSent(error)) throw error;
          await waitOrRefuse(error, request, patience);
        }
      }
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
   * have sent its call, and a refused token says nothing of a run that was sent with it: found out by a question that changes nothing, nothing was sent. So a
   * router that is not there can be asked again (docs/decisions/0029-a-run-waits-for-its-router-before-it-is-sent.md). A run that is refused here will never begin.
   */
  async function assertLetIn(request: RunRequest, patience: Patience, signal: AbortSignal | undefined): Promise<void> {
    const { adapterId } = request;
    let away: unknown;
    for (;;) {
      try {
        const timeoutMs = wholeOf(patience.timeoutOf(timeout));
        await descriptions.describeAdapter({ adapterId }, { timeoutMs, ...given(signal) });
        if (signal?.aborted === true) throw new ConnectError("nobody waits for the run any more", Code.Canceled);
        return;
      } catch (error) {
        // That its time was over, or that nobody waits any more, says less of the router than what came before.
        const isCut = signal?.aborted === true || codeOf(error) === Code.DeadlineExceeded;
        away = isCut ? (away ?? error) : error;
        await waitOrRefuse(away, request, patience);
      }
    }
  }

  /** Waits a while before a router that is not there is asked again. Nothing of the run has left this process. */
  async function waitOrRefuse(error: unknown, { decisionId }: RunRequest, patience: Patience): Promise<void> {
    const tell = () =>
      log.warn(
        { decision_id: decisionId, url, problem: why(error) },
        "the run waits for its router, which is not there",
      );
    if (isAway(error, { isUnheard: isUnheard(error) }) && (await patience.pause(tell))) return;
    const waited = patience.hasWaited() ? `, though it was waited for ${seconds(patience.spent())} s` : "";
    throw new RunRefused("NOT_SENT", `The run was not sent to its router${waited}: ${why(error)}.`);
  }

  /** Sends a run, once. Throws as the library does where nothing was sent. */
  async function* send(
    request: RunRequest,
    runTimeout: number,
    signal: AbortSignal | undefined,
  ): AsyncIterable<RunMessage> {
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
      if (heard === 0 && isNotSent(error)) throw error;
      if (heard === 0 && isRefusal(error))
        throw new RunRefused("REFUSED_BY_ROUTER", `The router refused the run: ${wordsOf(error.rawMessage)}`);
      throw unavailable(error);
    } finally {
      // The library leaves a call open that nobody listens to any more.
      leaving.abort();
    }
    throw new RouterUnavailable("the router ended its answer without the run's outcome");
  }

  function unavailable(error: unknown): unknown {
    if (!(error instanceof ConnectError)) return error;
    return new RouterUnavailable(why(error), { cause: error });
  }

  function why(error: unknown): string {
    return problemOf(error, { isUnheard: isUnheard(error) });
  }

  function isUnheard(error: unknown): boolean {
    return credentials.tls !== undefined && !isNotSent(error) && !sessions.wasHeard();
  }
}

/** The deadline of a call has no fractions (gRPC over HTTP/2, Timeout), and none at all is another matter. */
function wholeOf(milliseconds: number): number {
  return Math.max(1, Math.ceil(milliseconds));
}

/** To a tenth, for people. */
function seconds(milliseconds: number): string {
  return (Math.round(milliseconds / 100) / 10).toString();
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
