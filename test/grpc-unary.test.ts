import { createServer, type Http2Server } from "node:http2";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { create, toBinary } from "@bufbuild/protobuf";
import { Code, ConnectError, type ConnectRouter, type HandlerContext, type Interceptor } from "@connectrpc/connect";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import { expect, onTestFinished, test } from "vitest";
import { ErrorInfoSchema } from "../gen/ts/google/rpc/error_details_pb.ts";
import { DecisionService, GetDecisionRequestSchema } from "../gen/ts/nexus/attest/v1/decision_service_pb.ts";
import { type GrpcUnaryOptions, serveGrpcUnary } from "../src/grpc-unary.ts";
import { createRequestBody, iterateWithin, type RequestBody } from "../src/http/request-body.ts";
import { createRequestMemory } from "../src/limits/request-memory.ts";
import { DECISIONS, enveloped, postHttp2, type RawAnswer } from "./e2e/raw-call.ts";

const READ_MAX_BYTES = 1_000;
const PATH = `${DECISIONS}/GetDecision`;

const mark: Interceptor = (next) => async (request) => {
  const response = await next(request);
  response.header.set("passed", "the interceptor");
  return response;
};

/** A service whose answer, or failure, is what the request names. */
const serving = {
  readMaxBytes: 2_000_000,
  compressMinBytes: 100,
  interceptors: [mark],
  requestGate: async ({ requestHeader, responseHeader }: HandlerContext) => {
    responseHeader.set("seen-by", "the gate");
    if (requestHeader.has("stranger")) throw new ConnectError("who is that?", Code.Unauthenticated);
  },
  routes: (router: ConnectRouter) => {
    router.service(
      DecisionService,
      {
        async getDecision({ decisionId }, context) {
          switch (decisionId) {
            case "refused": {
              const error = new ConnectError("not 100 % äöü #1?", Code.FailedPrecondition, { "x-why": "because" });
              error.details.push({ desc: ErrorInfoSchema, value: create(ErrorInfoSchema, { reason: "NO_POLICY" }) });
              throw error;
            }
            case "broken":
              throw new TypeError("a secret");
            case "slow":
              await new Promise((resolve) => context.signal.addEventListener("abort", resolve, { once: true }));
              throw context.signal.reason;
            default:
              context.responseTrailer.set("served", "yes");
              return { decision: { decisionId, goal: decisionId.repeat(10) } };
          }
        },
      },
      { readMaxBytes: READ_MAX_BYTES },
    );
  },
};

async function listening(server: Http2Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const message = (decisionId: string) =>
  toBinary(GetDecisionRequestSchema, create(GetDecisionRequestSchema, { decisionId }));
const plain = (service: string) => enveloped(message(service));
const joined = (...parts: readonly Uint8Array[]) => Buffer.concat(parts);

const TAKES_GZIP = { "grpc-accept-encoding": "identity,gzip" };

const CASES: readonly { what: string; body: Uint8Array; headers?: Readonly<Record<string, string>> }[] = [
  { what: "a plain message", body: plain("it") },
  { what: "an empty message", body: enveloped(new Uint8Array(0)) },
  { what: "another name of the content type", body: plain("it"), headers: { "content-type": "application/grpc" } },
  {
    what: "JSON over gRPC",
    body: enveloped(Buffer.from('{"decisionId":"it"}')),
    headers: { "content-type": "application/grpc+json" },
  },
  { what: "another content type", body: plain("it"), headers: { "content-type": "text/plain" } },
  { what: "a small answer to a client that takes compressed ones", body: plain("it"), headers: TAKES_GZIP },
  { what: "a large answer to a client that takes compressed ones", body: plain("large enough"), headers: TAKES_GZIP },
  { what: "a large answer to a client that does not", body: plain("large enough") },
  { what: "an error with details, odd words and metadata", body: plain("refused") },
  { what: "an unexpected fault", body: plain("broken") },
  { what: "a caller whom the gate refuses", body: plain("it"), headers: { stranger: "1" } },
  { what: "a caller whom the gate refuses and who sends nonsense", body: Buffer.from("?"), headers: { stranger: "1" } },
  { what: "a deadline that passes", body: plain("slow"), headers: { "grpc-timeout": "30m" } },
  { what: "a deadline that is none", body: plain("it"), headers: { "grpc-timeout": "soon" } },
  { what: "a compressed message", body: enveloped(gzipSync(message("it")), 1), headers: { "grpc-encoding": "gzip" } },
  {
    what: "a plain message where compressed ones are announced",
    body: plain("it"),
    headers: { "grpc-encoding": "gzip" },
  },
  { what: "a compressed message that was not announced", body: enveloped(gzipSync(message("it")), 1) },
  { what: "a compression that nobody knows", body: plain("it"), headers: { "grpc-encoding": "zip" } },
  { what: "a bomb", body: enveloped(gzipSync(Buffer.alloc(100_000)), 1), headers: { "grpc-encoding": "gzip" } },
  { what: "no message", body: new Uint8Array(0) },
  { what: "two messages", body: joined(plain("it"), plain("it")) },
  { what: "a message and a half", body: joined(plain("it"), Buffer.from([0, 0, 0])) },
  { what: "half a prefix", body: Buffer.from([0, 0]) },
  { what: "less than was announced", body: enveloped(message("it"), 0, 100) },
  { what: "more than was announced", body: enveloped(message("it"), 0, 2) },
  { what: "a message that is just small enough", body: plain("i".repeat(READ_MAX_BYTES - 3)) },
  { what: "a message that is too large", body: plain("i".repeat(READ_MAX_BYTES)) },
  { what: "a message that is far too large", body: plain("i".repeat(1_000_000)) },
  { what: "no protobuf", body: enveloped(Buffer.from("nonsense")) },
  { what: "a flag that nobody knows", body: enveloped(message("it"), 4) },
];

const bodies = new WeakMap<object, RequestBody>();
const special: GrpcUnaryOptions = {
  ...serving,
  bodyOf: (request) => bodies.get(request) ?? expect.unreachable("it came by another door"),
};

/** Bounds the body of each request, as the front door does. */
function bounded(handler: ReturnType<typeof connectNodeAdapter>): ReturnType<typeof connectNodeAdapter> {
  const newMemory = createRequestMemory(() => Number.POSITIVE_INFINITY);
  return (request, response) => {
    const isCompressed = request.headers["grpc-encoding"] !== undefined;
    const body = createRequestBody({
      memory: newMemory(),
      most: READ_MAX_BYTES,
      isOneMessage: true,
      isEnveloped: true,
      compression: isCompressed ? "messages" : "none",
      took: () => undefined,
    });
    bodies.set(request, body);
    iterateWithin(request, body);
    handler(request, response);
  };
}

test.each(CASES)("$what: answered as the general handler answers it", async ({ body, headers }) => {
  const general = connectNodeAdapter(serving);
  const urls = await Promise.all([
    listening(createServer(bounded(serveGrpcUnary(special, general)))),
    listening(createServer(bounded(general))),
  ]);
  const all = { "content-type": "application/grpc+proto", te: "trailers", ...headers };
  const [short, usual] = await Promise.all(urls.map((url) => postHttp2(url, PATH, all, body)));
  expect(seen(short)).toEqual(seen(usual));
});

test("unary gRPC never comes to the general handler, and everything else does", async () => {
  const asked: string[] = [];
  const url = await listening(
    createServer(
      bounded(
        serveGrpcUnary(special, ({ url, headers }, response) => {
          asked.push(`${url} ${headers["content-type"]}`);
          response.end();
        }),
      ),
    ),
  );
  const post = (path: string, type: string) => postHttp2(url, path, { "content-type": type }, plain("it"));
  expect((await post(PATH, "application/grpc")).trailers).toMatchObject({ "grpc-status": "0", served: "yes" });
  await post(PATH, "application/proto");
  await post(PATH, "application/grpc-web+proto");
  await post(`${DECISIONS}/WatchDecision`, "application/grpc");
  await post("/nowhere", "application/grpc");
  expect(asked).toEqual([
    `${PATH} application/proto`,
    `${PATH} application/grpc-web+proto`,
    `${DECISIONS}/WatchDecision application/grpc`,
    "/nowhere application/grpc",
  ]);
});

/** What a client makes use of. The general handler also names a compression where it compresses nothing. */
function seen(answer: RawAnswer | undefined) {
  if (answer === undefined) throw new Error("no answer");
  const { status, headers, trailers, text } = answer;
  const { date: _, "grpc-encoding": encoding, ...rest } = headers;
  const isCompressed = text.startsWith("\u0001");
  return { status, headers: rest, trailers, text, encoding: isCompressed ? encoding : "none" };
}
