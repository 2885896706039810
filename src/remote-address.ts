import type { Request } from "./http-server.ts";

/** Where a request comes from; undefined if its connection is gone already. */
export function remoteAddressOf(request: Request): string | undefined {
  try {
    return request.socket.remoteAddress;
  } catch {
    // Of a session that has ended HTTP/2 throws instead.
    return undefined;
  }
}
