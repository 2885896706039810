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
import { UNKNOWN_PEER } from "./app/authenticator.ts";
import { type Connection, unknownConnection } from "./app/connection.ts";
import { createClientTrust } from "./client-trust.ts";
import { firstBytes } from "./first-bytes.ts";
import { freeConnectionWhenAnswered, freeWhenAnswered } from "./free-when-answered.ts";
import { createConnectionSlots } from "./http/connection-slots.ts";
import { LOOK_EVERY, type WatchedSession, watchSession } from "./http/session-watch.ts";
import { networkOf } from "./limits/network.ts";
import { contextOptions, type TlsSettings, tlsServerOptions } from "./tls-settings.ts";

export interface HttpServer {
  readonly host: string;
  readonly port: number;
  /**
   * Goes on with other certificates. Connections stay, but for those of clients with a certificate where the trusted ones have changed: they end once their calls
   * have, within so many milliseconds.
   */
  renew(tls: TlsSettings, grace: number): void;
  /** Takes no more connections, lets calls under way end, at most so many milliseconds, then cuts what is left. */
  close(grace: number): Promise<void>;
}

export type Request = IncomingMessage | Http2ServerRequest;
export type Response = ServerResponse | Http2ServerResponse;

/** What connections may take; see docs/configuration.md, `limits.connections`. */
export interface ConnectionSettings {
  readonly max: number;
  readonly maxPerAddress: number;
  readonly handshakeSeconds: number;
  readonly headerSeconds: number;
  readonly bodySeconds: number;
  readonly idleSeconds: number;
  readonly maxAgeSeconds?: number | undefined;
}

/** Silence after which the kernel asks whether the other side is still there, in milliseconds. */
const KEEP_ALIVE_AFTER = 30_000;

/** All headers of a request together, in bytes; a token may have 8 KiB of them. */
const MAX_HEADER_BYTES = 32 * 1024;

/** Headers of a request. */
const MAX_HEADERS = 128;

/**
 * Listens for HTTP/1.1 and HTTP/2 on one port. Over TLS the client chooses by ALPN, else with prior knowledge.
 *
 * @param options.handler gets each request with the connection that it came by, and what to call with the bytes of its body.
 * @param options.tellFlood hears of connections that were ended because they flood, or refused because there are too many.
 */
export async function listenHttp(options: {
  readonly host: string;
  readonly port: number;
  /** Undefined: in the clear. */
  readonly tls?: TlsSettings | undefined;
  readonly handler: (request: Request, response: Response, connection: Connection, took: TookBody) => void;
  readonly maxStreamsPerConnection: number;
  readonly settings: () => ConnectionSettings;
  readonly tellFlood: (what: string, network: string) => void;
}): Promise<HttpServer> {
  const { handler, maxStreamsPerConnection, settings, tellFlood, tls } = options;
  const sockets = new Set<Socket>();
  const sessions = new Map<ServerHttp2Session, WatchedSession>();
  /** Connections of HTTP/1.1 over TLS. */
  const secured = new Set<TLSSocket>();
  const trust = createClientTrust(tls?.clients);
  const takeSlot = createConnectionSlots(settings);
  /** The connection of each session, or of its socket where it is HTTP/1.1. */
  const connections = new Map<unknown, Connection>();
  const firstBytesWithin = settings().handshakeSeconds * 1000;
  const http1Options = {
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: settings().headerSeconds * 1000,
    requestTimeout: Math.max(settings().headerSeconds, settings().bodySeconds) * 1000,
    connectionsCheckingInterval: LOOK_EVERY,
  };
  const http1 =
    tls === undefined
      ? createHttp1Server(http1Options, onRequest)
      : createHttpsServer({ ...http1Options, ...tlsServerOptions(tls), handshakeTimeout: firstBytesWithin }, onRequest);
  http1.maxHeadersCount = MAX_HEADERS;
  const http2 = createHttp2Server(
    {
      settings: {
        maxConcurrentStreams: maxStreamsPerConnection,
        maxHeaderListSize: MAX_HEADER_BYTES,
        enablePush: false,
      },
      maxHeaderListPairs: MAX_HEADERS,
      // Else a header with white space around its value is left out without a word: a call for somebody would become one in the service's own name.
      strictFieldWhitespaceValidation: false,
      // A client may cancel thousands of calls at once without losing its connection; a flood of resets still ends it.
      streamResetBurst: 4_000,
      streamResetRate: 400,
    },
    onRequest,
  );
  // Node's own answer throws where the client has called the stream off meanwhile, and nobody catches it.
  http2.on("checkContinue", (request, response) => {
    if (response.stream.destroyed) return;
    response.writeContinue();
    onRequest(request, response);
  });
  http2.on("session", (session) => {
    const { socket } = session;
    const connection = meet(session, socket);
    const watched = watchSession(session, settings, {
      uptime: () => performance.now(),
      random: Math.random(),
      tellFlood: (what) => tellFlood(what, connection.network),
    });
    sessions.set(session, watched);
    session.once("close", () => {
      sessions.delete(session);
      connections.delete(session);
    });
    // A client's broken connection is its own affair: every call on it is cancelled.
    session.on("error", () => session.destroy());
    session.setTimeout(firstBytesWithin, () => session.destroy());
    session.once("remoteSettings", () => session.setTimeout(0));
  });
  const looking = setInterval(() => {
    for (const watched of sessions.values()) watched.look();
  }, LOOK_EVERY).unref();

  // Every connection comes in at the HTTP/1.1 server, which keeps its timeouts and its books; those that open with HTTP/2's preface are handed on.
  const arrival = tls === undefined ? "connection" : "secureConnection";
  const answerHttp1 = http1.listeners(arrival);
  const shakeHands = tls === undefined ? [] : http1.listeners("connection");
  http1.removeAllListeners(arrival).removeAllListeners("connection");
  http1.on("connection", (socket: Socket) => {
    const network = networkOf(socket.remoteAddress);
    const free = takeSlot(network);
    if (free === undefined) {
      tellFlood("connections", network);
      socket.destroy();
      return;
    }
    sockets.add(socket);
    socket.once("close", () => {
      sockets.delete(socket);
      free();
    });
    socket.on("error", () => socket.destroy());
    // A machine that vanished without a word is found out in the end, also while nothing is sent to it.
    socket.setKeepAlive(true, KEEP_ALIVE_AFTER);
    if (tls === undefined) {
      socket.setTimeout(firstBytesWithin, () => socket.destroy());
      firstBytes(socket, (isHttp2) => {
        socket.setTimeout(0);
        handOn(socket, isHttp2);
      });
      return;
    }
    trust.arrives(socket);
    for (const listener of shakeHands) listener.call(http1, socket);
  });
  http1.on("secureConnection", (socket: TLSSocket) => {
    socket.on("error", () => socket.destroy());
    const isHttp2 = socket.alpnProtocol === "h2";
    if (!isHttp2) {
      secured.add(socket);
      socket.once("close", () => secured.delete(socket));
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
    renew(next, grace) {
      (http1 as HttpsServer).setSecureContext(contextOptions(next));
      if (!trust.renew(next.clients)) return;
      const stale = () =>
        [...sessions.keys(), ...secured].filter((each) => connections.get(each)?.peer.isStale === true);
      for (const each of stale()) if ("close" in each) each.close();
      setTimeout(() => {
        for (const each of stale()) each.destroy();
      }, grace).unref();
    },
    async close(grace) {
      clearInterval(looking);
      const closed = new Promise<void>((resolve) => http1.close(() => resolve()));
      for (const session of sessions.keys()) session.close();
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
      return;
    }
    meet(socket, socket);
    socket.once("close", () => connections.delete(socket));
    for (const listener of answerHttp1) listener.call(http1, socket);
  }

  /** Who is at the other end of a connection that has shaken hands. */
  function meet(key: unknown, socket: Socket | TLSSocket): Connection {
    const peer = tls === undefined ? UNKNOWN_PEER : trust.meet(socket as TLSSocket);
    const { remoteAddress: address } = socket;
    const connection = { peer, address, network: networkOf(address), hasProvenCaller: false };
    connections.set(key, connection);
    return connection;
  }

  function onRequest(request: Request, response: Response): void {
    const session = "stream" in request ? (request.stream.session as ServerHttp2Session | undefined) : undefined;
    const connection = connections.get(session ?? request.socket) ?? unknownConnection();
    const watched = session === undefined ? undefined : sessions.get(session);
    watched?.opened();
    // A write that was on its way when the client vanished is never reported; whoever waits for it must not wait for ever.
    response.once("close", () => {
      watched?.closed();
      response.emit("drain");
    });
    const took = (bytes: number) => watched?.took(bytes);
    if ("stream" in response) freeWhenAnswered(response.stream, took);
    else freeConnectionWhenAnswered(request as IncomingMessage, response);
    // Who reads a request listens no more once its response is closed; an error that comes after would end the process.
    request.on("error", () => undefined);
    try {
      handler(request, response, connection, took);
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

/** What has come of the body of a request. */
export type TookBody = (bytes: number) => void;
