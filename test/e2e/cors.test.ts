import { request as http1 } from "node:http";
import { connect, type IncomingHttpHeaders } from "node:http2";
import { describe, expect, onTestFinished, test } from "vitest";
import { configSchema } from "../../src/config/schema.ts";
import { type ServerUnderTest, serverUnderTest } from "../support/server-under-test.ts";
import { DECISIONS } from "./raw-call.ts";

const PATH = `${DECISIONS}/ListDecisions`;
const CONSOLE = "https://console.example.com";

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
}

/** What a browser asks before a call that it may not make without. */
const PREFLIGHT = {
  "access-control-request-method": "POST",
  "access-control-request-headers": "authorization,connect-protocol-version,content-type,nexus-actor",
  "sec-fetch-site": "cross-site",
};

const CALL = { "content-type": "application/json", "nexus-actor": "human:alice", "sec-fetch-site": "cross-site" };

function overHttp1(
  server: ServerUnderTest,
  method: string,
  headers: Readonly<Record<string, string>>,
): Promise<Answer> {
  const { port } = new URL(server.url);
  return new Promise((resolve, reject) => {
    const request = http1({ host: "127.0.0.1", port, path: PATH, method, headers, agent: false }, (response) => {
      response.resume().on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers }));
    });
    request.on("error", reject).end(method === "POST" ? "{}" : undefined);
  });
}

function overHttp2(
  server: ServerUnderTest,
  method: string,
  headers: Readonly<Record<string, string>>,
): Promise<Answer> {
  const session = connect(server.url);
  onTestFinished(() => session.destroy());
  return new Promise((resolve, reject) => {
    const stream = session.request({ ":method": method, ":path": PATH, ...headers });
    stream.on("response", (answer) => resolve({ status: Number(answer[":status"]), headers: answer }));
    stream.on("error", reject).resume();
    stream.end(method === "POST" ? "{}" : undefined);
  });
}

describe.each([
  ["HTTP/1.1", overHttp1],
  ["HTTP/2", overHttp2],
] as const)("a page of another origin, over %s", (_, send) => {
  test("is refused by default, and its preflight as well", async () => {
    const server = await serverUnderTest();
    for (const [method, headers] of [
      ["OPTIONS", PREFLIGHT],
      ["POST", CALL],
    ] as const) {
      const answer = await send(server, method, { ...headers, origin: CONSOLE });
      expect(answer.status).toBe(403);
      expect(Object.keys(answer.headers).filter((name) => name.startsWith("access-control"))).toEqual([]);
    }
  });

  test("may call if its origin is configured: it asks, calls, and reads what errors say", async () => {
    const server = await serverUnderTest({ config: { cors: { allowedOrigins: [CONSOLE] } } });
    const asked = await send(server, "OPTIONS", { ...PREFLIGHT, origin: CONSOLE });
    expect(asked).toMatchObject({
      status: 204,
      headers: { "access-control-allow-origin": CONSOLE, vary: "origin", "access-control-max-age": "600" },
    });
    const allowed = String(asked.headers["access-control-allow-headers"]).toLowerCase().split(", ");
    expect(allowed).toEqual(
      expect.arrayContaining([
        ...PREFLIGHT["access-control-request-headers"].split(","),
        "x-grpc-web",
        "grpc-timeout",
        "connect-timeout-ms",
        "x-nexus-on-behalf-of",
      ]),
    );
    expect(asked.headers["access-control-allow-methods"]).toBe("POST, GET");

    const called = await send(server, "POST", { ...CALL, origin: CONSOLE });
    expect(called).toMatchObject({ status: 200, headers: { "access-control-allow-origin": CONSOLE, vary: "origin" } });
    expect(String(called.headers["access-control-expose-headers"]).toLowerCase()).toContain("grpc-status-details-bin");
    const refused = await send(server, "POST", { ...CALL, "nexus-actor": "?", origin: CONSOLE });
    expect(refused).toMatchObject({ status: 401, headers: { "access-control-allow-origin": CONSOLE } });
    for (const { headers } of [asked, called, refused])
      expect(headers["access-control-allow-credentials"]).toBeUndefined();
  });

  test.each([
    "https://console.example.com.evil.example",
    "https://evil-console.example.com",
    "http://console.example.com",
    "https://console.example.com:8443",
    "https://CONSOLE.example.com",
    "null",
    "*",
  ])("%s is not the one that is configured", async (origin) => {
    const server = await serverUnderTest({ config: { cors: { allowedOrigins: [CONSOLE] } } });
    for (const [method, headers] of [
      ["OPTIONS", PREFLIGHT],
      ["POST", CALL],
    ] as const) {
      const answer = await send(server, method, { ...headers, origin });
      expect(answer.status).toBe(403);
      expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
    }
  });
});

test("an origin that is allowed does not open the server to foreign names (DNS rebinding)", async () => {
  const server = await serverUnderTest({ config: { cors: { allowedOrigins: [CONSOLE] } } });
  expect(await overHttp1(server, "POST", { ...CALL, origin: CONSOLE, host: "evil.example" })).toMatchObject({
    status: 403,
  });
});

test("origins are let in and shut out by a reload", async () => {
  const server = await serverUnderTest();
  const configured = (allowedOrigins: readonly string[]) =>
    server.reload(() => ({ ...configSchema.parse({ cors: { allowedOrigins } }), listen: "127.0.0.1:0" }));
  const status = async () => (await overHttp1(server, "POST", { ...CALL, origin: CONSOLE })).status;
  configured([CONSOLE]);
  expect(await status()).toBe(200);
  configured([]);
  expect(await status()).toBe(403);
});

test.each([
  "*",
  "null",
  "https://*.example.com",
  "https://a.example/",
  "https://a.example/path",
  "a.example",
  "ftp://a.example",
  "https://A.example",
  "https://a.example:443",
])("%s cannot be configured", (origin) => {
  const result = configSchema.safeParse({ cors: { allowedOrigins: [origin] } });
  expect(result.error?.issues).toMatchObject([{ path: ["cors", "allowedOrigins", 0] }]);
});
