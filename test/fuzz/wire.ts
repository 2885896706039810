import { METHODS, pathOf, randomJson } from "./messages.ts";
import { mutateBytes } from "./mutate.ts";
import type { Random } from "./random.ts";

/** Bytes for a connection, and how many requests or frames they were meant as. */
export interface Wire {
  readonly bytes: Buffer;
  readonly frames: number;
}

const NAMES = [
  "nexus-actor",
  "nexus-groups",
  "authorization",
  "x-nexus-on-behalf-of",
  "nexus-actor-bin",
  "content-encoding",
  "grpc-encoding",
  "grpc-accept-encoding",
  "grpc-timeout",
  "connect-timeout-ms",
  "connect-protocol-version",
  "te",
  "accept-encoding",
  "expect",
  "connection",
  "upgrade",
  "transfer-encoding",
  "content-length",
  "host",
  "origin",
  "cookie",
  "x",
];

const VALUES = [
  "human:alice",
  "system:robot",
  "human:Alice",
  "human:",
  "gzip",
  "br",
  "identity",
  "unknown",
  "1S",
  "99999999H",
  "-1",
  "1",
  "trailers",
  "100-continue",
  "chunked",
  "chunked, chunked",
  "keep-alive, authorization",
  "h2c",
  "0",
  "18446744073709551616",
  "localhost",
  "evil.example",
  "Bearer x",
  "Bearer eyJhbGciOiJub25lIn0.e30.",
  "",
];

export const CONTENT_TYPES = [
  "application/grpc",
  "application/grpc+proto",
  "application/grpc+json",
  "application/grpc-web+proto",
  "application/grpc-web+json",
  "application/grpc-web-text",
  "application/json",
  "application/proto",
  "application/connect+json",
  "application/connect+proto",
  "application/json; charset=utf-16",
  "text/plain",
  "",
];

/** Headers that make sense somewhere, and some that do nowhere. */
export function randomHeaders(random: Random): [string, string][] {
  return Array.from({ length: random.size(10) }, () => {
    const value = random.chance(0.85) ? random.pick(VALUES) : "v".repeat(random.size(9_000));
    return [random.chance(0.95) ? random.pick(NAMES) : `x-${random.below(1_000)}`, value] as [string, string];
  });
}

/** Requests of HTTP/1.1 as text, one behind the other. */
export function http1(random: Random, ids: readonly string[]): Wire {
  const requests = Array.from({ length: 1 + random.below(4) }, () => {
    const method = random.pick(METHODS);
    const body = randomJson(random, method, ids);
    const verb = random.pick(["POST", "POST", "POST", "POST", "GET", "PUT", "OPTIONS", "PRI", "CONNECT", "TRACE"]);
    const query = random.chance(0.1) ? `?connect=v1&encoding=json&message=${encodeURIComponent(body.toString())}` : "";
    const length = random.pick([
      `${body.length}`,
      `${body.length}`,
      `${body.length}`,
      "0",
      "-1",
      "99999999999",
      `${body.length}, ${body.length}`,
    ]);
    const isChunked = random.chance(0.2);
    const framing = isChunked ? "transfer-encoding: chunked" : `content-length: ${length}`;
    const more = randomHeaders(random).map(([name, value]) => `${name}: ${value}\r\n`);
    const head = `${verb} ${pathOf(method)}${query} HTTP/1.${random.below(2)}\r\nhost: localhost\r\nnexus-actor: human:fuzz\r\ncontent-type: ${random.pick(CONTENT_TYPES)}\r\n${framing}\r\n${more.join("")}\r\n`;
    const chunked = () =>
      Buffer.concat([
        Buffer.from(`${random.pick([body.length, body.length, 0, 2 ** 40]).toString(16)}\r\n`),
        body,
        Buffer.from("\r\n0\r\n\r\n"),
      ]);
    return Buffer.concat([Buffer.from(head, "latin1"), isChunked ? chunked() : body]);
  });
  const bytes = Buffer.concat(requests);
  return { bytes: random.chance(0.6) ? mutateBytes(random, bytes) : bytes, frames: requests.length };
}

export const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
export const [DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION] =
  [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] as const;

export function frame(type: number, flags: number, stream: number, payload: Uint8Array): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(Math.min(payload.length, 0xffffff), 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream >>> 0, 5);
  return Buffer.concat([head, payload]);
}

/** A header block of literals without a table (RFC 7541, section 6.2.2). */
export function headerBlock(headers: readonly (readonly [string, string])[]): Buffer {
  const text = (value: string) => {
    const bytes = Buffer.from(value, "latin1");
    const length = bytes.length < 127 ? [bytes.length] : integer(bytes.length - 127);
    return Buffer.concat([Buffer.from(length), bytes]);
  };
  return Buffer.concat(headers.map(([name, value]) => Buffer.concat([Buffer.from([0]), text(name), text(value)])));
}

/** What does not fit into a prefix of seven bits (RFC 7541, section 5.1). */
function integer(rest: number): number[] {
  const bytes = [127];
  let left = rest;
  for (; left >= 128; left = Math.floor(left / 128)) bytes.push((left % 128) | 128);
  return [...bytes, left];
}

/** A connection of HTTP/2 from its preface on, frame by frame, in and out of order. */
export function http2(random: Random, ids: readonly string[]): Wire {
  const count = 4 + random.below(28);
  const pieces: Buffer[] = [PREFACE, frame(SETTINGS, 0, 0, Buffer.alloc(0))];
  let stream = 1;
  for (let i = 0; i < count; i++) {
    const made = randomFrame(random, stream, ids);
    if (made.isNew) stream += 2;
    pieces.push(random.chance(0.15) ? mutateBytes(random, made.bytes) : made.bytes);
  }
  return { bytes: Buffer.concat(pieces), frames: count };
}

function randomFrame(
  random: Random,
  next: number,
  ids: readonly string[],
): { readonly bytes: Buffer; readonly isNew?: boolean } {
  const known = random.chance(0.9) ? Math.max(1, next - 2) : random.pick([0, 2, next + 100, 0x7fffffff]);
  const word = Buffer.alloc(4);
  word.writeUInt32BE(random.pick([0, 1, 8, 0xffff, 0x7fffffff, 0xffffffff]));
  switch (
    random.pick([
      HEADERS,
      HEADERS,
      HEADERS,
      DATA,
      DATA,
      DATA,
      PRIORITY,
      RST_STREAM,
      SETTINGS,
      PUSH_PROMISE,
      PING,
      GOAWAY,
      WINDOW_UPDATE,
      CONTINUATION,
      0x20,
    ])
  ) {
    case HEADERS: {
      const method = random.pick(METHODS);
      const block = headerBlock([
        [":method", "POST"],
        [":scheme", "http"],
        [":path", pathOf(method)],
        [":authority", "localhost"],
        ["content-type", random.pick(CONTENT_TYPES)],
        ["nexus-actor", "human:fuzz"],
        ...(random.chance(0.5) ? randomHeaders(random) : []),
      ]);
      const cut = random.chance(0.1) ? random.below(block.length) : block.length;
      const bytes = frame(HEADERS, random.pick([4, 4, 4, 5, 0, 0x2c]), next, block.subarray(0, cut));
      return {
        bytes: cut < block.length ? Buffer.concat([bytes, frame(CONTINUATION, 4, next, block.subarray(cut))]) : bytes,
        isNew: true,
      };
    }
    case DATA: {
      const message = randomJson(random, random.pick(METHODS), ids);
      const envelope = Buffer.alloc(5);
      envelope.writeUInt8(random.pick([0, 0, 0, 1, 2, 0x80, 0xff]), 0);
      envelope.writeUInt32BE(random.pick([message.length, message.length, 0, 0xffffffff, message.length + 1]), 1);
      return {
        bytes: frame(DATA, random.pick([0, 1, 1, 9]), known, Buffer.concat([envelope, message]).subarray(0, 16_384)),
      };
    }
    case RST_STREAM:
      return { bytes: frame(RST_STREAM, 0, known, word) };
    case SETTINGS:
      return {
        bytes: frame(
          SETTINGS,
          random.pick([0, 0, 1]),
          0,
          random.chance(0.5)
            ? Buffer.concat([Buffer.from([0, 1 + random.below(8)]), word])
            : random.bytes(random.pick([0, 6, 12, 5])),
        ),
      };
    case PING:
      return { bytes: frame(PING, random.below(2), 0, random.bytes(random.pick([8, 8, 8, 7]))) };
    case WINDOW_UPDATE:
      return { bytes: frame(WINDOW_UPDATE, 0, random.pick([0, known]), word) };
    case PRIORITY:
      return { bytes: frame(PRIORITY, 0, known, random.bytes(5)) };
    case GOAWAY:
      return { bytes: frame(GOAWAY, 0, 0, random.bytes(random.pick([8, 20]))) };
    case PUSH_PROMISE:
      return { bytes: frame(PUSH_PROMISE, 4, known, random.bytes(random.size(60))) };
    case CONTINUATION:
      return { bytes: frame(CONTINUATION, random.pick([0, 4]), known, random.bytes(random.size(60))) };
    default:
      return { bytes: frame(10 + random.below(240), random.below(256), known, random.bytes(random.size(200))) };
  }
}
