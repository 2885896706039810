import { once } from "node:events";
import { createServer, type Http2Server, type ServerHttp2Stream } from "node:http2";
import type { AddressInfo } from "node:net";
import { create, toBinary } from "@bufbuild/protobuf";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { DescribeAdapterResponseSchema } from "../../../gen/ts/nexus/attest/v1/router_service_pb.ts";
import { type Clock, SYSTEM_CLOCK } from "../../../src/app/clock.ts";
import type { RunOptions } from "../../../src/app/router.ts";
import { createCapturedLog } from "../../support/captured-log.ts";
import { createAuthority } from "../../support/certificates.ts";
import { eventually } from "../../support/eventually.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";
import { runRequest } from "../local/recorder.ts";
import { ACCEPTED, answerWith, describedAs, finishedWith, routerAt, routerProcess } from "./router-process.ts";
import type { Act, Script } from "./router-program.ts";

vi.setConfig({ testTimeout: 60_000 });

const WELL = {
  DescribeAdapter: [describedAs()],
  Run: [ACCEPTED, finishedWith(), "end"],
  GetRun: [answerWith()],
} satisfies Script;
const DONE = [{ kind: "accepted" }, { kind: "finished", run: { state: "SUCCEEDED" } }];
const NOT_SENT = { name: "RunRefused", code: "NOT_SENT" };

const request = () => runRequest({ adapterId: "remote" });

/** What becomes of a run that may wait so long. */
async function run(url: string, options: RunOptions, clock: Clock = SYSTEM_CLOCK, timeout = 5_000.4) {
  const log = createCapturedLog();
  const router = routerAt(url, { timeout, log, clock });
  const said = Array.fromAsync(router.run(request(), options)).catch((error: unknown) => error);
  return { said, isWaiting: () => log.lines.some(({ message }) => message.includes("waits for its router")), log };
}

/** By it nobody may wait. */
const NO_WAITING: Clock = {
  ...SYSTEM_CLOCK,
  sleep: async () => {
    throw new Error("somebody waits");
  },
};

describe("a run whose router is not there", () => {
  test("is sent once the router is back, by the same client, once", async () => {
    const { url, port, kill } = await routerProcess(WELL);
    await kill();
    const { said, isWaiting, log } = await run(url, { sendWithin: 50_000, timeout: 55_000.4 });
    await eventually("it waits", isWaiting);
    const again = await routerProcess({ ...WELL, port });
    expect(await said).toMatchObject(DONE);
    expect(again.calls("Run")).toHaveLength(1);
    const { deadline } = again.calls("Run")[0] ?? {};
    expect(deadline, "what was waited is the run's own time").toBeLessThan(54_950);
    expect(deadline).toBeGreaterThan(5_000);
    expect(again.calls("DescribeAdapter")[0]?.deadline).toBeLessThanOrEqual(5_001);
    expect(log.lines.filter(({ message }) => message.includes("waits for its router"))).toHaveLength(1);
  });

  test("is sent likewise if the router died while it was asked", async () => {
    const { url, port, exited } = await routerProcess({ ...WELL, DescribeAdapter: ["die"] });
    const { said, isWaiting } = await run(url, { sendWithin: 50_000 });
    await eventually("it waits", isWaiting);
    await exited;
    const again = await routerProcess({ ...WELL, port });
    expect(await said).toMatchObject(DONE);
    expect(again.calls("Run")).toHaveLength(1);
  });

  test("is sent likewise if somebody in front of the router says that it is not available", async () => {
    const { url, port, kill, calls } = await routerProcess({
      ...WELL,
      DescribeAdapter: [{ fail: 14, message: "no healthy upstream" }],
    });
    const { said } = await run(url, { sendWithin: 50_000 });
    await eventually("it is asked again", () => calls("DescribeAdapter").length > 1);
    await kill();
    await routerProcess({ ...WELL, port });
    expect(await said).toMatchObject(DONE);
    expect(calls("Run")).toEqual([]);
  });

  test("is sent likewise if a router that does not answer comes to itself", async () => {
    const { url, port, kill, calls } = await routerProcess({ ...WELL, DescribeAdapter: ["hang"] });
    const { said } = await run(url, { sendWithin: 50_000 }, SYSTEM_CLOCK, 400);
    await eventually("it is asked again", () => calls("DescribeAdapter").length > 1);
    await kill();
    await routerProcess({ ...WELL, port });
    expect(await said).toMatchObject(DONE);
    expect(calls("Run")).toEqual([]);
  });

  test("fails once it has waited for as long as it may, and says so", async () => {
    const { url, kill } = await routerProcess(WELL);
    await kill();
    const since = performance.now();
    const { said } = await run(url, { sendWithin: 1_000 });
    const words =
      /^The run was not sent to its router, though it was waited for [\d.]+ s: Unavailable: connect ECONNREFUSED /;
    expect(await said).toMatchObject({ ...NOT_SENT, message: expect.stringMatching(words) });
    expect(performance.now() - since).toBeGreaterThan(300);
  });

  test("does not wait longer than it may take, nor for a question longer than for the router", async () => {
    const { url, calls } = await routerProcess({ ...WELL, DescribeAdapter: [{ fail: 14, message: "soon" }] });
    const since = performance.now();
    const [short, tired] = [await run(url, { sendWithin: 50_000, timeout: 500 }), await run(url, { sendWithin: 500 })];
    expect(await Promise.all([short.said, tired.said])).toMatchObject([NOT_SENT, NOT_SENT]);
    expect(performance.now() - since).toBeLessThan(20_000);
    expect(calls("Run")).toEqual([]);
  });

  test("that nobody waits for any more fails at once: nothing was sent", async () => {
    const { url, kill } = await routerProcess(WELL);
    await kill();
    const stopping = new AbortController();
    const { said, isWaiting } = await run(url, { sendWithin: 50_000, signal: stopping.signal });
    await eventually("it waits", isWaiting);
    stopping.abort();
    expect(await said).toMatchObject({ ...NOT_SENT, message: expect.stringContaining("ECONNREFUSED") });
  });

  test("and that nobody waits for any more while its router is asked fails, too", async () => {
    const { url, calls } = await routerProcess({ ...WELL, DescribeAdapter: ["hang"] });
    const stopping = new AbortController();
    const { said } = await run(url, { sendWithin: 50_000, signal: stopping.signal }, NO_WAITING);
    await eventually("the router is asked", () => calls("DescribeAdapter").length === 1);
    stopping.abort();
    expect(await said).toMatchObject(NOT_SENT);
    expect(calls("Run")).toEqual([]);
  });

  test("is not waited for where nothing is said of waiting", async () => {
    const { url, kill } = await routerProcess(WELL);
    await kill();
    const { said } = await run(url, {}, NO_WAITING);
    expect(await said).toMatchObject({
      ...NOT_SENT,
      message: expect.stringMatching(/^The run was not sent to its router: /),
    });
  });
});

describe("a router that refuses is not waited for", () => {
  test.each([
    [16, "Unauthenticated"],
    [7, "PermissionDenied"],
    [5, "NotFound"],
    [3, "InvalidArgument"],
    [12, "Unimplemented"],
    [13, "Internal"],
  ])("with status %i", async (code, words) => {
    const { url, calls } = await routerProcess({ ...WELL, DescribeAdapter: [{ fail: code, message: "no" }] });
    const { said } = await run(url, { sendWithin: 50_000 }, NO_WAITING);
    expect(await said).toMatchObject({ ...NOT_SENT, message: expect.stringContaining(words) });
    await eventually("the router has been heard", () => calls("DescribeAdapter").length > 0);
    expect([calls("DescribeAdapter").length, calls("Run").length]).toEqual([1, 0]);
  });

  test("nor one that does not prove who it is, or takes no such certificate as this server's", async () => {
    const directory = temporaryDirectory();
    const [authority, stranger] = [createAuthority(directory), createAuthority(directory, "stranger")];
    const { certFile, keyFile } = authority.issue("router", { san: "IP:127.0.0.1", usage: "serverAuth" });
    const { url, calls } = await routerProcess({ ...WELL, tls: { certFile, keyFile, clientCaFile: authority.caFile } });
    const mine = stranger.issue("server", { san: "URI:spiffe://test/server" });
    const tls = {
      serverName: undefined,
      minVersion: "TLSv1.3",
      ciphers: "",
      client: undefined,
      crl: undefined,
    } as const;
    const by = async (more: object) => {
      const credentials = { tls: { ...tls, ca: authority.ca, ...more }, token: undefined };
      const router = routerAt(url, { timeout: 5_000, credentials, clock: NO_WAITING });
      return await Array.fromAsync(router.run(request(), { sendWithin: 50_000 })).catch((error: unknown) => error);
    };
    expect(await by({ ca: stranger.ca })).toMatchObject({ ...NOT_SENT, message: expect.stringContaining("authority") });
    expect(await by({ serverName: "other.example.com" })).toMatchObject(NOT_SENT);
    expect(await by({})).toMatchObject({ ...NOT_SENT, message: expect.stringContaining("tls.certFile") });
    expect(await by({ client: mine })).toMatchObject(NOT_SENT);
    expect(calls("DescribeAdapter")).toEqual([]);
  });
});

test.each<[what: string, act: Act]>([
  ["dies", "die"],
  ["or somebody in front of it says that it is not available", { fail: 14, message: "no healthy upstream" }],
])("a run that was sent is not sent again: the router %s", async (_, act) => {
  const { url, calls } = await routerProcess({ ...WELL, Run: [act] });
  const { said } = await run(url, { sendWithin: 50_000 }, NO_WAITING);
  expect(await said).toMatchObject({ name: "RouterUnavailable" });
  await eventually("the router has been heard", () => calls("Run").length > 0);
  expect([calls("DescribeAdapter").length, calls("Run").length]).toEqual([1, 1]);
});

test("a router that goes away between the question and the run is waited for, and gets it once", async () => {
  const described = toBinary(
    DescribeAdapterResponseSchema,
    create(DescribeAdapterResponseSchema, { adapter: { adapterId: "remote" } }),
  );
  const framed = Buffer.concat([Buffer.from([0, 0, 0, 0, described.length]), described]);
  const server: Http2Server = createServer();
  let asked = 0;
  server.on("stream", (stream: ServerHttp2Stream) => {
    asked += 1;
    stream.on("error", () => undefined);
    // It takes no further call by this connection, and no other connection.
    stream.session?.goaway(0);
    server.close();
    stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
    stream.respond({ ":status": 200, "content-type": "application/grpc+proto" }, { waitForTrailers: true });
    stream.end(framed);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const { said, isWaiting } = await run(`http://127.0.0.1:${port}`, { sendWithin: 50_000 });
  await eventually("it waits", isWaiting);
  expect(asked, "the run was not sent by the connection that was about to end").toBe(1);
  const again = await routerProcess({ ...WELL, port });
  expect(await said).toMatchObject(DONE);
  expect(again.calls("Run")).toHaveLength(1);
});
