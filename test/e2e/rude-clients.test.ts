import { connect as connectHttp2, constants } from "node:http2";
import { connect as connectTcp } from "node:net";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { create, toBinary } from "@bufbuild/protobuf";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import {
  WatchDecisionRequestSchema,
  WatchDecisionsRequestSchema,
} from "../../gen/ts/nexus/attest/v1/decision_service_pb.ts";
import { eventually } from "../support/eventually.ts";
import { type ServerUnderTest, serverUnderTest } from "../support/server-under-test.ts";
import { DECISIONS, enveloped } from "./raw-call.ts";
import { requested, STEP } from "./release.ts";

const GRPC = { ":method": "POST", "content-type": "application/grpc", "nexus-actor": "human:rude" };

let server: ServerUnderTest;
let decisionId: string;
beforeEach(async () => {
  server = await serverUnderTest();
  decisionId = await requested(server);
});

/** Streams that the server has let go of: their line in the log is written when everything they held is free. */
function ended(rpc: string): number {
  return server.log.lines.filter(({ facts }) => facts["rpc"] === `nexus.attest.v1.DecisionService/${rpc}`).length;
}

/** A client of HTTP/2 that asks to watch and then reads nothing at all. */
function neverRead(rpc: "WatchDecision" | "WatchDecisions") {
  const session = connectHttp2(server.url, { settings: { initialWindowSize: 1024 } });
  session.on("error", () => {});
  onTestFinished(() => session.destroy());
  const stream = session.request({ ...GRPC, ":path": `${DECISIONS}/${rpc}` });
  stream.on("error", () => {});
  stream.end(
    enveloped(
      rpc === "WatchDecision"
        ? toBinary(WatchDecisionRequestSchema, create(WatchDecisionRequestSchema, { decisionId }))
        : toBinary(WatchDecisionsRequestSchema, create(WatchDecisionsRequestSchema, {})),
    ),
  );
  return { session, stream };
}

/** Lets something happen to decisions: so many events, each with a comment of 4 KiB. */
async function events(count: number): Promise<void> {
  const comment = "x".repeat(4096);
  const many = await Promise.all(Array.from({ length: 20 }, () => requested(server)));
  const { decisions } = server.as("human:carol");
  await Promise.all(
    many.map(async (id) => {
      for (let done = 0; done < count / many.length; done += 2) {
        await decisions.grantApproval({ decisionId: id, comment });
        await decisions.revokeApproval({ decisionId: id, reason: comment });
      }
    }),
  );
}

function memoryInUse(): number {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  collect();
  const { heapUsed, external, arrayBuffers } = process.memoryUsage();
  return heapUsed + external + arrayBuffers;
}

describe("clients that vanish mid-stream are let go of", () => {
  test("over HTTP/2: the socket destroyed under 50 watches on it", async () => {
    const session = connectHttp2(server.url).on("error", () => {});
    const body = enveloped(toBinary(WatchDecisionRequestSchema, create(WatchDecisionRequestSchema, { decisionId })));
    let heard = 0;
    for (let index = 0; index < 50; index++) {
      const stream = session.request({ ...GRPC, ":path": `${DECISIONS}/WatchDecision` }).on("error", () => {});
      stream.once("data", () => {
        heard += 1;
      });
      stream.end(body);
    }
    await eventually("all are told something", () => heard === 50);
    session.socket.destroy();
    await eventually("all are free", () => ended("WatchDecision") === 50);
    await server.as("human:carol").decisions.grantApproval({ decisionId });
  });

  test("over HTTP/1.1: each socket destroyed, on both kinds of watch", async () => {
    const kinds = { WatchDecision: { decisionId }, WatchDecisions: {} };
    for (const [rpc, message] of Object.entries(kinds)) {
      const body = Buffer.from(enveloped(new TextEncoder().encode(JSON.stringify(message))));
      const { port } = new URL(server.url);
      for (let index = 0; index < 20; index++) {
        const socket = connectTcp(Number(port), "127.0.0.1").on("error", () => {});
        socket.write(
          `POST ${DECISIONS}/${rpc} HTTP/1.1\r\nHost: localhost\r\nnexus-actor: human:rude\r\ncontent-type: application/connect+json\r\ncontent-length: ${body.length}\r\n\r\n`,
        );
        socket.write(body);
        socket.once("data", () => socket.destroy());
      }
      await eventually("all are free", () => ended(rpc) === 20);
    }
  });

  test("with the server stuck in the middle of a write to them", async () => {
    const stuck = Array.from({ length: 10 }, () => neverRead("WatchDecisions"));
    await events(200);
    expect(ended("WatchDecisions")).toBe(0);
    for (const [index, { session, stream }] of stuck.entries()) {
      if (index % 2 === 0) session.socket.destroy();
      else stream.close(constants.NGHTTP2_CANCEL);
    }
    await eventually("all are free", () => ended("WatchDecisions") === 10);
  });

  test.each(["the socket destroyed", "the stream reset"])(
    "with one large message on its way to them: %s",
    async (how) => {
      const plan = { steps: [{ ...STEP, call: { ...STEP.call, argumentsJson: JSON.stringify("x".repeat(60_000)) } }] };
      decisionId = await requested(server, { plan });
      const { decisions } = server.as("human:carol");
      const stuck = Array.from({ length: 10 }, () => neverRead("WatchDecision"));
      await Promise.all(stuck.map(({ stream }) => new Promise((resolve) => stream.once("response", resolve))));
      await decisions.getDecision({ decisionId });
      for (const { session, stream } of stuck) {
        if (how === "the socket destroyed") session.socket.destroy();
        else stream.close(constants.NGHTTP2_CANCEL);
      }
      await eventually("all are free", () => ended("WatchDecision") === 10, 5_000);
    },
  );

  test("in the middle of a request", async () => {
    const { port } = new URL(server.url);
    for (const half of [
      `POST ${DECISIONS}/GetDecision HTTP/1.1\r\nHost: localhost\r\nnexus-actor: human:rude\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"dec`,
      "POST / HTTP/1.1\r\nHos",
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0",
      "PRI * HTTP/2.0\r\n\r\nrubbish rubbish rubbish",
    ]) {
      const socket = connectTcp(Number(port), "127.0.0.1").on("error", () => {});
      await new Promise((resolve) => socket.write(half, "latin1", resolve));
      socket.destroy();
    }
    await eventually("its line", () => ended("GetDecision") === 1);
    await server.as("human:carol").decisions.getDecision({ decisionId });
  });
});

test("clients that never read cost bounded memory, hold nobody up, and lose nothing once they read", async () => {
  const stuck = Array.from({ length: 40 }, () => neverRead("WatchDecisions"));
  const alsoStuck = Array.from({ length: 40 }, () => neverRead("WatchDecision"));
  await events(100);
  const before = memoryInUse();
  const begun = performance.now();
  await events(3_000);
  const took = performance.now() - begun;
  // Kept for each of them, it would be 80 times 12 MiB.
  expect((memoryInUse() - before) / 2 ** 20).toBeLessThan(150);
  const quick = performance.now();
  await server.as("human:carol").decisions.getDecision({ decisionId });
  expect(performance.now() - quick, "a call by somebody else").toBeLessThan(Math.max(1_000, took));
  expect(ended("WatchDecisions") + ended("WatchDecision")).toBe(0);

  let bytes = 0;
  const [late] = stuck;
  late?.stream.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
  });
  await eventually("everything has arrived after all", () => bytes > 3_000 * 4_096);
  for (const { session } of [...stuck, ...alsoStuck]) session.destroy();
  await eventually("all are free", () => ended("WatchDecisions") + ended("WatchDecision") === 80);
});

test("1,500 cancels on one connection, at once and one after the other: the connection lives", async () => {
  const session = connectHttp2(server.url);
  onTestFinished(() => session.destroy());
  const body = enveloped(toBinary(WatchDecisionRequestSchema, create(WatchDecisionRequestSchema, { decisionId })));
  const cancelled = () =>
    new Promise<void>((resolve, reject) => {
      const stream = session.request({ ...GRPC, ":path": `${DECISIONS}/WatchDecision` });
      stream.once("data", () => stream.close(constants.NGHTTP2_CANCEL));
      stream.on("error", reject).once("close", resolve).end(body);
    });
  await Promise.all(Array.from({ length: 1_000 }, cancelled));
  for (let index = 0; index < 500; index++) await cancelled();
  await eventually("all are free", () => ended("WatchDecision") === 1_500);
  expect(session.closed || session.destroyed).toBe(false);
  await cancelled();
});

test("a stream that is answered before its request has ended does not stay open", async () => {
  const session = connectHttp2(server.url);
  onTestFinished(() => session.destroy());
  const stream = session.request({
    ":method": "POST",
    ":path": `${DECISIONS}/GetDecision`,
    "content-type": "application/grpc",
    "nexus-actor": "human:rude",
  });
  // Announces 5 MiB and never comes to the end of it.
  stream.write(enveloped(new Uint8Array(10_000), 0, 5 * 1024 * 1024));
  stream.resume();
  const answered = new Promise((resolve) =>
    stream.once("response", (headers) => resolve(headers["grpc-status"] ?? headers[":status"])),
  );
  const closed = new Promise((resolve) => stream.once("close", () => resolve("closed")));
  expect(await answered).toBeDefined();
  expect(await closed).toBe("closed");
});
