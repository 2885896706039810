import type { DescService } from "@bufbuild/protobuf";
import type { connectNodeAdapter } from "@connectrpc/connect-node";
import { Health } from "../gen/ts/grpc/health/v1/health_pb.ts";
import { AuditService } from "../gen/ts/nexus/attest/v1/audit_service_pb.ts";
import type { Connection } from "./app/connection.ts";
import { Refused } from "./app/refused.ts";
import { dropFarDeadline } from "./far-deadline.ts";
import { admitOrigin, isAllowedOrigin } from "./http/cors.ts";
import { refuseCall } from "./http/refuse-call.ts";
import { createRequestBody, iterateWithin, type RequestBody } from "./http/request-body.ts";
import type { createSlowClients, WatchedCall } from "./http/slow-clients.ts";
import type { Request, Response, TookBody } from "./http-server.ts";
import type { FailedAuthentications } from "./limits/failed-authentications.ts";
import type { RequestMemory } from "./limits/request-memory.ts";
import type { Shedding } from "./limits/shedding.ts";
import { refuseForeign, refuseOtherOrigin } from "./loopback-only.ts";
import { joinRepeatedIdentities } from "./repeated-headers.ts";
import { MAX_PACKAGE_REQUEST_BYTES } from "./rpc/audit-queries.ts";
import { unusableAuthority } from "./unusable-authority.ts";

type NodeHandler = ReturnType<typeof connectNodeAdapter>;

/** A request that was let in. */
export interface Arrival {
  readonly connection: Connection;
  readonly body: RequestBody;
  readonly memory: RequestMemory;
  readonly call: WatchedCall;
}

export interface FrontDoor {
  readonly enter: (request: Request, response: Response, connection: Connection, took: TookBody) => void;
  /** Of a request that was let in, while it is handled. */
  readonly arrivalOf: (request: Request) => Arrival;
}

/** What is known of a method by its path alone. */
export interface PathFacts {
  readonly kind: "unary" | "server_streaming" | "client_streaming" | "bidi_streaming";
  /** The largest message, in bytes. */
  readonly most: number;
  /** Whether it is answered whatever else the server has to do: orchestrators end servers that do not answer. */
  readonly isVital: boolean;
}

/** What is not found has nothing to say. */
const NO_METHOD: PathFacts = { kind: "unary", most: MAX_PACKAGE_REQUEST_BYTES, isVital: false };

/** Everything between a request and its handler: who may call at all, and how much the server takes on. Nothing here reads the request or knows who calls. */
export function createFrontDoor(options: {
  readonly paths: ReadonlyMap<string, PathFacts>;
  readonly scheme: "http" | "https";
  readonly handler: NodeHandler;
  readonly believesCallers: () => boolean;
  readonly allowedOrigins: () => readonly string[];
  readonly shedding: Pick<Shedding, "admit">;
  /** Counts calls that are answered whatever else there is to do, by where they come from. */
  readonly admitCaller: (caller: string, kind: "call" | "stream") => () => void;
  readonly failures: Pick<FailedAuthentications, "refusal">;
  readonly newMemory: () => RequestMemory;
  readonly slowClients: Pick<ReturnType<typeof createSlowClients>, "begins">;
  readonly tellDoor: (refused: Refused, connection: Connection) => void;
}): FrontDoor {
  const { paths, scheme, handler, allowedOrigins, believesCallers, shedding, failures, newMemory } = options;
  const { admitCaller, slowClients, tellDoor } = options;
  const arrivals = new WeakMap<Request, Arrival>();

  return {
    arrivalOf(request) {
      const arrival = arrivals.get(request);
      if (arrival === undefined) throw new RangeError("the request did not come by this door");
      return arrival;
    },

    enter(request, response, connection, took) {
      const isAllowed = isAllowedOrigin(request, allowedOrigins());
      const foreign = (believesCallers() ? refuseForeign : refuseOtherOrigin)(request, scheme, isAllowed);
      if (foreign !== undefined) return answer(response, 403, foreign);
      const unusable = unusableAuthority(request);
      if (unusable !== undefined) return answer(response, 400, unusable);
      if (isAllowed && admitOrigin(request, response)) return;

      const facts = paths.get(request.url?.split("?", 1)[0] ?? "") ?? NO_METHOD;
      const admission = admit(facts, connection);
      if (typeof admission !== "function") {
        tellDoor(admission, connection);
        refuseCall(request, response, admission);
        return;
      }
      dropFarDeadline(request);
      joinRepeatedIdentities(request);
      const memory = newMemory();
      const type = request.headers["content-type"] ?? "";
      const isEnveloped = /^application\/(grpc|connect\+)/.test(type);
      const body = createRequestBody({
        memory,
        most: facts.most,
        isOneMessage: facts.kind === "unary" || facts.kind === "server_streaming",
        isEnveloped,
        compression: compressionOf(request, isEnveloped),
        took,
      });
      const call = slowClients.begins(request, { response, body, hasEnd: facts.kind !== "bidi_streaming" });
      arrivals.set(request, { connection, body, memory, call });
      iterateWithin(request, body);
      response.once("close", () => {
        admission();
        memory.release();
        call.ended();
      });
      handler(request, response);
    },
  };

  function admit(facts: PathFacts, connection: Connection): Refused | (() => void) {
    const kind = facts.kind === "unary" ? "call" : "stream";
    if (facts.isVital) return admitOrRefuse(`address ${connection.network}`, kind);
    if (!connection.hasProvenCaller) {
      const refusal = failures.refusal(connection.network);
      if (refusal !== undefined) return refusal;
    }
    return shedding.admit(kind === "call", connection);
  }

  function admitOrRefuse(caller: string, kind: "call" | "stream"): Refused | (() => void) {
    try {
      return admitCaller(caller, kind);
    } catch (error) {
      if (error instanceof Refused) return error;
      throw error;
    }
  }
}

function answer(response: Response, status: number, words: string): void {
  response.statusCode = status;
  response.setHeader("content-type", "text/plain; charset=utf-8");
  response.end(`${words}\n`);
}

/** What is known of the methods of some services. */
export function pathsOf(services: readonly DescService[], maxMessageBytes: number): ReadonlyMap<string, PathFacts> {
  return new Map(
    services.flatMap(({ typeName, methods }) =>
      methods.map(({ name, methodKind }) => {
        const most = typeName === AuditService.typeName ? MAX_PACKAGE_REQUEST_BYTES : maxMessageBytes;
        return [`/${typeName}/${name}`, { kind: methodKind, most, isVital: typeName === Health.typeName }] as const;
      }),
    ),
  );
}

function compressionOf({ headers }: Request, isEnveloped: boolean): "none" | "whole" | "messages" {
  const isCompressed = (value: unknown) => value !== undefined && value !== "identity";
  if (isEnveloped)
    return isCompressed(headers["grpc-encoding"] ?? headers["connect-content-encoding"]) ? "messages" : "none";
  return isCompressed(headers["content-encoding"]) ? "whole" : "none";
}
