import type { IncomingMessage, ServerResponse } from "node:http";
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";
import { cors } from "@connectrpc/connect";
import { IDENTITY_HEADERS } from "../app/identity-headers.ts";

/** How long a browser may remember that an origin was let in, in seconds. */
const REMEMBERED_FOR = 600;

const ALLOWED_HEADERS = [...cors.allowedHeaders, ...IDENTITY_HEADERS].join(", ");
const EXPOSED_HEADERS = cors.exposedHeaders.join(", ");

/** Whether a call comes from a page whose origin the configuration names. */
export function isAllowedOrigin(request: IncomingMessage | Http2ServerRequest, allowed: readonly string[]): boolean {
  const { origin } = request.headers;
  return origin !== undefined && allowed.includes(origin);
}

/**
 * Lets a browser show the answer to a page of an origin that is allowed, and answers the question that it asks beforehand. Credentials are never allowed: identities are
 * metadata that the page gives, and nothing that a browser sends along by itself may stand for somebody.
 *
 * @returns whether the request was such a question, and is answered.
 */
export function admitOrigin(
  request: IncomingMessage | Http2ServerRequest,
  response: ServerResponse | Http2ServerResponse,
): boolean {
  const { origin = "" } = request.headers;
  response.setHeader("access-control-allow-origin", origin);
  response.setHeader("vary", "origin");
  response.setHeader("access-control-expose-headers", EXPOSED_HEADERS);
  const isPreflight = request.method === "OPTIONS" && request.headers["access-control-request-method"] !== undefined;
  if (!isPreflight) return false;
  response.setHeader("access-control-allow-methods", cors.allowedMethods.join(", "));
  response.setHeader("access-control-allow-headers", ALLOWED_HEADERS);
  response.setHeader("access-control-max-age", `${REMEMBERED_FOR}`);
  response.statusCode = 204;
  response.end();
  return true;
}
