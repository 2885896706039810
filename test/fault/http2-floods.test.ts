import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { eventually } from "../support/eventually.ts";
import { ERROR, FLAG, frame, headers, type RawHttp2, rawHttp2, TYPE, uint32 } from "../support/raw-http2.ts";
import { type ServerProcess, serverProcess } from "../support/server-process.ts";
import { type Clients, clientsOf } from "../support/server-under-test.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

/** How much a server may grow by what a flood leaves behind, in bytes: garbage that is not collected yet, mostly. */
const MARGIN = 200 * 2 ** 20;

const CALL = {
  ":method": "POST",
  ":scheme": "http",
  ":path": "/nexus.attest.v1.DecisionService/ListDecisions",
  ":authority": "localhost",
  "content-type": "application/grpc",
  "nexus-actor": "human:mallory",
};

const open = (stream: number) => frame(TYPE.HEADERS, FLAG.END_HEADERS, stream, headers(CALL));
const many = (count: number, make: (index: number) => Uint8Array) =>
  Buffer.concat(Array.from({ length: count }, (_, index) => make(index)));
const setting = (id: number, value: number) => Buffer.concat([Buffer.of(0, id), uint32(value)]);
const INITIAL_WINDOW_SIZE = 4;

/** A flood: what comes first, and what comes again and again. */
interface Flood {
  readonly first?: Uint8Array;
  readonly again: (round: number) => Uint8Array;
}

/** Each has to end its connection. `paced` ones come slower than Node's own limits see. */
const FLOODS: Readonly<Record<string, Flood>> = {
  "streams opened and reset (rapid reset)": {
    again: (round) =>
      many(500, (index) => {
        const stream = 1 + 2 * (round * 500 + index);
        return Buffer.concat([open(stream), frame(TYPE.RST_STREAM, 0, stream, uint32(8))]);
      }),
  },
  "streams that make the server reset them": {
    again: (round) =>
      many(500, (index) => {
        const stream = 1 + 2 * (round * 500 + index);
        return Buffer.concat([open(stream), frame(TYPE.WINDOW_UPDATE, 0, stream, uint32(0))]);
      }),
  },
  SETTINGS: { again: () => many(1_000, () => frame(TYPE.SETTINGS, 0, 0)) },
  "SETTINGS, paced": {
    again: () => many(20, () => frame(TYPE.SETTINGS, 0, 0, setting(INITIAL_WINDOW_SIZE, 65_535))),
  },
  "SETTINGS with too many entries": {
    again: () =>
      frame(
        TYPE.SETTINGS,
        0,
        0,
        many(33, () => setting(INITIAL_WINDOW_SIZE, 65_535)),
      ),
  },
  PING: { again: () => many(2_000, () => frame(TYPE.PING, 0, 0, Buffer.alloc(8))) },
  "PING, paced": { again: () => many(20, () => frame(TYPE.PING, 0, 0, Buffer.alloc(8))) },
  "answers to PINGs that nobody sent": {
    again: () => many(1_000, () => frame(TYPE.PING, FLAG.ACK, 0, Buffer.alloc(8))),
  },
  "empty DATA": { first: open(1), again: () => many(1_000, () => frame(TYPE.DATA, 0, 1)) },
  "DATA of a byte each": { first: open(1), again: () => many(2_000, () => frame(TYPE.DATA, 0, 1, Buffer.of(0))) },
  CONTINUATION: {
    first: frame(TYPE.HEADERS, 0, 1, headers(CALL)),
    again: () => many(1_000, () => frame(TYPE.CONTINUATION, 0, 1)),
  },
  "WINDOW_UPDATE of the connection": { again: () => many(20_000, () => frame(TYPE.WINDOW_UPDATE, 0, 0, uint32(1))) },
  "WINDOW_UPDATE of a stream": {
    first: open(1),
    again: () => many(20_000, () => frame(TYPE.WINDOW_UPDATE, 0, 1, uint32(1))),
  },
  PRIORITY: { again: () => many(2_000, () => frame(TYPE.PRIORITY, 0, 1, Buffer.alloc(5))) },
  "frames of a type that nobody knows": { again: () => many(2_000, () => frame(0x42, 0, 0, Buffer.of(0))) },
  "RST_STREAM of one stream": {
    first: open(1),
    again: () => many(2_000, () => frame(TYPE.RST_STREAM, 0, 1, uint32(8))),
  },
  "more streams than it may have": { again: (round) => many(1_000, (index) => open(1 + 2 * (round * 1_000 + index))) },
};

/** Those that Node lets go on, so that the reason is ours to give. */
const ENDED_BY_US = ["SETTINGS, paced", "PING, paced", "SETTINGS with too many entries"];

describe("a flood of frames ends its connection, and others are served", () => {
  let server: ServerProcess;
  let bystander: Clients;
  let before = 0;
  const residentBytes = () =>
    1024 * Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${server.pid}/status`, "utf8"))?.[1]);
  const calls = async () => {
    // On a busy machine thousands of calls at once are an overload as well, so that some of these are to be repeated.
    for (let index = 0; index < 20; index++)
      await eventually("it is served", () => bystander.decisions.listDecisions({}).catch(() => undefined));
  };

  test("of every kind", { timeout: 240_000 }, async () => {
    server = await serverProcess({
      args: ["--listen", "127.0.0.1:0", "--log-level", "warn"],
      cwd: temporaryDirectory(),
    });
    bystander = clientsOf(server.url, "human:alice");
    await calls();
    before = residentBytes();
    const survived: string[] = [];
    for (const [what, flood] of Object.entries(FLOODS)) {
      const client = rawHttp2(Number(new URL(server.url).port));
      await eventually("it has shaken hands", () => client.received.length >= 2);
      const served = calls();
      await pour(client, flood);
      await served;
      if (!client.isClosed) survived.push(what);
      if (ENDED_BY_US.includes(what)) expect(client.goaway?.code, what).toBe(ERROR.ENHANCE_YOUR_CALM);
      client.socket.destroy();
    }
    expect(survived).toEqual([]);
    await calls();
    expect(residentBytes() - before).toBeLessThan(MARGIN);
    expect(server.stderr()).toContain('"reason":"FLOOD","limit":"PING","by":"address 127.0.0.1"');
    expect(server.stderr()).not.toContain("stack");
  });

  /** Sends until the connection is closed, at most for a while. */
  async function pour(client: RawHttp2, { first, again }: Flood): Promise<void> {
    if (first !== undefined) await client.write(first);
    const until = performance.now() + 10_000;
    for (let round = 0; !client.isClosed && performance.now() < until; round++) {
      await client.write(again(round));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
});

describe("headers", () => {
  const call = async (fields: readonly (readonly [string, string])[]) => {
    const server = await serverProcess({ args: ["--listen", "127.0.0.1:0"], cwd: temporaryDirectory() });
    const client = rawHttp2(Number(new URL(server.url).port));
    await eventually("it has shaken hands", () => client.received.length >= 2);
    const block = headers([...Object.entries(CALL), ...fields]);
    const parts = Array.from({ length: Math.ceil(block.length / 16_000) }, (_, index) =>
      block.subarray(index * 16_000, (index + 1) * 16_000),
    );
    await client.write(
      ...parts.map((part, index) =>
        frame(
          index === 0 ? TYPE.HEADERS : TYPE.CONTINUATION,
          index === parts.length - 1 ? FLAG.END_HEADERS : 0,
          1,
          part,
        ),
      ),
      frame(TYPE.DATA, FLAG.END_STREAM, 1, Buffer.alloc(5)),
    );
    return await eventually("an answer", () => client.received.find(({ stream }) => stream === 1));
  };

  test("of 32 KiB in all are taken, and of more are not", async () => {
    expect((await call([["x-large", "x".repeat(30_000)]])).type).toBe(TYPE.HEADERS);
    const refused = await call([["x-large", "x".repeat(33_000)]]);
    expect([refused.type, refused.payload.readUInt32BE()]).toEqual([TYPE.RST_STREAM, ERROR.ENHANCE_YOUR_CALM]);
  });

  test("may be 128, and no more", async () => {
    const some = (count: number) => Array.from({ length: count }, (_, index) => [`x-${index}`, "1"] as const);
    expect((await call(some(120))).type).toBe(TYPE.HEADERS);
    const refused = await call(some(130));
    expect([refused.type, refused.payload.readUInt32BE()]).toEqual([TYPE.RST_STREAM, ERROR.ENHANCE_YOUR_CALM]);
  });
});
