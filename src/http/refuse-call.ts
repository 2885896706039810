import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";
import type { ConnectError } from "@connectrpc/connect";
import { encodeEnvelope } from "@connectrpc/connect/protocol";
import { codeToHttpStatus, endStreamFlag, errorToJson, errorToJsonBytes } from "@connectrpc/connect/protocol-connect";
import { setTrailerStatus } from "@connectrpc/connect/protocol-grpc";
import type { Refused } from "../app/refused.ts";
import { toRpcError } from "../rpc/errors.ts";

interface Answer {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: Uint8Array | undefined;
}

const LIVE = new AbortController().signal;

/** Kept, because refusing has to cost little. */
const answers = new WeakMap<Refused, Map<string, Answer>>();

/** Answers a call with a refusal, in the protocol that it speaks, before anything of it has been read. */
export function refuseCall(
  request: IncomingMessage | Http2ServerRequest,
  response: ServerResponse | Http2ServerResponse,
  refused: Refused,
): void {
  const { status, headers, body } = answerTo(refused, request.headers["content-type"] ?? "");
  if ("stream" in response && body === undefined) {
    if (!response.stream.destroyed)
      response.stream.respond({ ":status": status, ...response.getHeaders(), ...headers }, { endStream: true });
    return;
  }
  (response as ServerResponse).writeHead(status, headers);
  (response as ServerResponse).end(body);
}

function answerTo(refused: Refused, type: string): Answer {
  const known = answers.get(refused) ?? new Map<string, Answer>();
  answers.set(refused, known);
  const [streaming = ""] = /^application\/(grpc-web|grpc|connect)(\+(proto|json))?/.exec(type) ?? [];
  const answer = known.get(streaming) ?? make(streaming, toRpcError(refused, LIVE));
  known.set(streaming, answer);
  return answer;
}

/** @param type what a protocol with statuses of its own calls its content; else it is that of Connect's unary calls. */
function make(type: string, error: ConnectError): Answer {
  if (type.startsWith("application/grpc")) {
    const trailer = new Headers();
    setTrailerStatus(trailer, error);
    return { status: 200, headers: { "content-type": type, ...Object.fromEntries(trailer) }, body: undefined };
  }
  if (type.startsWith("application/connect")) {
    const end = new TextEncoder().encode(JSON.stringify({ error: errorToJson(error, undefined) }));
    return { status: 200, headers: { "content-type": type }, body: encodeEnvelope(endStreamFlag, end) };
  }
  const body = errorToJsonBytes(error, undefined);
  const headers = { "content-type": "application/json", "content-length": body.length };
  return { status: codeToHttpStatus(error.code), headers, body };
}
