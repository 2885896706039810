import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { RouterService } from "../../../gen/ts/nexus/attest/v1/router_service_pb.ts";
import { AdapterUnknown, type Router, RouterUnavailable, RunNotFound, RunRefused } from "../../app/router.ts";
import { toWireRunRequest } from "../../codec/run-request.ts";
import { readAdapter, readRun } from "./read-answer.ts";

/** Largest message of a router, in bytes: a run with its bundle. */
const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;

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

    async *run(request, { signal } = {}) {
      let accepted = false;
      try {
        for await (const { kind } of client.run(toWireRunRequest(request), { timeoutMs: 0, ...given(signal) })) {
          switch (kind.case) {
            case "accepted":
              accepted = true;
              yield { kind: "accepted", runId: kind.value.runId };
              break;
            case "progress":
              yield { kind: "progress", progress: kind.value };
              break;
            case "finished":
              yield { kind: "finished", run: readRun(kind.value.run, request.decisionId) };
              return;
            case undefined:
              break;
          }
        }
      } catch (error) {
        const code = codeOf(error);
        // By the contract these say that the run was not begun; once it was accepted they cannot be believed.
        if (!accepted && (code === Code.FailedPrecondition || code === Code.InvalidArgument))
          throw new RunRefused(
            "REFUSED_BY_ROUTER",
            `The router refused the run: ${(error as ConnectError).rawMessage}`,
          );
        throw unavailable(error);
      }
      throw new RouterUnavailable("the router ended its answer without the run's outcome");
    },

    async getRun(_adapterId, decisionId, { includeBundle = false, fence = false, signal } = {}) {
      try {
        const call = { timeoutMs: timeout, ...given(signal) };
        const { run } = await client.getRun({ decisionId, includeBundle, fence }, call);
        return readRun(run, decisionId);
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

function codeOf(error: unknown): Code | undefined {
  return error instanceof ConnectError ? error.code : undefined;
}

function unavailable(error: unknown): unknown {
  if (!(error instanceof ConnectError)) return error;
  return new RouterUnavailable(`${Code[error.code]}: ${error.rawMessage}`, { cause: error });
}
