import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { RouterService } from "../../../gen/ts/nexus/attest/v1/router_service_pb.ts";
import { AdapterUnknown, type Router, RouterUnavailable, RunNotFound, RunRefused } from "../../app/router.ts";
import { toWireRunRequest } from "../../codec/run-request.ts";
import { readAdapter, readFinished, readProgress, readRun, readRunId } from "./read-answer.ts";

/** Largest message of a router, in bytes: a run with its bundle. */
const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;

/** What the library takes for none, where it would set one. */
const NO_DEADLINE = 0;

/** A router that serves nexus.attest.v1.RouterService over gRPC. Nothing it sends can do more than make the call fail. */
export function createGrpcRouter(options: {
  readonly url: string;
  /** How long it may take to describe an adapter or to answer about a run, in milliseconds. */
  readonly timeout: number;
}): Router {
  const { url, timeout } = options;
  const transport = createGrpcTransport({
    baseUrl: url,
    readMaxBytes: MAX_MESSAGE_BYTES,
    pingIntervalMs: 10_000,
    pingTimeoutMs: 5_000,
  });
  const client = createClient(RouterService, transport);

  return {
    async describeAdapter(adapterId, { signal } = {}) {
      try {
        const { adapter } = await client.describeAdapter({ adapterId }, { timeoutMs: timeout, ...given(signal) });
        return readAdapter(adapter, adapterId);
      } catch (error) {
        if (codeOf(error) === Code.NotFound) throw new AdapterUnknown(`its router does not know adapter ${adapterId}`);
        throw unavailable(error);
      }
    },

    async *run(request, { timeout: runTimeout = NO_DEADLINE, signal } = {}) {
      let begun = false;
      let runId: string | undefined;
      try {
        for await (const { kind } of client.run(toWireRunRequest(request), {
          timeoutMs: runTimeout,
          ...given(signal),
        })) {
          begun = true;
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
        if (!begun && isRefusal(error))
          throw new RunRefused("REFUSED_BY_ROUTER", `The router refused the run: ${error.rawMessage}`);
        throw unavailable(error);
      }
      throw new RouterUnavailable("the router ended its answer without the run's outcome");
    },

    async getRun(adapterId, decisionId, { includeBundle = false, fence = false, signal } = {}) {
      try {
        const call = { timeoutMs: timeout, ...given(signal) };
        const { run } = await client.getRun({ decisionId, includeBundle, fence }, call);
        return readRun(run, decisionId, adapterId);
      } catch (error) {
        if (codeOf(error) === Code.NotFound)
          throw new RunNotFound(`the router has no record of a run of ${decisionId}`);
        throw unavailable(error);
      }
    },
  };
}

function given(signal: AbortSignal | undefined) {
  return signal === undefined ? {} : { signal };
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

function unavailable(error: unknown): unknown {
  if (!(error instanceof ConnectError)) return error;
  return new RouterUnavailable(`${Code[error.code]}: ${error.rawMessage}`, { cause: error });
}
