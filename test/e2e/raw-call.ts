import { connect, type IncomingHttpHeaders } from "node:http2";

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** With gRPC: grpc-status and grpc-message among them. */
  readonly trailers: IncomingHttpHeaders;
  readonly text: string;
}

/** Posts bytes over HTTP/2 with prior knowledge, as they are: for what no client library would send. */
export function postHttp2(
  url: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  body: Uint8Array,
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const session = connect(url).on("error", reject);
    const stream = session.request({ ":method": "POST", ":path": path, ...headers });
    let head: IncomingHttpHeaders = {};
    let trailers: IncomingHttpHeaders = {};
    let text = "";
    stream.setEncoding("utf8");
    stream.on("response", (received) => {
      head = received;
    });
    stream.on("trailers", (received) => {
      trailers = received;
    });
    stream.on("data", (chunk: string) => {
      text += chunk;
    });
    stream.on("error", reject);
    stream.on("end", () => {
      session.close();
      // A gRPC error without a body comes as headers alone.
      const isTrailersOnly = head["grpc-status"] !== undefined;
      resolve({ status: Number(head[":status"]), headers: head, trailers: isTrailersOnly ? head : trailers, text });
    });
    stream.end(body);
  });
}

/** A message in a gRPC envelope. */
export function enveloped(message: Uint8Array, flags = 0, length = message.length): Uint8Array {
  const frame = Buffer.alloc(5 + message.length);
  frame.writeUInt8(flags, 0);
  frame.writeUInt32BE(length, 1);
  frame.set(message, 5);
  return frame;
}

export const DECISIONS = "/nexus.attest.v1.DecisionService";
