import { constants, type Http2ServerRequest, type Http2ServerResponse } from "node:http2";
import {
  Code,
  ConnectError,
  type ConnectRouter,
  type ConnectRouterOptions,
  type ContextValues,
  createHandlerContext,
  createServiceImplSpec,
  type MethodImplSpec,
} from "@connectrpc/connect";
import {
  compressionNegotiate,
  createMethodSerializationLookup,
  encodeEnvelope,
  invokeUnaryImplementation,
} from "@connectrpc/connect/protocol";
import { contentTypeProto, parseContentType, parseTimeout, setTrailerStatus } from "@connectrpc/connect/protocol-grpc";
import { type connectNodeAdapter, universalRequestFromNodeRequest } from "@connectrpc/connect-node";
import type { RequestBody } from "./http/request-body.ts";
import { COMPRESSIONS, readUnaryMessage } from "./read-unary-message.ts";

type NodeHandler = ReturnType<typeof connectNodeAdapter>;
type Unary = Extract<MethodImplSpec, { readonly kind: "unary" }>;

export interface GrpcUnaryOptions {
  readonly routes: (router: ConnectRouter) => void;
  readonly requestGate: NonNullable<ConnectRouterOptions["requestGate"]>;
  readonly interceptors: NonNullable<ConnectRouterOptions["interceptors"]>;
  readonly readMaxBytes: number;
  readonly compressMinBytes: number;
  /** What a call knows of its connection. */
  readonly contextValues?: (request: Http2ServerRequest) => ContextValues;
  /** What is let in of a request. */
  readonly bodyOf: (request: Http2ServerRequest) => RequestBody;
}

/**
 * Serves unary gRPC calls and leaves all others to the general handler. That one would serve these as well, but carries one message in and one out through
 * pipelines made for streams, which costs more than the rest of a call together (bench/README.md). A client sees no difference, which
 * test/grpc-unary.test.ts holds it to.
 */
export function serveGrpcUnary(options: GrpcUnaryOptions, general: NodeHandler): NodeHandler {
  const calls = unaryCalls(options);
  return (request, response) => {
    const call = "stream" in request && request.method === "POST" ? calls.get(request.url) : undefined;
    const type = call && parseContentType(request.headers["content-type"] ?? null);
    if (call === undefined || type?.binary !== true) return general(request, response);
    const { stream } = response as Http2ServerResponse;
    call(request as Http2ServerRequest, response as Http2ServerResponse).catch(() =>
      stream.close(constants.NGHTTP2_INTERNAL_ERROR),
    );
  };
}

const NOTHING = new Uint8Array(0);

type Call = (request: Http2ServerRequest, response: Http2ServerResponse) => Promise<void>;

/** All unary methods, by path. */
function unaryCalls(options: GrpcUnaryOptions): ReadonlyMap<string, Call> {
  const calls = new Map<string, Call>();
  const router: ConnectRouter = {
    handlers: [],
    service(service, implementation, { readMaxBytes = options.readMaxBytes } = {}) {
      for (const spec of Object.values(createServiceImplSpec(service, implementation).methods))
        if (spec.kind === "unary")
          calls.set(`/${service.typeName}/${spec.method.name}`, unaryCall(spec, { ...options, readMaxBytes }));
      return router;
    },
    rpc: () => router,
  };
  options.routes(router);
  return calls;
}

function unaryCall(spec: Unary, options: GrpcUnaryOptions): Call {
  const { requestGate, interceptors, readMaxBytes, compressMinBytes, contextValues, bodyOf } = options;
  const limits = { readMaxBytes, writeMaxBytes: 0xffffffff };
  const serialization = createMethodSerializationLookup(spec.method, undefined, undefined, limits);

  return async (request, response) => {
    const { header, signal, url } = universalRequestFromNodeRequest(request, response, undefined, undefined);
    const timeout = parseTimeout(header.get("grpc-timeout"), Number.MAX_SAFE_INTEGER);
    const context = createHandlerContext({
      service: spec.method.parent,
      method: spec.method,
      protocolName: "grpc",
      requestMethod: "POST",
      url,
      ...(timeout.timeoutMs === undefined ? {} : { timeoutMs: timeout.timeoutMs }),
      requestSignal: signal,
      requestHeader: header,
      ...(contextValues === undefined ? {} : { contextValues: contextValues(request) }),
      responseHeader: { "content-type": contentTypeProto },
      responseTrailer: { "grpc-status": "0" },
    });
    let answer: Uint8Array = NOTHING;
    try {
      await requestGate(context);
      if (timeout.error !== undefined) throw timeout.error;
      const message = await readUnaryMessage(request, header, signal, serialization.getI(true), bodyOf(request));
      const output = await invokeUnaryImplementation(spec, context, message, interceptors);
      answer = await enveloped(serialization.getO(true).serialize(output));
      context.abort();
    } catch (error) {
      context.abort(error);
      const known = error instanceof ConnectError;
      setTrailerStatus(context.responseTrailer, known ? error : new ConnectError("internal error", Code.Internal));
    }
    if (response.stream.destroyed) return;
    response.writeHead(200, Object.fromEntries(context.responseHeader));
    response.addTrailers(Object.fromEntries(context.responseTrailer));
    response.end(answer);

    /** Compressed if that is worth it and the client understands it. */
    async function enveloped(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
      if (bytes.length < compressMinBytes) return encodeEnvelope(0, bytes);
      const accepted = header.get("grpc-accept-encoding");
      const { response: compression } = compressionNegotiate(COMPRESSIONS, null, accepted, "grpc-accept-encoding");
      if (compression === null) return encodeEnvelope(0, bytes);
      context.responseHeader.set("grpc-encoding", compression.name);
      return encodeEnvelope(1, await compression.compress(bytes));
    }
  };
}
