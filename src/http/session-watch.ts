import { constants, type ServerHttp2Session } from "node:http2";

export interface SessionSettings {
  readonly handshakeSeconds: number;
  readonly idleSeconds: number;
  readonly maxAgeSeconds?: number | undefined;
}

/** A session of HTTP/2 that is looked at again and again. */
export interface WatchedSession {
  /** A stream was opened, or closed. */
  opened(): void;
  closed(): void;
  /** So many bytes of the body of a request have come. */
  took(bytes: number): void;
  /** Ends it if it floods, is idle, or is old. */
  look(): void;
}

/** PING and SETTINGS frames that a client may send a second, and how many at once. Clients that keep a connection alive send one in some seconds. */
export const CONTROL_FRAMES = { perSecond: 20, burst: 200 } as const;

/**
 * Clients of gRPC measure a connection by a PING for what they are sent, up to one a round trip: where so many bytes have gone to a client since its last PING, the next one is not
 * counted, as gRPC's own servers do not count it. It is more than the answers to a few PINGs take.
 */
export const MEASURED_BYTES = 256;

/** Bytes between two looks, beyond what requests and answers account for: WINDOW_UPDATE frames, and the heads of frames without content. */
export const MAX_IDLE_BYTES = 1024 * 1024;

/** What the headers of a request may take of the connection. */
const BYTES_A_STREAM = 16 * 1024;

/** How much of what is sent comes back as WINDOW_UPDATE, at most. */
const ANSWERED_SHARE = 1 / 8;

/** How often sessions are looked at, in milliseconds. */
export const LOOK_EVERY = 1_000;

/**
 * Ends what Node lets go on: floods of frames that cost it little and bring nothing, connections without a call, and those that are old. Resets of streams, empty DATA
 * and CONTINUATION frames, PRIORITY and unknown ones are counted by Node itself (test/fault/http2-floods.test.ts).
 *
 * @param random in [0, 1): so that not all connections of a moment end in one.
 */
export function watchSession(
  session: ServerHttp2Session,
  settings: () => SessionSettings,
  surroundings: {
    readonly uptime: () => number;
    readonly random: number;
    readonly tellFlood: (what: string) => void;
  },
): WatchedSession {
  const { uptime, random, tellFlood } = surroundings;
  const began = uptime();
  let idleSince: number | undefined = began;
  let open = 0;
  let controls: number = CONTROL_FRAMES.burst;
  let allowed = 0;
  let lookedAt = began;
  let readBefore = session.socket.bytesRead;
  let writtenBefore = session.socket.bytesWritten;
  const control = (what: string) => () => {
    controls -= 1;
    if (controls < 0) calmDown(what);
  };
  const unasked = control("PING");
  let writtenAtPing = session.socket.bytesWritten;
  session.on("ping", () => {
    const { bytesWritten } = session.socket;
    const isMeasuring = bytesWritten - writtenAtPing >= MEASURED_BYTES;
    writtenAtPing = bytesWritten;
    if (!isMeasuring) unasked();
  });
  session.on("remoteSettings", control("SETTINGS"));
  let isAcknowledged = false;
  session.once("localSettings", () => {
    isAcknowledged = true;
  });

  return {
    opened() {
      open += 1;
      allowed += BYTES_A_STREAM;
      idleSince = undefined;
    },
    closed() {
      open -= 1;
      if (open === 0) idleSince = uptime();
    },
    took(bytes) {
      allowed += bytes;
    },
    look() {
      if (session.destroyed) return;
      const now = uptime();
      const seconds = (now - lookedAt) / 1000;
      controls = Math.min(CONTROL_FRAMES.burst, controls + seconds * CONTROL_FRAMES.perSecond);
      const { bytesRead, bytesWritten } = session.socket;
      const accounted = allowed + (bytesWritten - writtenBefore) * ANSWERED_SHARE;
      const idleBytes = bytesRead - readBefore - accounted;
      readBefore = bytesRead;
      writtenBefore = bytesWritten;
      allowed = 0;
      lookedAt = now;
      if (idleBytes > MAX_IDLE_BYTES * Math.max(1, seconds)) return calmDown("frames without content");
      const { handshakeSeconds, idleSeconds, maxAgeSeconds } = settings();
      // Until then Node does not hold the client to what its SETTINGS say, such as how long headers may be.
      if (!isAcknowledged && now - began > handshakeSeconds * 1000) {
        session.destroy(constants.NGHTTP2_SETTINGS_TIMEOUT as unknown as Error);
        return;
      }
      const isIdle = idleSince !== undefined && now - idleSince > idleSeconds * 1000;
      const age = maxAgeSeconds === undefined ? Number.POSITIVE_INFINITY : maxAgeSeconds * (0.9 + 0.2 * random);
      if (isIdle || now - began > age * 1000) session.close();
    },
  };

  /** RFC 9113, section 10.5. */
  function calmDown(what: string): void {
    if (session.destroyed) return;
    tellFlood(what);
    session.destroy(constants.NGHTTP2_ENHANCE_YOUR_CALM as unknown as Error);
  }
}
