import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { describe, expect, onTestFinished, test } from "vitest";
import type { HttpAdapterConfig } from "../../../src/router/local/adapter-config.ts";
import { eventually } from "../../support/eventually.ts";
import { bundleOf, finished, localRouterUnderTest } from "./local-router-under-test.ts";
import { runRequest, step } from "./recorder.ts";

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

interface Received {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

const OK: Answer = (_, response) => response.end('{"ok":true}');

/** The other side of an HTTP adapter, and a router that has it as adapter `web`. */
async function httpAdapter(answer: Answer = OK, overrides: Partial<HttpAdapterConfig> = {}) {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (text: string) => {
      body += text;
    });
    request.on("end", () => {
      received.push({ method: request.method, path: request.url, headers: request.headers, body });
      answer(request, response);
    });
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const config: HttpAdapterConfig = {
    kind: "http",
    id: "web",
    capabilities: ["apply"],
    description: "",
    timeout: 20_000,
    maxOutputBytes: 1_000,
    url: `${origin}/steps?team=a`,
    headers: {},
    allowedAddresses: [],
    ...overrides,
  };
  return { ...localRouterUnderTest({ adapters: [config] }), received, server };
}

const request = (overrides: Parameters<typeof runRequest>[0] = {}) => runRequest({ adapterId: "web", ...overrides });

describe("a step is posted", () => {
  test("as JSON, with its arguments spliced in as the text that was approved", async () => {
    const router = await httpAdapter();
    const argumentsJson = '{"b":1, "a" : 1.50e3,"e":"\\u00e9 é 漢", "b":2}';
    const asked = request({ steps: [step("close", { stepId: "one", argumentsJson })] });
    const run = await finished(router, asked);
    expect(run).toMatchObject({ state: "SUCCEEDED", stepsExecuted: 1 });
    const [{ method, path, headers, body } = {}] = router.received;
    expect([method, path]).toEqual(["POST", "/steps?team=a"]);
    const { decisionId } = asked;
    const head = `{"decision_id":"${decisionId}","step_id":"one","tool":"thing","method":"close","arguments":`;
    expect(body).toBe(`${head}${argumentsJson}}`);
    expect(headers).toMatchObject({
      "content-type": "application/json",
      accept: "application/json",
      "content-length": String(Buffer.byteLength(body ?? "")),
      "idempotency-key": `${decisionId}/one`,
    });
    expect(bundleOf(run).steps[0]).toMatchObject({ http_status: 200, output_json: '{"ok":true}' });
  });

  test("with {} where there are no arguments", async () => {
    const router = await httpAdapter();
    await finished(router, request());
    expect(router.received[0]?.body).toMatch(/,"arguments":\{\}\}$/);
  });

  test("with the configured headers, which cannot replace those of the contract", async () => {
    const headers = { Authorization: "Bearer t0ken", "Idempotency-Key": "mine", "Content-Type": "text/html" };
    const router = await httpAdapter(OK, { headers });
    const asked = request();
    await finished(router, asked);
    expect(router.received[0]?.headers).toMatchObject({
      authorization: "Bearer t0ken",
      "idempotency-key": `${asked.decisionId}/answer`,
      "content-type": "application/json",
    });
  });

  test("once: a dry run is simulated, and nothing is sent again whatever comes back", async () => {
    const router = await httpAdapter((_, response) => response.writeHead(503, { "retry-after": "0" }).end());
    await finished(router, request({ mode: "DRY_RUN" }));
    expect(router.received).toEqual([]);
    await finished(router, request());
    expect(router.received).toHaveLength(1);
  });
});

describe("an answer", () => {
  test.each([200, 201, 299])("with status %i and a JSON body is success", async (status) => {
    const router = await httpAdapter((_, response) => response.writeHead(status).end(" [1] \n"));
    const run = await finished(router, request());
    expect(bundleOf(run).steps[0]).toMatchObject({ outcome: "SUCCEEDED", http_status: status, output_json: "[1]" });
  });

  test.each([301, 302, 307, 308])("with status %i is a failure: redirects are not followed", async (status) => {
    const router = await httpAdapter((_, response) => response.writeHead(status, { location: "/elsewhere" }).end("{}"));
    const run = await finished(router, request());
    const failure = { code: "STEP_FAILED", message: `The answer has HTTP status ${status}.` };
    expect(run).toMatchObject({ state: "FAILED", stepsExecuted: 0, failure });
    expect(router.received.map(({ path }) => path)).toEqual(["/steps?team=a"]);
  });

  test.each([304, 400, 401, 404, 409, 429, 500, 503])(
    "with status %i is a failure, whatever it says",
    async (status) => {
      const router = await httpAdapter((_, response) => response.writeHead(status).end("x".repeat(100_000)));
      const run = await finished(router, request());
      expect(run.failure).toMatchObject({ code: "STEP_FAILED", message: `The answer has HTTP status ${status}.` });
      expect(bundleOf(run).steps[0]).toMatchObject({ outcome: "FAILED", http_status: status });
    },
  );

  test.each(["", "connection: upgrade\r\nupgrade: websocket\r\n"])(
    "that goes on in another protocol, with the headers %j, is a failure, and ends the step",
    async (headers) => {
      const router = await httpAdapter(({ socket }) =>
        socket.write(`HTTP/1.1 101 Switching Protocols\r\n${headers}\r\nwhatever`),
      );
      const { failure } = await finished(router, request());
      expect(failure).toMatchObject({ code: "STEP_FAILED", message: "The answer has HTTP status 101." });
      await eventually("the connection is closed", async () => (await connections(router.server)) === 0);
    },
  );

  test("that is announced again and again takes the time of the step and no more", async () => {
    const router = await httpAdapter(
      ({ socket }) => {
        const more = setInterval(() => socket.write("HTTP/1.1 103 Early Hints\r\nlink: <x>\r\n\r\n"), 10);
        socket.once("close", () => clearInterval(more));
      },
      { timeout: 300 },
    );
    expect((await finished(router, request())).failure?.code).toBe("STEP_TIMEOUT");
    await eventually("the connection is closed", async () => (await connections(router.server)) === 0);
  });

  test.each([
    ["OUTPUT_NOT_JSON", "empty", ""],
    ["OUTPUT_NOT_JSON", "not JSON", "<html>no</html>"],
    ["OUTPUT_NOT_JSON", "not JSON", "{} {}"],
    ["OUTPUT_NOT_JSON", "not UTF-8", Buffer.from([0x22, 0xff, 0x22])],
    ["OUTPUT_TOO_LARGE", "larger than 1000 bytes", JSON.stringify("x".repeat(999))],
  ])("that makes no sense is a failure: %s, %s", async (code, why, body) => {
    const router = await httpAdapter((_, response) => response.end(body));
    const { failure } = await finished(router, request());
    expect(failure).toMatchObject({ code, message: expect.stringContaining(why) });
  });

  test("may be exactly as large as allowed", async () => {
    const router = await httpAdapter((_, response) => response.end(JSON.stringify("x".repeat(998))));
    expect((await finished(router, request())).state).toBe("SUCCEEDED");
  });

  test("that never ends is cut off at the limit", async () => {
    const router = await httpAdapter((_, response) => {
      const more = () => {
        while (!response.destroyed && response.write("x".repeat(65_536)));
        if (!response.destroyed) response.once("drain", more);
      };
      more();
    });
    expect((await finished(router, request())).failure?.code).toBe("OUTPUT_TOO_LARGE");
    await eventually("the connection is closed", async () => (await connections(router.server)) === 0);
  });

  test("in a compressed form that nobody asked for is not unpacked", async () => {
    const router = await httpAdapter((_, response) =>
      response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync("[1]")),
    );
    expect((await finished(router, request())).failure?.code).toBe("OUTPUT_NOT_JSON");
  });
});

describe("an answer that does not come", () => {
  test.each([
    ["nothing at all", () => undefined],
    ["only its head", (_, response) => response.writeHead(200).flushHeaders()],
    ["its body a byte now and then", (_, response) => void setInterval(() => response.write(" "), 20).unref()],
  ] as const satisfies readonly (readonly [string, Answer])[])("%s: the step's time runs out", async (_, answer) => {
    const router = await httpAdapter(answer, { timeout: 300 });
    const { failure } = await finished(router, request());
    expect(failure).toMatchObject({ code: "STEP_TIMEOUT", message: "The answer did not come within 0.3 seconds." });
    await eventually("the connection is closed", async () => (await connections(router.server)) === 0);
  });

  test.each([
    ["ECONNRESET", (incoming) => incoming.socket.destroy()],
    [
      "ECONNRESET",
      (_, response) => response.writeHead(200, { "content-length": "9" }).write("{", () => response.destroy()),
    ],
    ["HPE_INVALID_CONSTANT", (incoming) => incoming.socket.end("rubbish\r\n\r\n")],
    ["HPE_HEADER_OVERFLOW", (_, response) => response.writeHead(200, { "x-large": "x".repeat(1_000_000) }).end("{}")],
  ] as const satisfies readonly (readonly [string, Answer])[])("%s", async (code, answer) => {
    const router = await httpAdapter(answer);
    const { failure } = await finished(router, request());
    expect(failure).toMatchObject({ code: "STEP_FAILED", message: `The request failed: ${code}.` });
  });

  test("nobody listens there", async () => {
    const router = await httpAdapter(OK, { url: "http://127.0.0.1:1/" });
    const { failure } = await finished(router, request());
    expect(failure).toMatchObject({ code: "STEP_FAILED", message: "The request failed: ECONNREFUSED." });
  });

  test("a run that is cancelled drops the request", async () => {
    const router = await httpAdapter(() => undefined, { timeout: 600_000 });
    const cancel = new AbortController();
    const run = finished(router, request({ steps: [step("a"), step("b")] }), { signal: cancel.signal });
    await eventually("the request is there", () => router.received.length === 1);
    cancel.abort();
    expect((await run).failure).toMatchObject({ code: "CANCELLED", stepId: "a" });
    await eventually("the connection is closed", async () => (await connections(router.server)) === 0);
    expect(router.received).toHaveLength(1);
  });
});

describe("a secret in a header", () => {
  test.each([
    ["sent and refused", "s3cret-value", {}],
    ["that no header can hold: two lines", "s3cret-value\nsecond", {}],
    ["that no header can hold: another alphabet", "s3cret-value漢", {}],
    ["for a place that does not answer", "s3cret-value", { url: "http://127.0.0.1:1/" }],
    ["beside another one in the URL", "s3cret-value", { url: "http://user:s3cret-value@127.0.0.1:1/" }],
  ])("is in no failure and no record: %s", async (_, secret, overrides) => {
    const headers = { authorization: `Bearer ${secret}` };
    const router = await httpAdapter((_, response) => response.writeHead(401).end(), { headers, ...overrides });
    const run = await finished(router, request());
    expect(run.failure?.code).toBe("STEP_FAILED");
    expect(run.failure?.message).not.toContain("s3cret");
    expect(Buffer.from(run.bundle?.bytes ?? []).includes("s3cret")).toBe(false);
  });
});

async function connections(server: ReturnType<typeof createServer>): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  server.getConnections((_, count) => resolve(count));
  return await promise;
}
