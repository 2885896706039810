import type { IncomingMessage, ServerResponse } from "node:http";
import { constants, type Http2ServerRequest, type Http2ServerResponse } from "node:http2";
import { rpcError } from "../rpc/errors.ts";
import type { RequestBody } from "./request-body.ts";

export interface SlowSettings {
  readonly bodySeconds: number;
  readonly writeStallSeconds: number;
}

/** How often calls are looked at, in milliseconds. */
export const LOOK_EVERY = 1_000;

/** Who leaves much unread is given more time: a second for each of so many bytes. */
const BYTES_A_SECOND = 64 * 1024;

interface Call {
  readonly response: ServerResponse | Http2ServerResponse;
  readonly body: RequestBody;
  /** Whether its request has an end that somebody waits for; of streams in both directions it has none. */
  readonly hasEnd: boolean;
  readonly beganAt: number;
  /** How much was written that waits for the client, and since when without anything of it being taken. */
  unread: number;
  unreadSince: number;
}

/** A call under its eyes. */
export interface WatchedCall {
  /** The client has taken something of what was written. */
  taken(): void;
  ended(): void;
}

/** Ends calls whose client does not send its request, or does not read its answer: what they hold of the server is somebody else's turn. */
export function createSlowClients(
  settings: () => SlowSettings,
  surroundings: { readonly uptime: () => number; readonly tell: (response: Call["response"]) => void },
) {
  const { uptime, tell } = surroundings;
  const calls = new Set<Call>();

  return {
    begins(
      request: IncomingMessage | Http2ServerRequest,
      call: Pick<Call, "response" | "body" | "hasEnd">,
    ): WatchedCall {
      const now = uptime();
      const entry: Call = { ...call, beganAt: now, unread: 0, unreadSince: now };
      if (request.readableEnded) entry.body.end();
      calls.add(entry);
      return {
        taken() {
          entry.unread = 0;
        },
        ended: () => void calls.delete(entry),
      };
    },

    look(): void {
      const now = uptime();
      const { bodySeconds, writeStallSeconds } = settings();
      for (const call of calls) {
        const { response, body, hasEnd, beganAt } = call;
        if (hasEnd && !body.isEnded && now - beganAt > bodySeconds * 1000) {
          body.end();
          body.fail(rpcError("CLIENT_TOO_SLOW", `The request did not come to its end within ${bodySeconds} seconds.`));
        }
        const unread = "stream" in response ? response.stream.writableLength : response.writableLength;
        if (unread === 0 || unread !== call.unread) {
          call.unread = unread;
          call.unreadSince = now;
        } else if (now - call.unreadSince > writeStallSeconds * 1000 + (unread / BYTES_A_SECOND) * 1000) {
          calls.delete(call);
          tell(response);
          cut(response);
        }
      }
    },
  };
}

/** Whoever does not read would not read an error either: of a stream of HTTP/2 the code says why, which gRPC takes for RESOURCE_EXHAUSTED. */
function cut(response: ServerResponse | Http2ServerResponse): void {
  if ("stream" in response) response.stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM);
  else response.socket?.destroy();
}
