import { readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:http2";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, onTestFinished, test } from "vitest";
import { DECISIONS, enveloped } from "../e2e/raw-call.ts";
import { refusalOf } from "../e2e/refusal.ts";
import { bearer, secureStage } from "../e2e/secure-server.ts";
import { eventually } from "../support/eventually.ts";
import { type ServerProcess, serverProcess } from "../support/server-process.ts";
import { clientsOf, serverUnderTest } from "../support/server-under-test.ts";

const MEBIBYTE = 2 ** 20;
const PATIENT = { maxEventLoopDelayMs: 60_000, failedAuthenticationsPerMinute: 1_000_000 };

const residentBytes = ({ pid }: ServerProcess) =>
  1024 * Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);

/** The largest that a server was seen to be while something went on, in bytes. */
async function peakDuring(server: ServerProcess, work: Promise<unknown>): Promise<number> {
  let peak = residentBytes(server);
  const looking = setInterval(() => {
    peak = Math.max(peak, residentBytes(server));
  }, 20);
  await work.finally(() => clearInterval(looking));
  return Math.max(peak, residentBytes(server));
}

/** Calls that send nearly all of a large message, each, and keep the end to themselves. */
function hoard(url: string, count: number, bytes: number, headers: Readonly<Record<string, string>>, ca?: string) {
  const statuses: string[] = [];
  const note = (answer: { readonly "grpc-status"?: unknown }) => {
    if (typeof answer["grpc-status"] === "string") statuses.push(answer["grpc-status"]);
  };
  const body = enveloped(new Uint8Array(bytes - 5), 0, bytes);
  for (let index = 0; index < count; index += 4) {
    // What waits to be sent counts as memory of the client's session, which takes no answers when that is full.
    const session = connect(url, { maxSessionMemory: 1_000, ...(ca === undefined ? {} : { ca }) }).on(
      "error",
      () => undefined,
    );
    onTestFinished(() => session.destroy());
    for (let stream = 0; stream < 4; stream++) {
      const call = session
        .request(
          { ":method": "POST", ":path": `${DECISIONS}/CreateDecision`, "content-type": "application/grpc", ...headers },
          { endStream: false },
        )
        .on("error", () => undefined);
      call.on("response", note).on("trailers", note).resume().write(body);
    }
  }
  return statuses;
}

describe("requests of all connections together", () => {
  test("take bounded memory: what is beyond is refused at once, others are served, and it is given back", async () => {
    const directory = (await secureStage()).directory;
    const file = join(directory, "limits.json");
    // Large requests, so that the machine is not what holds them up.
    writeFileSync(
      file,
      JSON.stringify({ limits: { ...PATIENT, maxMessageBytes: 8 * MEBIBYTE, maxRequestBytes: 192 * MEBIBYTE } }),
    );
    const server = await serverProcess({ args: ["--listen", "127.0.0.1:0", "--config", file], cwd: directory });
    const bystander = clientsOf(server.url, "human:alice").decisions;
    await bystander.listDecisions({});
    const before = residentBytes(server);
    let statuses: string[] = [];
    const peak = await peakDuring(
      server,
      (async () => {
        // Half of the memory is one caller's; 12 of them have room in it.
        statuses = hoard(server.url, 20, 8 * MEBIBYTE, { "nexus-actor": "human:mallory" });
        await eventually("what has no room is refused", () => statuses.length === 8, 60_000);
        await bystander.listDecisions({});
      })(),
    );
    expect(new Set(statuses)).toEqual(new Set(["14"]));
    expect((peak - before) / MEBIBYTE).toBeLessThan(96 + 200);
    const { decisions: same } = clientsOf(server.url, "human:mallory");
    const refusal = await refusalOf(same.createDecision({ goal: "x".repeat(1_000_000) }));
    expect(refusal).toMatchObject({
      code: "Unavailable",
      reason: "REQUEST_MEMORY_EXHAUSTED",
      metadata: { limit: "limits.maxRequestBytes", limit_value: `${192 * MEBIBYTE}` },
      retryAfter: 1_000,
    });
    // Too long for a goal, and not for the memory.
    expect((await refusalOf(bystander.createDecision({ goal: "x".repeat(1_000_000) }))).reason).toBe("INVALID_REQUEST");
  }, 120_000);

  test("over HTTP/1.1, Connect and gRPC-Web as well; small calls go on", async () => {
    const server = await serverUnderTest({
      config: { limits: { ...PATIENT, maxMessageBytes: 4 * MEBIBYTE, maxRequestBytes: 24 * MEBIBYTE } },
    });
    for (const actor of ["human:mallory", "human:mike"]) {
      const statuses = hoard(server.url, 4, 4 * MEBIBYTE, { "nexus-actor": actor });
      await eventually("three have half of it, and the fourth is refused", () => statuses.length === 1);
    }
    for (const protocol of ["grpc", "grpc-web", "connect"] as const) {
      const { decisions } = server.as("human:alice", { protocol });
      await decisions.listDecisions({});
      const refusal = await refusalOf(decisions.createDecision({ goal: "x".repeat(200_000) }));
      expect(refusal).toMatchObject({ code: "Unavailable", reason: "REQUEST_MEMORY_EXHAUSTED" });
    }
  });

  test("count compressed messages as what they may become", async () => {
    const server = await serverUnderTest({
      config: { limits: { ...PATIENT, maxMessageBytes: 4 * MEBIBYTE, maxRequestBytes: 16 * MEBIBYTE } },
    });
    const session = connect(server.url);
    onTestFinished(() => session.destroy());
    const zipped = gzipSync(Buffer.alloc(1_000_000));
    const statuses: unknown[] = [];
    const call = (end: boolean) => {
      const stream = session.request({
        ":method": "POST",
        ":path": `${DECISIONS}/CreateDecision`,
        "content-type": "application/grpc",
        "grpc-encoding": "gzip",
        "nexus-actor": "human:mallory",
      });
      stream.on("error", () => undefined).on("response", (answer) => statuses.push(answer["grpc-status"]));
      stream.on("trailers", (trailers) => statuses.push(trailers["grpc-status"])).resume();
      const body = enveloped(zipped, 1);
      if (end) stream.end(body);
      else stream.write(body.subarray(0, -1));
    };
    call(false);
    call(false);
    await new Promise((resolve) => setTimeout(resolve, 300));
    call(true);
    await eventually("the third is refused", () => statuses.find((status) => status !== undefined) === "14");
  });

  test("cannot be made of parts that cost more than they hold", async () => {
    const server = await serverUnderTest({ config: { limits: PATIENT } });
    const session = connect(server.url).on("error", () => undefined);
    onTestFinished(() => session.destroy());
    const stream = session
      .request({
        ":method": "POST",
        ":path": `${DECISIONS}/CreateDecision`,
        "content-type": "application/grpc",
        "nexus-actor": "human:mallory",
      })
      .on("error", () => undefined);
    const answered = new Promise((resolve) =>
      stream
        .on("trailers", (trailers) => resolve(trailers["grpc-status"]))
        .on("response", (answer) => {
          if (answer["grpc-status"] !== undefined) resolve(answer["grpc-status"]);
        }),
    );
    stream.resume().write(enveloped(new Uint8Array(0), 0, 4 * MEBIBYTE));
    for (let index = 0; index < 3_000 && !stream.destroyed; index++)
      await new Promise((resolve) => stream.write(Buffer.of(0), resolve));
    expect(await answered).toBe("8");
  });
});

describe("nobody valid", () => {
  test("with large requests and bad credentials costs no memory, and others are served", async () => {
    const { config, directory, authority, serviceToken } = await secureStage();
    const file = join(directory, "nexus-attest.json");
    // The machine that runs the tests may be busy with others: that is not what this is about.
    const { maxEventLoopDelayMs } = PATIENT;
    writeFileSync(file, JSON.stringify({ ...config, limits: { maxEventLoopDelayMs } }));
    const server = await serverProcess({ args: ["--listen", "127.0.0.1:0", "--config", file], cwd: directory });
    const ca = authority.ca;
    const bystander = clientsOf(server.url, undefined, { headers: bearer(serviceToken), tls: { ca } }).decisions;
    await bystander.listDecisions({});
    const before = residentBytes(server);
    let statuses: string[] = [];
    const peak = await peakDuring(
      server,
      (async () => {
        for (let round = 0; round < 10; round++) {
          statuses = hoard(server.url, 40, 4 * MEBIBYTE, bearer("nxa_made-up"), ca);
          await eventually("all are refused", () => statuses.length === 40, 60_000);
          await bystander.listDecisions({});
        }
      })(),
    );
    // The first 300 are told that they are nobody, of the others nearly all that they have been too many.
    expect(statuses.filter((status) => status === "8").length).toBeGreaterThan(20);
    expect((peak - before) / MEBIBYTE).toBeLessThan(250);
    expect(server.stderr().match(/"reason":"TOO_MANY_FAILED_AUTHENTICATIONS"/g)?.length).toBeLessThan(10);
  }, 120_000);
});
