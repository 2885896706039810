import { once } from "node:events";
import { createServer, type ServerHttp2Stream } from "node:http2";
import type { AddressInfo } from "node:net";
import { create, toBinary } from "@bufbuild/protobuf";
import { describe, expect, onTestFinished, test } from "vitest";
import { DescribeAdapterResponseSchema, RunResponseSchema } from "../../../gen/ts/nexus/attest/v1/router_service_pb.ts";
import { RouterUnavailable } from "../../../src/app/router.ts";
import { runRequest } from "../local/recorder.ts";
import { routerAt } from "./router-process.ts";

const GRPC = { ":status": 200, "content-type": "application/grpc+proto" };
const OK = { "grpc-status": "0" };

/** A message with the five bytes before it. */
function framed(message: Uint8Array, { flags = 0, length = message.length } = {}): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt8(flags, 0);
  head.writeUInt32BE(length, 1);
  return Buffer.concat([head, message]);
}

const ACCEPTED = framed(
  toBinary(RunResponseSchema, create(RunResponseSchema, { kind: { case: "accepted", value: { runId: "run-1" } } })),
);

const DESCRIBED = framed(
  toBinary(DescribeAdapterResponseSchema, create(DescribeAdapterResponseSchema, { adapter: { adapterId: "remote" } })),
);

/** What becomes of a run whose router answers so on the wire. */
async function runAgainst(answer: (stream: ServerHttp2Stream) => void): Promise<unknown> {
  const server = createServer();
  server.on("stream", (stream: ServerHttp2Stream, headers) => {
    stream.on("error", () => undefined);
    if (headers[":path"]?.endsWith("/DescribeAdapter") === true) wellEnded(DESCRIBED)(stream);
    else answer(stream);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const router = routerAt(url, { timeout: 5_000 });
  return await Array.fromAsync(router.run(runRequest({ adapterId: "remote" }))).catch((error: unknown) => error);
}

/** Answers with these bytes and ends the call well. */
const wellEnded = (bytes: Uint8Array) => (stream: ServerHttp2Stream) => {
  stream.on("wantTrailers", () => stream.sendTrailers(OK));
  stream.respond(GRPC, { waitForTrailers: true });
  stream.end(bytes);
};

/** Answers with these bytes and breaks off. */
const brokenOff = (bytes: Uint8Array) => (stream: ServerHttp2Stream) => {
  stream.respond(GRPC);
  stream.write(bytes, () => stream.session?.socket.destroy());
};

describe("a connection that breaks, or an answer that is no gRPC, says nothing about the run: it may have begun", () => {
  test.each<[what: string, answer: (stream: ServerHttp2Stream) => void]>([
    ["cut before a word", (stream) => stream.session?.socket.destroy()],
    ["cut after a message", brokenOff(ACCEPTED)],
    ["cut in the middle of the first message", brokenOff(ACCEPTED.subarray(0, 8))],
    ["cut in the middle of a length", brokenOff(ACCEPTED.subarray(0, 3))],
    ["ended in the middle of the first message", wellEnded(framed(Buffer.from("abc"), { length: 100 }))],
    ["ended in the middle of a length", wellEnded(Buffer.from([0, 0]))],
    ["rubbish in a frame", wellEnded(framed(Buffer.from("rubbish")))],
    ["rubbish said to be gzip", wellEnded(framed(Buffer.from("rubbish"), { flags: 1 }))],
    ["a frame of four gigabytes", wellEnded(framed(Buffer.from("x"), { length: 0xffffffff }))],
    ["text", wellEnded(Buffer.from("HTTP/1.1 200 OK\r\n\r\n"))],
    ["no trailers", (stream) => void (stream.respond(GRPC), stream.end(ACCEPTED))],
    [
      "a web page",
      (stream) => void (stream.respond({ ":status": 200, "content-type": "text/html" }), stream.end("<p>")),
    ],
    ["HTTP status 400", (stream) => stream.respond({ ":status": 400 }, { endStream: true })],
    ["HTTP status 503", (stream) => stream.respond({ ":status": 503 }, { endStream: true })],
    ["a reset stream", (stream) => stream.close(8)],
    ["a refused stream", (stream) => stream.close(7)],
    ["a status that is no number", (stream) => stream.respond({ ...GRPC, "grpc-status": "no" }, { endStream: true })],
  ])("%s", async (_, answer) => {
    expect(await runAgainst(answer)).toBeInstanceOf(RouterUnavailable);
  });

  test("only a status that the router itself gives is its word", async () => {
    const refuse = (stream: ServerHttp2Stream) =>
      stream.respond({ ...GRPC, "grpc-status": "3", "grpc-message": "no%20such%20step" }, { endStream: true });
    expect(await runAgainst(refuse)).toMatchObject({
      name: "RunRefused",
      message: "The router refused the run: no such step",
    });
  });
});
