import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { connect as connectHttp2 } from "node:http2";
import { connect } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { limitsSchema } from "../../src/config/limits-schema.ts";
import { listenHttp } from "../../src/http-server.ts";
import { hashOfServiceToken, newServiceToken } from "../../src/identity/service-token.ts";
import { frame, HEADERS, headerBlock, PREFACE, RST_STREAM, SETTINGS } from "../fuzz/wire.ts";
import { eventually } from "../support/eventually.ts";
import { EVERYBODY } from "../support/everybody.ts";
import { serverUnderTest } from "../support/server-under-test.ts";

const PATH = "/nexus.attest.v1.DecisionService/ListDecisions";

/** A server that believes nobody, and so does not look at the name by which it is called. */
async function stage() {
  const token = newServiceToken();
  const auth = { tokens: [{ service: "pipeline", hash: hashOfServiceToken(token) }] };
  const server = await serverUnderTest({ config: { auth, authorization: EVERYBODY } });
  const headers = { authorization: `Bearer ${token}` };
  return { server, lives: () => server.as(undefined, { headers }).decisions.listDecisions({}) };
}

async function firstLine(url: string, text: string): Promise<string> {
  const socket = connect({ host: "127.0.0.1", port: Number(new URL(url).port) });
  onTestFinished(() => void socket.destroy());
  socket.write(text, "latin1");
  const [answer] = (await once(socket, "data")) as [Buffer];
  return answer.toString("latin1").split("\r\n", 1)[0] ?? "";
}

// Each of these once ended the process: what was thrown before a handler had it was caught by nobody.
describe("a name by which nobody can call the server is refused, and the server lives", () => {
  test.each([
    ["a bracket", "HTTP/1.1\r\nHost: [\r\n"],
    ["two words", "HTTP/1.1\r\nHost: a b\r\n"],
    ["a port that is none", "HTTP/1.1\r\nHost: localhost:99999\r\n"],
    ["nothing", "HTTP/1.1\r\nHost: \r\n"],
    ["no name at all", "HTTP/1.0\r\n"],
  ])("%s, over HTTP/1.1", async (_, rest) => {
    const { server, lives } = await stage();
    for (const type of ["application/json", "application/grpc-web", "application/connect+json", "application/grpc"]) {
      const text = `POST ${PATH} ${rest}Content-Type: ${type}\r\nContent-Length: 2\r\n\r\n{}`;
      expect(await firstLine(server.url, text), type).toMatch(/^HTTP\/1\.1 (400|401|403)/);
    }
    await lives();
  });

  test.each(["[", "a b", "localhost:99999", ""])("%j, over HTTP/2", async (name) => {
    const { server, lives } = await stage();
    for (const type of ["application/json", "application/grpc-web", "application/connect+json", "application/grpc"]) {
      const session = connectHttp2(server.url).on("error", () => undefined);
      onTestFinished(() => session.destroy());
      const named = name === "" ? { host: "[" } : {};
      const stream = session.request({
        ":method": "POST",
        ":path": PATH,
        ":authority": name,
        "content-type": type,
        ...named,
      });
      stream.on("error", () => undefined).resume();
      stream.end("{}");
      await new Promise((resolve) => stream.once("close", resolve));
      session.destroy();
    }
    await lives();
  });
});

describe("a request that gives two names of the server is refused: which of them counts would be up to somebody else", () => {
  test.each([
    ["Host: localhost\r\nHost: elsewhere.example", 400],
    ["Host: localhost\r\nhost: localhost", 400],
    ["Host: localhost", 401],
  ])("%j, over HTTP/1.1", async (names, status) => {
    const { server } = await stage();
    const text = `POST ${PATH} HTTP/1.1\r\n${names}\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}`;
    expect(await firstLine(server.url, text)).toContain(` ${status} `);
  });

  test.each([
    ["localhost", "elsewhere.example", 400],
    ["localhost", "LOCALHOST", 401],
  ])(":authority %j and host %j, over HTTP/2", async (authority, host, expected) => {
    const { server } = await stage();
    const session = connectHttp2(server.url);
    onTestFinished(() => session.destroy());
    const stream = session.request({
      ":method": "POST",
      ":path": PATH,
      ":authority": authority,
      host,
      "content-type": "application/json",
    });
    stream.end("{}");
    const [{ ":status": status }] = (await once(stream, "response")) as [{ ":status": number }];
    expect(status).toBe(expected);
  });
});

test("a request that breaks off when nobody reads it any more is its client's affair", async () => {
  let last: IncomingMessage | undefined;
  const server = await listenHttp({
    host: "127.0.0.1",
    port: 0,
    // As the library does: it listens until the response is closed.
    handler: (request, response) => {
      last = request as IncomingMessage;
      const onError = () => undefined;
      request.once("error", onError);
      response.once("close", () => request.off("error", onError));
    },
    maxStreamsPerConnection: 100,
    settings: () => limitsSchema.parse({}).connections,
    tellFlood: () => undefined,
  });
  onTestFinished(() => server.close(0));
  const socket = connect({ host: "127.0.0.1", port: server.port });
  socket.write(`POST ${PATH} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n{`);
  await eventually("it is there", () => last !== undefined);
  socket.destroy();
  await eventually("it is gone", () => last?.destroyed === true);
  expect(last?.emit("error", new Error("aborted"))).toBe(true);
});

test("what a handler throws right away ends the request, not the server", async () => {
  const server = await listenHttp({
    host: "127.0.0.1",
    port: 0,
    handler: () => {
      throw new TypeError("not thought of");
    },
    maxStreamsPerConnection: 100,
    settings: () => limitsSchema.parse({}).connections,
    tellFlood: () => undefined,
  });
  onTestFinished(() => server.close(0));
  const url = `http://127.0.0.1:${server.port}`;
  const text = `POST ${PATH} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}`;
  expect(await firstLine(url, text)).toBe("HTTP/1.1 500 Internal Server Error");
  expect(await firstLine(url, text)).toBe("HTTP/1.1 500 Internal Server Error");
});

test("a call over HTTP/2 that waits for leave to send its body, and is called off in the same breath", async () => {
  const { server, lives } = await stage();
  const block = headerBlock([
    [":method", "POST"],
    [":scheme", "http"],
    [":path", PATH],
    [":authority", "localhost"],
    ["content-type", "application/grpc"],
    ["expect", "100-continue"],
  ]);
  const settings = frame(SETTINGS, 0, 0, new Uint8Array(0));
  const calls = Array.from({ length: 20 }, (_, index) => [
    frame(HEADERS, 4, 2 * index + 1, block),
    frame(RST_STREAM, 0, 2 * index + 1, new Uint8Array([0, 0, 0, 8])),
  ]);
  const socket = connect({ host: "127.0.0.1", port: Number(new URL(server.url).port) });
  onTestFinished(() => void socket.destroy());
  socket.write(Buffer.concat([PREFACE, settings, ...calls.flat()]));
  await once(socket, "data");
  await lives();
  // Who does wait is told to go on.
  const session = connectHttp2(server.url);
  onTestFinished(() => session.destroy());
  const stream = session.request({
    ":method": "POST",
    ":path": PATH,
    "content-type": "application/json",
    expect: "100-continue",
  });
  await once(stream, "continue");
  stream.end("{}");
  const [head] = (await once(stream, "response")) as [Record<string, number>];
  expect(head[":status"]).toBe(401);
});
