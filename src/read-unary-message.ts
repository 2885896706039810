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
import { PREFIX, type RequestBody } from "./http/request-body.ts";
import { toRpcError } from "./rpc/errors.ts";

/** So many small parts are put together into one: each costs far more memory than it holds. */
const PARTS_TO_JOIN = 256;

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
  body: RequestBody,
): Promise<Message> {
  const { most } = body;
  const { bytes, isAll } = await readAnnounced(request, body, signal);
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
    transformSplitEnvelope(most),
    transformDecompressEnvelope(compression.request, most),
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

/** Everything that is sent, as long as it is no more than what its beginning announces; what is too large, or does not fit into memory, is not read at all. */
function readAnnounced(
  request: Http2ServerRequest,
  body: RequestBody,
  signal: AbortSignal,
): Promise<{ readonly bytes: Buffer; readonly isAll: boolean }> {
  return new Promise((resolve, reject) => {
    const read: Buffer[] = [];
    let length = 0;
    let small = 0;
    const onData = (chunk: Buffer) => {
      try {
        body.take(chunk);
      } catch (error) {
        return fail(toRpcError(error, signal));
      }
      read.push(chunk);
      length += chunk.length;
      small += 1;
      if (small === PARTS_TO_JOIN) {
        read.push(Buffer.concat(read.splice(-PARTS_TO_JOIN)));
        small = 0;
      }
      if (body.announced !== undefined && length > body.announced) finish(false);
    };
    const onEnd = () => finish(true);
    const onAbort = () => fail(signal.reason as Error);
    const stopFailing = body.onFail((error) => fail(error));
    request.on("data", onData).once("end", onEnd);
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });

    function finish(isAll: boolean): void {
      stop();
      const [only] = read;
      resolve({ bytes: read.length === 1 && only !== undefined ? only : Buffer.concat(read), isAll });
    }

    function fail(error: Error): void {
      stop();
      reject(error);
    }

    function stop(): void {
      body.end();
      stopFailing();
      request.pause();
      request.off("data", onData).off("end", onEnd);
      signal.removeEventListener("abort", onAbort);
    }
  });
}
