import type { Http2ServerRequest } from "node:http2";
import { Code, ConnectError } from "@connectrpc/connect";
import {
  compressionNegotiate,
  pipe,
  type Serialization,
  transformDecompressEnvelope,
  transformParseEnvelope,
  transformSplitEnvelope,
} from "@connectrpc/connect/protocol";
import { compressionBrotli, compressionGzip } from "@connectrpc/connect-node";

/** Bytes before a message: flags, and the length of the message (gRPC over HTTP/2, Length-Prefixed-Message). */
const PREFIX = 5;

/** The general handler's own. */
export const COMPRESSIONS = [compressionGzip, compressionBrotli];

/**
 * Reads the one message of a unary gRPC call. One that came plain and whole is parsed right away; whatever else came is taken apart as the general handler does,
 * which also knows all that can be wrong with it.
 *
 * @throws {ConnectError}
 */
export async function readUnaryMessage<Message>(
  request: Http2ServerRequest,
  header: Headers,
  signal: AbortSignal,
  serialization: Serialization<Message>,
  readMaxBytes: number,
): Promise<Message> {
  const { bytes, isAll } = await readUpTo(request, PREFIX + readMaxBytes, signal);
  const encoding = header.get("grpc-encoding");
  if (
    encoding === null &&
    isAll &&
    bytes.length >= PREFIX &&
    bytes[0] === 0 &&
    bytes.readUInt32BE(1) === bytes.length - PREFIX
  )
    return serialization.parse(bytes.subarray(PREFIX));

  const compression = compressionNegotiate(COMPRESSIONS, encoding, null, "grpc-accept-encoding");
  if (compression.error !== undefined) throw compression.error;
  const messages = pipe(
    chunks(),
    transformSplitEnvelope(readMaxBytes),
    transformDecompressEnvelope(compression.request, readMaxBytes),
    transformParseEnvelope(serialization),
  );
  let only: { readonly message: Message } | undefined;
  for await (const message of messages) {
    if (only !== undefined)
      throw new ConnectError("protocol error: received extra input message for unary method", Code.Unimplemented);
    only = { message };
  }
  if (only === undefined)
    throw new ConnectError("protocol error: missing input message for unary method", Code.Unimplemented);
  return only.message;

  async function* chunks(): AsyncIterable<Uint8Array> {
    if (bytes.length > 0) yield bytes;
    if (!isAll) yield* request as AsyncIterable<Uint8Array>;
  }
}

/** Everything that is sent, as long as it is no more than what its beginning announces, and that no more than the limit. */
function readUpTo(
  request: Http2ServerRequest,
  limit: number,
  signal: AbortSignal,
): Promise<{ readonly bytes: Buffer; readonly isAll: boolean }> {
  return new Promise((resolve, reject) => {
    const read: Buffer[] = [];
    let length = 0;
    let announced = limit;
    const onData = (chunk: Buffer) => {
      if (length < PREFIX && length + chunk.length >= PREFIX)
        announced = PREFIX + Buffer.concat([...read, chunk]).readUInt32BE(1);
      read.push(chunk);
      length += chunk.length;
      if (announced > limit || length > announced) finish(false);
    };
    const onEnd = () => finish(true);
    const onAbort = () => {
      stop();
      reject(signal.reason as Error);
    };
    request.on("data", onData).once("end", onEnd);
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });

    function finish(isAll: boolean): void {
      stop();
      const [only] = read;
      resolve({ bytes: read.length === 1 && only !== undefined ? only : Buffer.concat(read), isAll });
    }

    function stop(): void {
      request.pause();
      request.off("data", onData).off("end", onEnd);
      signal.removeEventListener("abort", onAbort);
    }
  });
}
