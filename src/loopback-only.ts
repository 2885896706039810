import type { IncomingHttpHeaders } from "node:http";
import { isLoopback } from "./config/load-config.ts";

/**
 * Why a request must not reach a server that believes every caller: it came from a page in a browser, or by a name that is not this machine's (DNS rebinding).
 * Undefined if it may.
 */
export function refuseForeign({ headers }: { readonly headers: IncomingHttpHeaders }): string | undefined {
  const authority = headers[":authority"] ?? headers.host;
  const host = hostOf(`http://${String(authority)}`);
  if (authority === undefined || host === undefined || !isLoopback(host))
    return "This server answers to loopback names only, such as 127.0.0.1 or localhost.";
  const { origin } = headers;
  const site = headers["sec-fetch-site"];
  const isForeign = origin !== undefined && origin !== `http://${String(authority)}`;
  if (isForeign || (site !== undefined && site !== "same-origin" && site !== "none"))
    return "This server answers no call from a page of another origin.";
  return undefined;
}

function hostOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).hostname.replace(/^\[(.*)\]$/, "$1") : undefined;
}
