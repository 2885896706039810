import { type ClientHttp2Session, connect as connectHttp2, constants } from "node:http2";
import { connect as connectTcp } from "node:net";
import { gzipSync } from "node:zlib";
import { METHODS, pathOf, randomBinary, randomJson } from "./messages.ts";
import { randomOf } from "./random.ts";
import { CONTENT_TYPES, http1, http2, randomHeaders, type Wire } from "./wire.ts";

/** How long an answer is waited for, in milliseconds. A stream that has been opened is left earlier. */
const PATIENCE = 10_000;
const LISTEN = 30;

export interface Target {
  readonly host: string;
  readonly port: number;
}

/** Somebody who sends case after case; one connection after the other, and calls side by side on one of HTTP/2. */
export interface Attacker {
  /** Sends a case. @returns how many requests or frames it was. */
  send(index: number): Promise<number>;
  /** Calls that had no answer at all. */
  readonly unanswered: () => number;
  close(): void;
}

export function createAttacker({ host, port }: Target, seed: number, ids: readonly string[]): Attacker {
  let session: ClientHttp2Session | undefined;
  let unanswered = 0;

  return {
    async send(index) {
      const random = randomOf(seed, index);
      const kind = random.next();
      if (kind < 0.1) return await overSocket(http1(random, ids), random.chance(0.3));
      if (kind < 0.5) return await overSocket(http2(random, ids), random.chance(0.3));
      return await call(index);
    },
    unanswered: () => unanswered,
    close: () => session?.destroy(),
  };

  /** Sends bytes and listens for a moment, or goes at once. */
  function overSocket({ bytes, frames }: Wire, isRude: boolean): Promise<number> {
    return new Promise((resolve) => {
      const socket = connectTcp(port, host);
      const done = () => {
        clearTimeout(timer);
        socket.destroy();
        resolve(frames);
      };
      const timer = setTimeout(done, PATIENCE);
      socket.on("error", done).on("close", done);
      socket.resume();
      socket.write(bytes, () => {
        if (isRude) return done();
        socket.once("data", () => setTimeout(done, LISTEN));
        setTimeout(done, 3 * LISTEN);
      });
    });
  }

  /** A call over a sound connection of HTTP/2, with a message in which something is wrong. */
  function call(index: number): Promise<number> {
    const random = randomOf(seed, index);
    random.next();
    const method = random.pick(METHODS);
    const type = random.pick(CONTENT_TYPES);
    const isJson = type.includes("json");
    const count = random.chance(0.9) ? 1 : 1 + random.below(4);
    const isEnveloped = type.includes("grpc") || type.includes("connect+");
    const body = Buffer.concat(
      Array.from({ length: count }, () => {
        const message = isJson ? randomJson(random, method, ids) : randomBinary(random, method, ids);
        if (!isEnveloped) return message;
        const isPacked = random.chance(0.1);
        const payload = isPacked ? gzipSync(message) : message;
        const head = Buffer.alloc(5);
        head.writeUInt8(isPacked ? 1 : random.pick([0, 0, 0, 0, 0, 0, 0, 1, 2, 0x80, 0x7f]), 0);
        head.writeUInt32BE(
          random.chance(0.9) ? payload.length : random.pick([0, 1, payload.length + 1, 0x7fffffff, 0xffffffff]),
          1,
        );
        return Buffer.concat([head, payload]);
      }),
    );
    const text = type.includes("-text") ? Buffer.from(body.toString("base64")) : body;
    const isEnding = random.chance(0.97);
    const headers: Record<string, string> = {
      ":method": "POST",
      ":path": pathOf(method),
      "nexus-actor": random.pick(["human:fuzz", "human:alice", "system:robot", "human:carol"]),
      ...(type === "" ? {} : { "content-type": type }),
      ...(random.chance(0.1) ? { "grpc-encoding": "gzip" } : {}),
      ...(random.chance(0.25) ? Object.fromEntries(randomHeaders(random).filter(([name]) => isSendable(name))) : {}),
    };
    return new Promise((resolve) => {
      let isHeard = false;
      let stream: ReturnType<ClientHttp2Session["request"]>;
      try {
        stream = sessionNow().request(headers);
      } catch {
        session?.destroy();
        session = undefined;
        resolve(0);
        return;
      }
      const leave = () => stream.close(constants.NGHTTP2_CANCEL);
      const patience = setTimeout(
        () => {
          // One whose request never ends is owed no answer.
          if (!isHeard && isEnding) unanswered += 1;
          leave();
        },
        isEnding ? PATIENCE : LISTEN,
      );
      const listen = method.methodKind === "unary" ? undefined : setTimeout(leave, 3 * LISTEN);
      stream.on("response", () => {
        isHeard = true;
      });
      stream.on("error", () => undefined);
      stream.once("close", () => {
        clearTimeout(patience);
        clearTimeout(listen);
        resolve(count);
      });
      stream.resume();
      if (isEnding) stream.end(text);
      else stream.write(text);
    });
  }

  function sessionNow(): ClientHttp2Session {
    if (session === undefined || session.destroyed || session.closed) {
      session = connectHttp2(`http://${host}:${port}`);
      session.on("error", () => undefined);
    }
    return session;
  }
}

/** What HTTP/2 of Node would not send. */
function isSendable(name: string): boolean {
  return !["connection", "upgrade", "transfer-encoding", "host", "te", "content-length"].includes(name);
}
