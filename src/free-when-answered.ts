import type { IncomingMessage, ServerResponse } from "node:http";
import { constants, type ServerHttp2Stream } from "node:http2";

/** How long the rest of a request is taken in that has been answered already, in milliseconds. */
const REST_WITHIN = 2_000;

/**
 * A stream that is answered before its request was read to the end (too large, by nobody valid) must not stay open for ever, nor end before the client has read
 * the answer: the rest is thrown away for a while, then the client is told to stop (RFC 9113, section 8.1).
 *
 * @param took hears how much is thrown away.
 */
export function freeWhenAnswered(stream: ServerHttp2Stream, took: (bytes: number) => void): void {
  stream.once("finish", () => {
    if (stream.readableEnded) return;
    stream.removeAllListeners("data").on("data", (chunk: Buffer) => took(chunk.length));
    stream.resume();
    const cut = setTimeout(() => stream.close(constants.NGHTTP2_NO_ERROR), REST_WITHIN);
    stream.once("close", () => clearTimeout(cut));
  });
}

/** The same for a connection of HTTP/1.1: the next request on it comes behind the rest of this one. */
export function freeConnectionWhenAnswered(request: IncomingMessage, response: ServerResponse): void {
  response.once("finish", () => {
    if (request.complete) return;
    request.resume();
    const cut = setTimeout(() => request.destroy(), REST_WITHIN);
    request.once("close", () => clearTimeout(cut));
  });
}
