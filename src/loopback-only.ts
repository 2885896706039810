import type { IncomingHttpHeaders } from "node:http";
import { isLoopback } from "./config/listen.ts";

interface Headed {
  readonly headers: IncomingHttpHeaders;
}

type Scheme = "http" | "https";

/**
 * Why a request must not reach a server that believes every caller: it came from a page in a browser, or by a name that is not this machine's (DNS rebinding).
 * Undefined if it may.
 */
export function refuseForeign({ headers }: Headed, scheme: Scheme = "http", isAllowed = false): string | undefined {
  const authority = authorityOf(headers);
  const host = hostOf(`http://${String(authority)}`);
  if (authority === undefined || host === undefined || !isLoopback(host))
    return "This server answers to loopback names only, such as 127.0.0.1 or localhost.";
  return refuseOtherOrigin({ headers }, scheme, isAllowed);
}

/**
 * Why a request of a page in a browser must not reach any server: it is of another origin, and a browser sends client certificates along by itself. Undefined if
 * it may.
 *
 * @param isAllowed whether the configuration names its origin.
 */
export function refuseOtherOrigin({ headers }: Headed, scheme: Scheme, isAllowed = false): string | undefined {
  if (isAllowed) return undefined;
  const { origin } = headers;
  const site = headers["sec-fetch-site"];
  const isForeign = origin !== undefined && origin !== `${scheme}://${String(authorityOf(headers))}`;
  if (isForeign || (site !== undefined && site !== "same-origin" && site !== "none"))
    return "This server answers no call from a page of another origin.";
  return undefined;
}

function authorityOf(headers: IncomingHttpHeaders): string | undefined {
  return (headers[":authority"] as string | undefined) ?? headers.host;
}

function hostOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).hostname.replace(/^\[(.*)\]$/, "$1") : undefined;
}
