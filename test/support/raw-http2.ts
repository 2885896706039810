import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { onTestFinished } from "vitest";

/** Types of frames (RFC 9113, section 6). */
export const TYPE = {
  DATA: 0,
  HEADERS: 1,
  PRIORITY: 2,
  RST_STREAM: 3,
  SETTINGS: 4,
  PUSH_PROMISE: 5,
  PING: 6,
  GOAWAY: 7,
  WINDOW_UPDATE: 8,
  CONTINUATION: 9,
} as const;

export const FLAG = { ACK: 1, END_STREAM: 1, END_HEADERS: 4 } as const;

/** Error codes (RFC 9113, section 7). */
export const ERROR = { NO_ERROR: 0, PROTOCOL: 1, INTERNAL: 2, ENHANCE_YOUR_CALM: 11 } as const;

export function frame(type: number, flags: number, stream: number, payload: Uint8Array = new Uint8Array(0)): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** Headers in HPACK, each literal and without an entry in the table (RFC 7541, section 6.2.2). */
export function headers(fields: Readonly<Record<string, string>> | readonly (readonly [string, string])[]): Buffer {
  const pairs = Array.isArray(fields) ? fields : Object.entries(fields);
  return Buffer.concat(
    pairs.flatMap(([name, value]: readonly [string, string]) => [Buffer.of(0), text(name), text(value)]),
  );
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value, "latin1");
  if (bytes.length < 127) return Buffer.concat([Buffer.of(bytes.length), bytes]);
  const length: number[] = [127];
  let rest = bytes.length - 127;
  for (; rest >= 128; rest >>>= 7) length.push((rest & 127) | 128);
  return Buffer.concat([Buffer.from([...length, rest]), bytes]);
}

export interface Received {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Buffer;
}

export interface RawHttp2 {
  readonly socket: Socket;
  readonly received: readonly Received[];
  /** How the server said goodbye; undefined: it has not. */
  readonly goaway: { readonly code: number; readonly words: string } | undefined;
  readonly isClosed: boolean;
  /** Writes; resolves once it is on its way or the connection is gone. */
  write(...bytes: readonly Uint8Array[]): Promise<void>;
  readonly closed: Promise<void>;
}

/** A client that sends frames as they are given, and keeps those that come. Its preface and its SETTINGS are sent at once, unless it is to be silent. */
export function rawHttp2(
  port: number,
  options: {
    readonly ca?: string;
    /** It sends nothing by itself. */
    readonly isSilent?: boolean;
    readonly neverReads?: boolean;
    /** It never acknowledges what the server sets. */
    readonly isRude?: boolean;
  } = {},
): RawHttp2 {
  const { ca, isSilent = false, neverReads = false, isRude = false } = options;
  const socket: Socket =
    ca === undefined
      ? connect({ port, host: "127.0.0.1", noDelay: true })
      : connectTls({ port, host: "127.0.0.1", ca, ALPNProtocols: ["h2"] });
  onTestFinished(() => void socket.destroy());
  const received: Received[] = [];
  let goaway: RawHttp2["goaway"];
  let isClosed = false;
  let rest = Buffer.alloc(0);
  socket.on("error", () => undefined);
  const closed = new Promise<void>((resolve) => {
    socket.once("close", () => {
      isClosed = true;
      resolve();
    });
  });
  if (!neverReads)
    socket.on("data", (chunk: Buffer) => {
      rest = Buffer.concat([rest, chunk]);
      while (rest.length >= 9 && rest.length >= 9 + rest.readUIntBE(0, 3)) {
        const payload = rest.subarray(9, 9 + rest.readUIntBE(0, 3));
        const type = rest.readUInt8(3);
        received.push({ type, flags: rest.readUInt8(4), stream: rest.readUInt32BE(5) & 0x7fffffff, payload });
        if (type === TYPE.SETTINGS && !isRude && (rest.readUInt8(4) & FLAG.ACK) === 0)
          socket.write(frame(TYPE.SETTINGS, FLAG.ACK, 0));
        if (type === TYPE.GOAWAY) goaway = { code: payload.readUInt32BE(4), words: payload.toString("latin1", 8) };
        rest = rest.subarray(9 + payload.length);
      }
    });
  if (!isSilent) socket.write(Buffer.concat([PREFACE, frame(TYPE.SETTINGS, 0, 0)]));
  return {
    socket,
    received,
    closed,
    get goaway() {
      return goaway;
    },
    get isClosed() {
      return isClosed;
    },
    write: (...bytes) =>
      Promise.race([
        closed,
        new Promise<void>((resolve) => {
          if (isClosed || socket.destroyed) resolve();
          else socket.write(Buffer.concat(bytes), () => resolve());
        }),
      ]),
  };
}

export const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "latin1");
