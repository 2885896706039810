import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, onTestFinished, test } from "vitest";
import { limitsSchema } from "../src/config/limits-schema.ts";
import { type ConnectionSettings, type HttpServer, listenHttp } from "../src/http-server.ts";

const SETTINGS_BY_DEFAULT = limitsSchema.parse({}).connections;

async function listen(settings: Partial<ConnectionSettings> = {}): Promise<HttpServer> {
  const server = await listenHttp({
    host: "127.0.0.1",
    port: 0,
    handler: (request, response) => {
      response.end(`${request.httpVersion} ${request.url}`);
    },
    maxStreamsPerConnection: 100,
    settings: () => ({ ...SETTINGS_BY_DEFAULT, ...settings }),
    tellFlood: () => undefined,
  });
  onTestFinished(() => server.close(0));
  return server;
}

/** Sends the pieces one after the other and returns the first bytes of the answer. */
async function firstAnswer(port: number, pieces: readonly string[]): Promise<Buffer> {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  onTestFinished(() => void socket.destroy());
  const answered = once(socket, "data") as Promise<[Buffer]>;
  for (const piece of pieces) {
    socket.write(piece, "latin1");
    await sleep(20);
  }
  const [answer] = await answered;
  return answer;
}

/** An empty SETTINGS frame (RFC 9113, section 6.5). */
const SETTINGS = "\0\0\0\x04\0\0\0\0\0";

describe("one port", () => {
  test.each([
    ["at once", ["POST /x HTTP/1.1\r\nHost: localhost\r\n\r\n"]],
    ["letter by letter", ["P", "O", "S", "T", " /x HTTP/1.1\r\nHost: localhost\r\n\r\n"]],
  ])("answers HTTP/1.1 that comes %s", async (_, pieces) => {
    const server = await listen();
    expect((await firstAnswer(server.port, pieces)).toString("latin1")).toMatch(/^HTTP\/1\.1 200 OK/);
  });

  test.each([
    ["at once", [`PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${SETTINGS}`]],
    ["letter by letter", ["P", "R", "I", " * HTTP/2.0\r\n\r\nSM\r\n\r\n", SETTINGS]],
  ])("answers HTTP/2 whose preface comes %s", async (_, pieces) => {
    const server = await listen();
    const answer = await firstAnswer(server.port, pieces);
    expect(answer[3], "the type of the first frame is SETTINGS").toBe(4);
  });

  test("closes idle connections at once, and outlives bytes that mean nothing", async () => {
    const server = await listen();
    const rubbish = connect({ port: server.port, host: "127.0.0.1" });
    rubbish.on("error", () => rubbish.destroy()).resume();
    rubbish.end("\0\x01\x02 rubbish \r\n\r\n");
    await once(rubbish, "close");
    const idle = await firstAnswer(server.port, ["GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"]);
    expect(idle.toString("latin1")).toContain("200 OK");
    const from = performance.now();
    await server.close(20_000);
    expect(performance.now() - from).toBeLessThan(4_000);
  });
});
