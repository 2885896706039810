import { createServer as createHttp1Server, type IncomingMessage, type ServerResponse } from "node:http";
import {
  constants,
  createServer as createHttp2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import type { AddressInfo, Socket } from "node:net";
import type { connectNodeAdapter } from "@connectrpc/connect-node";
import { dropFarDeadline } from "./far-deadline.ts";

export interface HttpServer {
  readonly host: string;
  readonly port: number;
  /** Takes no more connections, lets calls under way end, at most so many milliseconds, then cuts what is left. */
  close(grace: number): Promise<void>;
}

type Request = IncomingMessage | Http2ServerRequest;
type Response = ServerResponse | Http2ServerResponse;

/** How an HTTP/2 connection with prior knowledge begins (RFC 9113, section 3.4), and no HTTP/1.1 method does. */
const PREFACE = "PRI";

/** How long a connection may take to send its first bytes, in milliseconds. */
const FIRST_BYTES_WITHIN = 30_000;

/** Silence after which the kernel asks whether the other side is still there, in milliseconds. */
const KEEP_ALIVE_AFTER = 30_000;

/** How long the rest of a request is taken in that has been answered already, in milliseconds. */
const REST_WITHIN = 2_000;

/**
 * Listens for HTTP/1.1 and HTTP/2 with prior knowledge on one cleartext port, and says by whom a request is refused before it is handled.
 *
 * @param options.refuse gives the reason to refuse a request, or undefined.
 */
export async function listenHttp(options: {
  readonly host: string;
  readonly port: number;
  readonly handler: ReturnType<typeof connectNodeAdapter>;
  readonly refuse: (request: Request) => string | undefined;
  readonly maxStreamsPerConnection: number;
}): Promise<HttpServer> {
  const { handler, refuse, maxStreamsPerConnection } = options;
  const sockets = new Set<Socket>();
  const sessions = new Set<ServerHttp2Session>();
  const http1 = createHttp1Server((request, response) => handle(request, response));
  const http2 = createHttp2Server(
    {
      settings: { maxConcurrentStreams: maxStreamsPerConnection },
      // A client may cancel thousands of calls at once without losing its connection; a flood of resets still ends it.
      streamResetBurst: 10_000,
      streamResetRate: 1_000,
    },
    (request, response) => handle(request, response),
  );
  http2.on("session", (session) => {
    sessions.add(session);
    session.once("close", () => sessions.delete(session));
    // A client's broken connection is its own affair: every call on it is cancelled.
    session.on("error", () => session.destroy());
  });

  // Every connection comes in at the HTTP/1.1 server, which keeps its timeouts and its books; those that open with HTTP/2's preface are handed on.
  const answerHttp1 = http1.listeners("connection");
  http1.removeAllListeners("connection").on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    socket.setTimeout(FIRST_BYTES_WITHIN, () => socket.destroy());
    // A machine that vanished without a word is found out in the end, also while nothing is sent to it.
    socket.setKeepAlive(true, KEEP_ALIVE_AFTER);
    firstBytes(socket, (isHttp2) => {
      socket.setTimeout(0);
      if (isHttp2) {
        // Sockets of an HTTP/1.1 server outlive the client's end; nothing in HTTP/2 would notice that it is gone.
        socket.allowHalfOpen = false;
        http2.emit("connection", socket);
      } else for (const listener of answerHttp1) listener.call(http1, socket);
    });
  });
  await new Promise<void>((resolve, reject) => {
    http1.once("error", reject);
    http1.listen(options.port, options.host, () => {
      http1.off("error", reject);
      resolve();
    });
  });
  const { address: host, port } = http1.address() as AddressInfo;

  return {
    host,
    port,
    async close(grace) {
      const closed = new Promise<void>((resolve) => http1.close(() => resolve()));
      for (const session of sessions) session.close();
      const cut = setTimeout(() => {
        for (const socket of sockets) socket.destroy();
      }, grace);
      await closed;
      clearTimeout(cut);
    },
  };

  function handle(request: Request, response: Response): void {
    // A write that was on its way when the client vanished is never reported; whoever waits for it must not wait for ever.
    response.once("close", () => response.emit("drain"));
    if ("stream" in response) freeWhenAnswered(response.stream);
    const refusal = refuse(request);
    if (refusal === undefined) {
      dropFarDeadline(request);
      return handler(request, response);
    }
    response.statusCode = 403;
    response.setHeader("content-type", "text/plain; charset=utf-8");
    response.end(`${refusal}\n`);
  }
}

/**
 * A stream that is answered before its request was read to the end (too large, by nobody valid) must not stay open for ever, nor end before the client has read
 * the answer: the rest is thrown away for a while, then the client is told to stop (RFC 9113, section 8.1).
 */
function freeWhenAnswered(stream: ServerHttp2Stream): void {
  stream.once("finish", () => {
    if (stream.readableEnded) return;
    stream.removeAllListeners("data").resume();
    const cut = setTimeout(() => stream.close(constants.NGHTTP2_NO_ERROR), REST_WITHIN);
    stream.once("close", () => clearTimeout(cut));
  });
}

/** Tells by a connection's first bytes, which stay unread, whether it speaks HTTP/2. */
function firstBytes(socket: Socket, tell: (isHttp2: boolean) => void, before = Buffer.alloc(0)): void {
  socket.once("readable", () => {
    const chunk = socket.read() as Buffer | null;
    if (chunk === null) {
      socket.destroy();
      return;
    }
    const bytes = Buffer.concat([before, chunk]);
    const start = bytes.toString("latin1", 0, PREFACE.length);
    if (start.length < PREFACE.length && PREFACE.startsWith(start)) return firstBytes(socket, tell, bytes);
    socket.unshift(bytes);
    tell(start === PREFACE);
  });
}
