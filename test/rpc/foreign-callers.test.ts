import { request as http1 } from "node:http";
import { connect } from "node:http2";
import { beforeEach, describe, expect, test } from "vitest";
import { refuseForeign } from "../../src/loopback-only.ts";
import { DECISIONS } from "../e2e/raw-call.ts";
import { type ServerUnderTest, serverUnderTest } from "../support/server-under-test.ts";

const PATH = `${DECISIONS}/ListDecisions`;

let server: ServerUnderTest;
let port: number;
beforeEach(async () => {
  server = await serverUnderTest();
  port = Number(new URL(server.url).port);
});

/** A call over HTTP/1.1 with headers that fetch would not send. */
function call(
  headers: Readonly<Record<string, string>>,
  method = "POST",
): Promise<{ status: number; text: string; allowed: unknown }> {
  return new Promise((resolve, reject) => {
    const all = { "content-type": "application/json", "nexus-actor": "human:alice", ...headers };
    const request = http1({ host: "127.0.0.1", port, path: PATH, method, headers: all, agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
      });
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, text, allowed: response.headers["access-control-allow-origin"] }),
      );
    });
    request.on("error", reject).end(method === "POST" ? "{}" : undefined);
  });
}

describe("a page in a browser cannot reach the server", () => {
  test.each([
    ["another site's origin", { origin: "https://evil.example" }],
    ["another port of this machine", { origin: "http://127.0.0.1:1" }],
    ["an opaque origin", { origin: "null" }],
    ["https in place of http", { origin: "https://127.0.0.1" }],
    ["no origin, but the browser's own mark", { "sec-fetch-site": "cross-site" }],
    ["a page on the same site", { "sec-fetch-site": "same-site" }],
  ])("%s", async (_, headers) => {
    const answer = await call(headers);
    expect(answer).toMatchObject({ status: 403, allowed: undefined });
    expect(answer.text).toContain("another origin");
  });

  test("a preflight is refused without a word that would allow it", async () => {
    const answer = await call({ origin: "https://evil.example", "access-control-request-method": "POST" }, "OPTIONS");
    expect(answer).toMatchObject({ status: 403, allowed: undefined });
  });

  test.each([
    ["a foreign name (DNS rebinding)", "evil.example"],
    ["a foreign name on this port", "evil.example:7350"],
    ["a name that only begins like ours", "127.0.0.1.evil.example"],
    ["a name that only ends like ours", "evil.localhost.example"],
    ["the address of another machine", "192.168.0.10"],
    ["any address", "0.0.0.0"],
    ["ours as a user name", "127.0.0.1@evil.example"],
    ["what is no name", "a b"],
    ["a path", "evil.example/127.0.0.1"],
  ])("by %s", async (_, host) => {
    expect(await call({ host })).toMatchObject({ status: 403 });
  });

  test("by a foreign authority over HTTP/2", async () => {
    const session = connect(server.url);
    const stream = session.request({
      ":method": "POST",
      ":path": PATH,
      ":authority": "evil.example",
      "content-type": "application/grpc",
    });
    const status = await new Promise((resolve) => stream.on("response", (headers) => resolve(headers[":status"])));
    session.destroy();
    expect(status).toBe(403);
  });

  test("nothing of it reached a handler", async () => {
    await call({ origin: "https://evil.example" });
    await call({ host: "evil.example" });
    expect(server.log.lines.filter(({ message }) => message === "call")).toEqual([]);
  });
});

describe("this machine's own callers reach it", () => {
  test.each([
    ["by address", {}],
    ["by name", { host: "localhost:7350" }],
    ["by another loopback address", { host: "127.1.2.3" }],
    ["by IPv6", { host: "[::1]:7350" }],
    [
      "from a page of its own origin",
      { host: "localhost:7350", origin: "http://localhost:7350", "sec-fetch-site": "same-origin" },
    ],
    ["typed into the address bar", { "sec-fetch-site": "none" }],
  ])("%s", async (_, headers) => {
    expect(await call(headers)).toMatchObject({ status: 200 });
  });
});

test("a request without any host is refused", () => {
  expect(refuseForeign({ headers: {} })).toContain("loopback");
});
