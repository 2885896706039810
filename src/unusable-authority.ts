import type { IncomingHttpHeaders } from "node:http";

/**
 * Why a request cannot be handled by the name of the server that it gives; undefined if it can. The library behind makes a URL of it, and throws where it cannot,
 * which nobody would catch.
 */
export function unusableAuthority({
  headers,
  url,
}: {
  readonly headers: IncomingHttpHeaders;
  readonly url?: string | undefined;
}): string | undefined {
  // An empty one of HTTP/2 counts there, although `host` is beside it.
  const authority = headers[":authority"] ?? headers.host;
  if (authority === undefined || !URL.canParse(url ?? "", `http://${String(authority)}`))
    return "The name by which this server is called, in Host or :authority, is missing or no name.";
  return undefined;
}
