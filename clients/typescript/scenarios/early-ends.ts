// Watches through a proxy that ends answers in good order, but in the middle of a message,
// as one does that has given a server up.
import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import http2, { createServer as createHttp2Server } from "node:http2";
import { syncBuiltinESMExports } from "node:module";
import type { AddressInfo } from "node:net";
import { inspect } from "node:util";
import { create, toBinary } from "@bufbuild/protobuf";
import { type AttestClient, AttestError } from "@nexus-attest/client";
import { WatchDecisionResponseSchema } from "@nexus-attest/client/nexus/attest/v1/decision_service_pb";
import { connect as connectNode } from "@nexus-attest/client/node";
import { connect as connectWeb } from "@nexus-attest/client/web";

/** Where an answer ends that holds the first event and half the second. */
const [FIRST, SECOND] = [event(0), event(1)] as const;
const HALF = Buffer.concat([FIRST, SECOND.subarray(0, 7)]);

/** What each answer holds, and whether it ends as the protocol wants it. */
const ANSWERS = [
  { bytes: HALF, isWhole: false },
  { bytes: Buffer.alloc(0), isWhole: false },
  { bytes: SECOND, isWhole: true },
] as const;

async function overGrpc(): Promise<string> {
  let asked = 0;
  const server = createHttp2Server().on("stream", (stream) => {
    const { bytes, isWhole } = ANSWERS[asked++] ?? { bytes: FIRST, isWhole: false };
    stream.respond({ ":status": 200, "content-type": "application/grpc+proto" }, { waitForTrailers: isWhole });
    stream.once("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
    stream.end(bytes);
  });
  return await told(connectNode(await listening(server), { developmentActor: "human:you" }));
}

/** A connection that fails, and is asked for before it has said so: an error that nobody hears would end the program. */
async function overFailing(): Promise<string> {
  const sessions: http2.ClientHttp2Session[] = [];
  const open = http2.connect;
  http2.connect = ((...how: Parameters<typeof open>) => {
    const session = open(...how);
    sessions.push(session);
    return session;
  }) as typeof open;
  syncBuiltinESMExports();
  let asked = 0;
  const server = createHttp2Server().on("stream", (stream) => {
    const isLast = asked++ > 0;
    stream.on("error", () => {});
    stream.respond({ ":status": 200, "content-type": "application/grpc+proto" }, { waitForTrailers: true });
    stream.once("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
    if (isLast) return stream.end(SECOND);
    stream.write(FIRST);
    setTimeout(() => {
      sessions.at(-1)?.destroy(new Error("read ECONNRESET"));
      void client.decisions.getDecision({}, { timeoutMs: 1_000 }).catch(() => {});
    }, 100);
  });
  const client = connectNode(await listening(server), { developmentActor: "human:you" });
  return await told(client);
}

async function overConnect(): Promise<string> {
  let asked = 0;
  const server = createHttpServer((_, response) => {
    const { bytes, isWhole } = ANSWERS[asked++] ?? { bytes: FIRST, isWhole: false };
    response.writeHead(200, { "content-type": "application/connect+proto" });
    response.end(Buffer.concat([bytes, ...(isWhole ? [enveloped(Buffer.from("{}"), 2)] : [])]));
  });
  return await told(connectWeb(await listening(server), { developmentActor: "human:you" }));
}

/** The events of a watch, and how it ends. */
async function told(client: AttestClient): Promise<string> {
  const seqs: number[] = [];
  try {
    for await (const { kind } of client.watch("0".repeat(32), { signal: AbortSignal.timeout(20_000) }))
      if (kind.case === "event") seqs.push(kind.value.event?.seq ?? -1);
    return `${seqs} and its end`;
  } catch (error) {
    return `${seqs} and ${error instanceof AttestError ? error.message : inspect(error)}`;
  }
}

function event(seq: number): Buffer {
  const digest = (of: number) => (of < 0 ? "" : `sha256:${of}`);
  const recorded = { event: { seq, previousDigest: digest(seq - 1) }, digest: digest(seq) };
  const message = create(WatchDecisionResponseSchema, { kind: { case: "event", value: recorded } });
  return enveloped(toBinary(WatchDecisionResponseSchema, message), 0);
}

function enveloped(bytes: Uint8Array, flags: number): Buffer {
  const head = Buffer.alloc(5, flags);
  head.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([head, bytes]);
}

async function listening(server: ReturnType<typeof createHttp2Server> | ReturnType<typeof createHttpServer>) {
  server.listen(0, "127.0.0.1").unref();
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

let failed = 0;
const trials = [
  ["over gRPC goes on when an answer ends in good order, but in the middle", overGrpc],
  ["over Connect goes on when an answer ends in good order, but in the middle", overConnect],
  ["goes on when its connection fails while another call asks for it", overFailing],
] as const;
for (const [title, trial] of trials) {
  const found = await trial();
  const isRight = found === "0,1 and its end";
  if (!isRight) failed += 1;
  const what = `a watch ${title}`;
  process.stdout.write(isRight ? `ok   ${what}\n` : `FAIL ${what}: ${found}\n`);
}
process.stdout.write(`${trials.length - failed} passed, ${failed} failed\n`);
process.exit(failed === 0 ? 0 : 1);
