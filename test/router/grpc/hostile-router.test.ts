import { once } from "node:events";
import { createServer, type ServerHttp2Stream } from "node:http2";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { create, toBinary } from "@bufbuild/protobuf";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { DescribeAdapterResponseSchema, RunResponseSchema } from "../../../gen/ts/nexus/attest/v1/router_service_pb.ts";
import { RouterUnavailable } from "../../../src/app/router.ts";
import type { RemoteRouter } from "../../../src/router/grpc/grpc-router.ts";
import { eventually } from "../../support/eventually.ts";
import { runRequest } from "../local/recorder.ts";
import { ACCEPTED, describedAs, finishedWith, routerAt, routerProcess } from "./router-process.ts";
import type { Act } from "./router-program.ts";

vi.setConfig({ testTimeout: 120_000 });

const MIB = 1024 * 1024;
const ENDLESS = 1_000_000_000;

/** Follows a run as the server does: nothing of it is kept. Says how much memory was in use at most, beyond what was before. */
async function follow(router: RemoteRouter) {
  const inUse = () => {
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  const before = inUse();
  let peak = before;
  let heard = 0;
  let error: unknown;
  const watching = setInterval(() => {
    peak = Math.max(peak, inUse());
  }, 20);
  try {
    for await (const _ of router.run(runRequest({ adapterId: "remote" }))) heard += 1;
  } catch (thrown) {
    error = thrown;
  } finally {
    clearInterval(watching);
  }
  return { heard, error, grownBy: peak - before };
}

describe("a router that never stops talking", () => {
  test.each<[what: string, act: Act]>([
    ["of its progress", { flood: { progress: { runId: "run-1", message: "x".repeat(1_000) } }, times: ENDLESS }],
    ["of what nobody understands", { flood: {}, times: ENDLESS }],
    ["that it has accepted the run", { flood: { accepted: { runId: "run-1" } }, times: ENDLESS }],
  ])("%s is not listened to any longer after 100,000 messages, and is told so", async (_, act) => {
    const { url, cancelled } = await routerProcess({ DescribeAdapter: [describedAs()], Run: [act] });
    const router = routerAt(url, { timeout: 30_000 });
    const { heard, error, grownBy } = await follow(router);
    expect(error).toEqual(new RouterUnavailable("the router sends messages without end"));
    expect(heard).toBeLessThanOrEqual(100_000);
    expect(grownBy).toBeLessThan(200 * MIB);
    await eventually("the router knows that nobody listens", () => cancelled("Run"));
  });

  test("in the largest messages there can be costs a few of them at a time", async () => {
    const progress = { progress: { runId: "run-1", message: "x".repeat(48 * MIB) } };
    const { url } = await routerProcess({
      DescribeAdapter: [describedAs()],
      Run: [ACCEPTED, { flood: progress, times: 12 }, finishedWith(), "end"],
    });
    const router = routerAt(url, { timeout: 30_000 });
    const { heard, grownBy } = await follow(router);
    expect(heard).toBe(14);
    expect(grownBy).toBeLessThan(400 * MIB);
  });

  test("also after the run has ended is left", async () => {
    const { url, cancelled } = await routerProcess({
      DescribeAdapter: [describedAs()],
      Run: [ACCEPTED, finishedWith(), { flood: { progress: {} }, times: ENDLESS }],
    });
    const { heard, error } = await follow(routerAt(url, { timeout: 30_000 }));
    expect({ heard, error }).toEqual({ heard: 2, error: undefined });
    await eventually("the router knows that nobody listens", () => cancelled("Run"));
  });

  test("about an adapter is not heard out", async () => {
    const { url } = await routerProcess({ DescribeAdapter: [describedAs({ description: "x".repeat(MIB) })] });
    const router = routerAt(url, { timeout: 30_000 });
    await expect(router.describeAdapter("remote")).rejects.toThrow(/ResourceExhausted/);
  });
});

const GRPC = { ":status": 200, "content-type": "application/grpc+proto" };

function framed(message: Uint8Array, flags = 0): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt8(flags, 0);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

const DESCRIBED = framed(
  toBinary(DescribeAdapterResponseSchema, create(DescribeAdapterResponseSchema, { adapter: { adapterId: "remote" } })),
);
const PROGRESS = toBinary(
  RunResponseSchema,
  create(RunResponseSchema, { kind: { case: "progress", value: { message: "\0".repeat(32 * MIB) } } }),
);

const BOMB = framed(gzipSync(PROGRESS), 1);

/** A router that describes its adapter well and answers runs so. */
async function onTheWire(answer: (stream: ServerHttp2Stream) => void) {
  const server = createServer({ maxSendHeaderBlockLength: 64 * MIB });
  server.on("session", (session) => session.on("error", () => undefined));
  server.on("stream", (stream: ServerHttp2Stream, headers) => {
    stream.on("error", () => undefined);
    if (headers[":path"]?.endsWith("/DescribeAdapter") !== true) return answer(stream);
    stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
    stream.respond(GRPC, { waitForTrailers: true });
    stream.end(DESCRIBED);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return routerAt(url, { timeout: 2_000 });
}

const many = (count: number, length: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`x-${n}`, "y".repeat(length)]));

describe("a router that sends what no router should", () => {
  test.each<[what: string, answer: (stream: ServerHttp2Stream) => void]>([
    ["metadata of megabytes", (stream) => stream.respond({ ...GRPC, ...many(100, 40_000) })],
    ["thousands of pieces of metadata", (stream) => stream.respond({ ...GRPC, ...many(5_000, 1) })],
    [
      "the same at the end",
      (stream) => {
        stream.on("wantTrailers", () => stream.sendTrailers(many(5_000, 1_000)));
        stream.respond(GRPC, { waitForTrailers: true });
        stream.end(framed(toBinary(RunResponseSchema, create(RunResponseSchema))));
      },
    ],
    [
      "32 MiB in 32 KiB of gzip, which nobody asked for",
      (stream) => {
        stream.respond({ ...GRPC, "grpc-encoding": "gzip" });
        for (let n = 0; n < 100; n++) stream.write(BOMB);
      },
    ],
  ])("%s: no more than the call fails", async (_, answer) => {
    const router = await onTheWire(answer);
    const { error, grownBy } = await follow(router);
    expect(error).toBeInstanceOf(RouterUnavailable);
    expect((error as Error).message.length).toBeLessThan(1_200);
    expect(grownBy).toBeLessThan(200 * MIB);
    expect(
      await eventually("the next call", () => router.describeAdapter("remote").catch(() => undefined)),
    ).toBeDefined();
  });

  test("words without end, and such as rewrite a terminal: they are one line of 1,024 characters", async () => {
    const words = encodeURIComponent(`no\u001b[2J\r\n${"漢".repeat(3_000)}`);
    const router = await onTheWire((stream) =>
      stream.respond({ ...GRPC, "grpc-status": "9", "grpc-message": words }, { endStream: true }),
    );
    const { error } = await follow(router);
    expect(error).toMatchObject({
      name: "RunRefused",
      message: expect.stringMatching(/^The router refused the run: no \[2J 漢+…$/),
    });
    expect((error as Error).message).toHaveLength("The router refused the run: ".length + 1_024);
  });

  test("pings and settings without end: the run is heard all the same, or the connection is given up", async () => {
    const router = await onTheWire((stream) => {
      stream.respond(GRPC);
      for (let n = 0; n < 50_000; n++) {
        stream.session?.settings({ maxConcurrentStreams: 1 + (n % 2) }, () => undefined);
        stream.session?.ping(() => undefined);
      }
      stream.close(2);
    });
    expect((await follow(router)).error).toBeInstanceOf(RouterUnavailable);
  });
});
