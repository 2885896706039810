import { constants, type ServerHttp2Stream } from "node:http2";

/** How long the rest of a request is taken in that has been answered already, in milliseconds. */
const REST_WITHIN = 2_000;

/**
 * A stream that is answered before its request was read to the end (too large, by nobody valid) must not stay open for ever, nor end before the client has read
 * the answer: the rest is thrown away for a while, then the client is told to stop (RFC 9113, section 8.1).
 */
export function freeWhenAnswered(stream: ServerHttp2Stream): void {
  stream.once("finish", () => {
    if (stream.readableEnded) return;
    stream.removeAllListeners("data").resume();
    const cut = setTimeout(() => stream.close(constants.NGHTTP2_NO_ERROR), REST_WITHIN);
    stream.once("close", () => clearTimeout(cut));
  });
}
