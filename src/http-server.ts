import { createServer as createHttp1Server, type IncomingMessage, type ServerResponse } from "node:http";
import {
  createServer as createHttp2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type ServerHttp2Session,
} from "node:http2";
import { createServer as createHttpsServer, type Server as HttpsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import type { connectNodeAdapter } from "@connectrpc/connect-node";
import { type Peer, UNKNOWN_PEER } from "./app/authenticator.ts";
import { createClientTrust } from "./client-trust.ts";
import { dropFarDeadline } from "./far-deadline.ts";
import { firstBytes } from "./first-bytes.ts";
import { freeWhenAnswered } from "./free-when-answered.ts";
import { joinRepeatedIdentities } from "./repeated-headers.ts";
import { contextOptions, type TlsSettings, tlsServerOptions } from "./tls-settings.ts";
import { unusableAuthority } from "./unusable-authority.ts";

export interface HttpServer {
  readonly host: string;
  readonly port: number;
  /** Who is at the other end of the connection that a request came by. */
  peerOf(request: Request): Peer;
  /**
   * Goes on with other certificates. Connections stay, but for those of clients with a certificate where the trusted ones have changed: they end once their calls
   * have, within so many milliseconds.
   */
  renew(tls: TlsSettings, grace: number): void;
  /** Takes no more connections, lets calls under way end, at most so many milliseconds, then cuts what is left. */
  close(grace: number): Promise<void>;
}

export type Request = IncomingMessage | Http2ServerRequest;
type Response = ServerResponse | Http2ServerResponse;

/** How long a connection may take to shake hands, and then to send its first bytes, in milliseconds. */
const FIRST_BYTES_WITHIN = 30_000;

/** Silence after which the kernel asks whether the other side is still there, in milliseconds. */
const KEEP_ALIVE_AFTER = 30_000;

/**
 * Listens for HTTP/1.1 and HTTP/2 on one port, and says by whom a request is refused before it is handled. Over TLS the client chooses by ALPN, else with prior
 * knowledge.
 *
 * @param options.refuse gives the reason to refuse a request, or undefined.
 */
export async function listenHttp(options: {
  readonly host: string;
  readonly port: number;
  /** Undefined: in the clear. */
  readonly tls?: TlsSettings | undefined;
  readonly handler: ReturnType<typeof connectNodeAdapter>;
  readonly refuse: (request: Request) => string | undefined;
  readonly maxStreamsPerConnection: number;
}): Promise<HttpServer> {
  const { handler, refuse, maxStreamsPerConnection, tls } = options;
  const sockets = new Set<Socket>();
  const sessions = new Set<ServerHttp2Session>();
  /** Connections of HTTP/1.1 over TLS. */
  const secured = new Set<TLSSocket>();
  const trust = createClientTrust(tls?.clients);
  /** Who is at the other end of each connection over TLS: of its session, or of its socket where it is HTTP/1.1. */
  const peers = new Map<unknown, Peer>();
  const http1 =
    tls === undefined
      ? createHttp1Server((request, response) => handle(request, response))
      : createHttpsServer({ ...tlsServerOptions(tls), handshakeTimeout: FIRST_BYTES_WITHIN }, (request, response) =>
          handle(request, response),
        );
  const http2 = createHttp2Server(
    {
      settings: { maxConcurrentStreams: maxStreamsPerConnection },
      // A client may cancel thousands of calls at once without losing its connection; a flood of resets still ends it.
      streamResetBurst: 10_000,
      streamResetRate: 1_000,
    },
    (request, response) => handle(request, response),
  );
  // Node's own answer throws where the client has called the stream off meanwhile, and nobody catches it.
  http2.on("checkContinue", (request, response) => {
    if (response.stream.destroyed) return;
    response.writeContinue();
    handle(request, response);
  });
  http2.on("session", (session) => {
    sessions.add(session);
    if (tls !== undefined) peers.set(session, trust.meet(session.socket as TLSSocket));
    session.once("close", () => {
      sessions.delete(session);
      peers.delete(session);
    });
    // A client's broken connection is its own affair: every call on it is cancelled.
    session.on("error", () => session.destroy());
    session.setTimeout(FIRST_BYTES_WITHIN, () => session.destroy());
    session.once("remoteSettings", () => session.setTimeout(0));
  });

  // Every connection comes in at the HTTP/1.1 server, which keeps its timeouts and its books; those that open with HTTP/2's preface are handed on.
  const arrival = tls === undefined ? "connection" : "secureConnection";
  const answerHttp1 = http1.listeners(arrival);
  http1.removeAllListeners(arrival);
  http1.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    // A machine that vanished without a word is found out in the end, also while nothing is sent to it.
    socket.setKeepAlive(true, KEEP_ALIVE_AFTER);
    if (tls === undefined) {
      socket.setTimeout(FIRST_BYTES_WITHIN, () => socket.destroy());
      firstBytes(socket, (isHttp2) => {
        socket.setTimeout(0);
        handOn(socket, isHttp2);
      });
    } else trust.arrives(socket);
  });
  http1.on("secureConnection", (socket: TLSSocket) => {
    socket.on("error", () => socket.destroy());
    const isHttp2 = socket.alpnProtocol === "h2";
    if (!isHttp2) {
      secured.add(socket);
      peers.set(socket, trust.meet(socket));
      socket.once("close", () => {
        secured.delete(socket);
        peers.delete(socket);
      });
    }
    handOn(socket, isHttp2);
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
    peerOf: (request) => peers.get("stream" in request ? request.stream.session : request.socket) ?? UNKNOWN_PEER,
    renew(settings, grace) {
      (http1 as HttpsServer).setSecureContext(contextOptions(settings));
      if (!trust.renew(settings.clients)) return;
      const stale = () => [...sessions, ...secured].filter((connection) => peers.get(connection)?.isStale === true);
      for (const connection of stale()) if ("close" in connection) connection.close();
      setTimeout(() => {
        for (const connection of stale()) connection.destroy();
      }, grace).unref();
    },
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

  function handOn(socket: Socket, isHttp2: boolean): void {
    if (isHttp2) {
      // Sockets of an HTTP/1.1 server outlive the client's end; nothing in HTTP/2 would notice that it is gone.
      socket.allowHalfOpen = false;
      http2.emit("connection", socket);
    } else for (const listener of answerHttp1) listener.call(http1, socket);
  }

  function handle(request: Request, response: Response): void {
    // A write that was on its way when the client vanished is never reported; whoever waits for it must not wait for ever.
    response.once("close", () => response.emit("drain"));
    if ("stream" in response) freeWhenAnswered(response.stream);
    // Who reads a request listens no more once its response is closed; an error that comes after would end the process.
    request.on("error", () => undefined);
    const refusal = refuse(request);
    if (refusal !== undefined) return answer(response, 403, refusal);
    const unusable = unusableAuthority(request);
    if (unusable !== undefined) return answer(response, 400, unusable);
    dropFarDeadline(request);
    joinRepeatedIdentities(request);
    try {
      handler(request, response);
    } catch {
      answer(response, 500, "This server could not make anything of the request.");
    }
  }
}

function answer(response: Response, status: number, words: string): void {
  response.statusCode = status;
  response.setHeader("content-type", "text/plain; charset=utf-8");
  response.end(`${words}\n`);
}
