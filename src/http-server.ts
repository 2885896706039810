import { createServer as createHttp1Server, type IncomingMessage, type ServerResponse } from "node:http";
import {
  createServer as createHttp2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type ServerHttp2Session,
} from "node:http2";
import { type AddressInfo, createServer as createTcpServer, type Socket } from "node:net";
import type { connectNodeAdapter } from "@connectrpc/connect-node";

export interface HttpServer {
  readonly host: string;
  readonly port: number;
  /** Takes no more connections, lets calls under way end, at most so many milliseconds, then cuts what is left. */
  close(grace: number): Promise<void>;
}

type Request = IncomingMessage | Http2ServerRequest;
type Response = ServerResponse | Http2ServerResponse;

/** The first bytes of an HTTP/2 connection with prior knowledge (RFC 9113, section 3.4). */
const PREFACE = "PRI * HTTP/2.0";

/** How long a connection may take to send its first bytes, in milliseconds. */
const FIRST_BYTES_WITHIN = 30_000;

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

  const tcp = createTcpServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    socket.setTimeout(FIRST_BYTES_WITHIN, () => socket.destroy());
    socket.once("readable", () => {
      const first = socket.read() as Buffer | null;
      socket.setTimeout(0);
      if (first === null) {
        socket.destroy();
        return;
      }
      socket.unshift(first);
      const isHttp2 = PREFACE.startsWith(first.toString("latin1", 0, PREFACE.length));
      (isHttp2 ? http2 : http1).emit("connection", socket);
    });
  });
  await new Promise<void>((resolve, reject) => {
    tcp.once("error", reject);
    tcp.listen(options.port, options.host, () => {
      tcp.off("error", reject);
      resolve();
    });
  });
  const { address: host, port } = tcp.address() as AddressInfo;

  return {
    host,
    port,
    async close(grace) {
      const closed = new Promise<void>((resolve) => tcp.close(() => resolve()));
      for (const session of sessions) session.close();
      http1.closeIdleConnections();
      const cut = setTimeout(() => {
        for (const socket of sockets) socket.destroy();
      }, grace);
      await closed;
      clearTimeout(cut);
    },
  };

  function handle(request: Request, response: Response): void {
    const refusal = refuse(request);
    if (refusal === undefined) return handler(request as IncomingMessage, response as ServerResponse);
    response.statusCode = 403;
    response.setHeader("content-type", "text/plain; charset=utf-8");
    response.end(`${refusal}\n`);
  }
}
