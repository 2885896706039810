import { once } from "node:events";
import { connect as connectHttp2 } from "node:http2";
import { connect, type Socket } from "node:net";
import { create, toBinary } from "@bufbuild/protobuf";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { WatchDecisionsRequestSchema } from "../../gen/ts/nexus/attest/v1/decision_service_pb.ts";
import { DECISIONS, enveloped } from "../e2e/raw-call.ts";
import { requested } from "../e2e/release.ts";
import { secureStage } from "../e2e/secure-server.ts";
import { eventually } from "../support/eventually.ts";
import { FLAG, frame, headers, PREFACE, rawHttp2, TYPE, uint32 } from "../support/raw-http2.ts";
import { type ServerUnderTest, serverUnderTest } from "../support/server-under-test.ts";

const PATIENT = { maxEventLoopDelayMs: 60_000, failedAuthenticationsPerMinute: 1_000_000 };

const CALL = {
  ":method": "POST",
  ":scheme": "http",
  ":path": `${DECISIONS}/ListDecisions`,
  ":authority": "localhost",
  "content-type": "application/grpc",
  "nexus-actor": "human:mallory",
};

async function serverWith(connections: object, config: object = {}): Promise<ServerUnderTest> {
  return await serverUnderTest({ config: { ...config, limits: { ...PATIENT, connections } } });
}

const portOf = ({ url }: ServerUnderTest) => Number(new URL(url).port);

function tcp(server: ServerUnderTest): Socket {
  const socket = connect({ port: portOf(server), host: "127.0.0.1" }).on("error", () => undefined);
  onTestFinished(() => void socket.destroy());
  return socket;
}

/** In how many milliseconds a connection is closed by the server. */
async function closesWithin(socket: Socket): Promise<number> {
  const from = performance.now();
  socket.resume();
  await once(socket, "close");
  return performance.now() - from;
}

const refused = ({ log }: ServerUnderTest) => log.lines.filter(({ facts }) => facts["event"] === "refused");

describe("connections", () => {
  test.each([
    ["in all", { max: 5 }],
    ["from one address", { maxPerAddress: 5 }],
  ])("are so many %s; one more is closed at once, and its place is free once one has gone", async (_, connections) => {
    const server = await serverWith(connections);
    const open = Array.from({ length: 5 }, () => tcp(server));
    await Promise.all(open.map((socket) => once(socket, "connect")));
    const port = portOf(server);
    await eventually("all have arrived", async () => {
      const extra = connect({ port, host: "127.0.0.1" }).on("error", () => undefined);
      return (await closesWithin(extra)) < 5_000;
    });
    expect(refused(server)[0]?.facts).toMatchObject({ limit: "connections", by: "address 127.0.0.1" });
    open[0]?.destroy();
    await eventually("a place is free", () =>
      server
        .as("human:alice")
        .decisions.listDecisions({})
        .catch(() => undefined),
    );
  });

  test("are counted before their handshake, over TLS as well", async () => {
    const { config, directory, authority, serviceToken } = await secureStage();
    const server = await serverUnderTest({
      directory,
      config: { ...config, limits: { ...PATIENT, connections: { maxPerAddress: 3, handshakeSeconds: 2 } } },
    });
    const silent = Array.from({ length: 3 }, () => tcp(server));
    await Promise.all(silent.map((socket) => once(socket, "connect")));
    await eventually("one more is closed", async () => (await closesWithin(tcp(server))) < 1_500);
    // Those that never shake hands go, and leave their places to others.
    await Promise.all(silent.map(closesWithin));
    const { decisions } = server.as(undefined, {
      tls: { ca: authority.ca },
      headers: { authorization: `Bearer ${serviceToken}` },
    });
    await eventually("a place is free", () => decisions.listDecisions({}).catch(() => undefined));
  });
});

describe("a client that takes its time", () => {
  test.each([
    ["says nothing", () => undefined],
    ["says half a word", (socket: Socket) => void socket.write("P")],
    ["sends the preface of HTTP/2 and no more", (socket: Socket) => void socket.write(PREFACE)],
  ])("before its first bytes: %s", async (_, speak) => {
    const server = await serverWith({ handshakeSeconds: 1 });
    const socket = tcp(server);
    speak(socket);
    expect(await closesWithin(socket)).toBeGreaterThan(900);
  });

  test("with the headers of HTTP/1.1, letter by letter (slowloris)", async () => {
    const server = await serverWith({ headerSeconds: 1 });
    const socket = tcp(server);
    socket.write(`POST ${DECISIONS}/ListDecisions HTTP/1.1\r\nHost: localhost\r\n`);
    const dripping = setInterval(() => socket.write("x-drop: 1\r\n"), 100);
    onTestFinished(() => clearInterval(dripping));
    let answer = "";
    socket.on("data", (chunk: Buffer) => {
      answer += chunk.toString("latin1");
    });
    await closesWithin(socket);
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  });

  test("with the headers of HTTP/2, frame by frame", async () => {
    const server = await serverWith({ idleSeconds: 1 });
    const client = rawHttp2(portOf(server));
    await client.write(frame(TYPE.HEADERS, 0, 1, headers(CALL).subarray(0, 10)));
    const dripping = setInterval(() => void client.write(frame(TYPE.PING, 0, 0, Buffer.alloc(8))), 400);
    onTestFinished(() => clearInterval(dripping));
    await client.closed;
  });

  test("to acknowledge what the server sets", async () => {
    const server = await serverWith({ handshakeSeconds: 1 });
    const client = rawHttp2(portOf(server), { isRude: true });
    await client.write(frame(TYPE.HEADERS, FLAG.END_HEADERS, 1, headers(CALL)));
    await client.closed;
  });

  test("between calls: it is sent away in good order", async () => {
    const server = await serverWith({ idleSeconds: 1 });
    const session = connectHttp2(server.url);
    const goodbye = once(session, "goaway");
    const [code] = (await goodbye) as [number];
    expect(code).toBe(0);
    await server.as("human:alice").decisions.listDecisions({});
  });

  test.each([
    ["gRPC", "application/grpc"],
    ["gRPC-Web", "application/grpc-web+proto"],
  ])("with its message, over %s: it is told so", async (_, type) => {
    const server = await serverWith({ bodySeconds: 1 });
    const session = connectHttp2(server.url);
    onTestFinished(() => session.destroy());
    const stream = session.request({ ...CALL, "content-type": type }, { endStream: false });
    stream.write(enveloped(new Uint8Array(10), 0, 1_000));
    let text = "";
    stream.on("data", (chunk: Buffer) => {
      text += chunk.toString("latin1");
    });
    const [answer] = await once(stream, "response");
    const trailers = type === "application/grpc" ? once(stream, "trailers").then(([each]) => each) : undefined;
    await once(stream, "end");
    expect(answer["grpc-status"] ?? (await trailers)?.["grpc-status"] ?? /grpc-status: (\d+)/.exec(text)?.[1]).toBe(
      "8",
    );
    const line = await eventually("its line", () =>
      server.log.lines.find(({ facts }) => facts["rpc"] === "nexus.attest.v1.DecisionService/ListDecisions"),
    );
    expect(line.facts).toMatchObject({ code: "ResourceExhausted", reason: "CLIENT_TOO_SLOW" });
  });

  test("with its message, over HTTP/1.1: it is cut off", async () => {
    const server = await serverWith({ bodySeconds: 1, headerSeconds: 1 });
    const socket = tcp(server);
    socket.write(
      `POST ${DECISIONS}/ListDecisions HTTP/1.1\r\nHost: localhost\r\nnexus-actor: human:rude\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{`,
    );
    await closesWithin(socket);
  });

  test("with a watch it has no time to lose: who only listens is not too slow", async () => {
    const server = await serverWith({ bodySeconds: 1, writeStallSeconds: 1 });
    const decisionId = await requested(server);
    const leaving = new AbortController();
    const { decisions } = server.as("human:alice");
    const messages = decisions.watchDecision({ decisionId }, { signal: leaving.signal })[Symbol.asyncIterator]();
    await messages.next();
    await new Promise((resolve) => setTimeout(resolve, 3_500));
    await server.as("human:carol").decisions.grantApproval({ decisionId });
    for (let seq = 0; seq < 2; ) {
      const { value } = await messages.next();
      if (value?.kind.case === "event") seq = value.kind.value.event?.seq ?? 0;
    }
    leaving.abort();
    await messages.next().catch(() => undefined);
  });
});

describe("a client that does not read", () => {
  /** Enough that something waits for whoever does not read. */
  async function events(server: ServerUnderTest): Promise<void> {
    const decisionId = await requested(server);
    const { decisions } = server.as("human:carol");
    const comment = "x".repeat(4096);
    for (let index = 0; index < 20; index++) {
      await decisions.grantApproval({ decisionId, comment });
      await decisions.revokeApproval({ decisionId, reason: comment });
    }
  }

  const BODY = enveloped(toBinary(WatchDecisionsRequestSchema, create(WatchDecisionsRequestSchema, {})));
  const WATCH = { ...CALL, ":path": `${DECISIONS}/WatchDecisions` };
  const ended = ({ log }: ServerUnderTest) =>
    log.lines.find(({ facts }) => facts["rpc"] === "nexus.attest.v1.DecisionService/WatchDecisions");

  test("over HTTP/2: its stream ends with a code that says why, and other streams of it go on", async () => {
    const server = await serverWith({ writeStallSeconds: 1 });
    const session = connectHttp2(server.url, { settings: { initialWindowSize: 1024 } });
    onTestFinished(() => session.destroy());
    const stream = session.request(WATCH);
    const failed = once(stream, "error") as Promise<[Error]>;
    stream.end(BODY);
    await events(server);
    const [error] = await failed;
    expect([stream.rstCode, error.message]).toEqual([11, expect.stringContaining("NGHTTP2_ENHANCE_YOUR_CALM")]);
    const line = await eventually("its line", () => ended(server));
    expect(line.facts).toMatchObject({ code: "ResourceExhausted", reason: "CLIENT_TOO_SLOW", actor: "human:mallory" });
    expect(refused(server)[0]?.facts).toMatchObject({
      reason: "CLIENT_TOO_SLOW",
      limit: "limits.connections.writeStallSeconds",
    });
    expect(session.destroyed).toBe(false);
    const call = session.request({ ...CALL, ":path": `${DECISIONS}/GetDecision` });
    call.resume().end(enveloped(new Uint8Array(0)));
    await once(call, "response");
  });

  test("over HTTP/1.1: its connection is cut", async () => {
    const server = await serverWith({ writeStallSeconds: 1 });
    const socket = tcp(server);
    socket.pause();
    socket.write(
      `POST ${DECISIONS}/WatchDecisions HTTP/1.1\r\nHost: localhost\r\nnexus-actor: human:rude\r\ncontent-type: application/connect+proto\r\ncontent-length: ${BODY.length}\r\n\r\n`,
    );
    socket.write(BODY);
    // What the kernel takes for it has to be full first.
    for (let round = 0; round < 60 && ended(server) === undefined; round++) await events(server);
    await eventually("it is cut", () => ended(server) !== undefined);
  }, 120_000);

  test("but reads in the end gets everything: who is slow and reads is not cut off", async () => {
    const server = await serverWith({ writeStallSeconds: 4 });
    const client = rawHttp2(portOf(server));
    await client.write(
      frame(TYPE.SETTINGS, 0, 0, Buffer.concat([Buffer.of(0, 4), uint32(512)])),
      frame(TYPE.HEADERS, FLAG.END_HEADERS, 1, headers(WATCH)),
      frame(TYPE.DATA, FLAG.END_STREAM, 1, BODY),
    );
    const made = events(server);
    const until = performance.now() + 9_000;
    while (performance.now() < until) {
      for (const stream of [0, 1]) await client.write(frame(TYPE.WINDOW_UPDATE, 0, stream, uint32(8_000)));
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    await made;
    expect(client.received.filter(({ type }) => type === TYPE.RST_STREAM)).toEqual([]);
    expect(ended(server)).toBeUndefined();
  });

  test("is no fault of the server, however it leaves: nothing of it is printed", async () => {
    const printed = vi.spyOn(console, "error").mockImplementation(() => undefined);
    onTestFinished(() => printed.mockRestore());
    const server = await serverUnderTest();
    const session = connectHttp2(server.url, { settings: { initialWindowSize: 1024 } });
    onTestFinished(() => session.destroy());
    const streams = Array.from({ length: 14 }, () => session.request(WATCH).on("error", () => undefined));
    for (const stream of streams) stream.end(BODY);
    await Promise.all(streams.map((stream) => once(stream, "response")));
    await events(server);
    for (const [code, stream] of streams.entries()) stream.close(code);
    await eventually("all are free", () => {
      const lines = server.log.lines.filter(({ facts }) => String(facts["rpc"]).endsWith("/WatchDecisions"));
      return lines.length === streams.length;
    });
    expect(printed.mock.calls).toEqual([]);
  });
});
