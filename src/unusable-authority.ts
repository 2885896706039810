import type { IncomingHttpHeaders } from "node:http";

/**
 * Why a request cannot be handled by the name of the server that it gives; undefined if it can. The library behind makes a URL of it, and throws where it cannot,
 * which nobody would catch. Nor may it give two names (RFC 9112, section 3.2; RFC 9113, section 8.3.1): a proxy may have let it pass by the one, and this server looked at the other.
 */
export function unusableAuthority({
  headers,
  rawHeaders,
  url,
}: {
  readonly headers: IncomingHttpHeaders;
  /** Names and values in turn, as they came. */
  readonly rawHeaders: readonly string[];
  readonly url?: string | undefined;
}): string | undefined {
  if (namesIn(rawHeaders).length > 1)
    return "The request gives two names of this server, in Host or :authority: it takes one.";
  // An empty one of HTTP/2 counts there, although `host` is beside it.
  const authority = headers[":authority"] ?? headers.host;
  if (authority === undefined || !URL.canParse(url ?? "", `http://${String(authority)}`))
    return "The name by which this server is called, in Host or :authority, is missing or no name.";
  return undefined;
}

/** The names of the server in the headers; a Host that comes twice counts twice, whatever it says. */
function namesIn(rawHeaders: readonly string[]): readonly string[] {
  const given = (header: string) =>
    rawHeaders.filter((_, i) => i % 2 === 1 && rawHeaders[i - 1]?.toLowerCase() === header);
  const hosts = given("host");
  const [authority] = given(":authority");
  return authority === undefined ? hosts : [authority, ...hosts.filter((host) => !isSame(host, authority))];
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
