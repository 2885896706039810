import type { Interceptor } from "@connectrpc/connect";
import { OwnFault } from "./errors.js";

/** As whom to connect: one of these at most. */
export interface Identity {
  /** A bearer token, or what gives one for each call, so that it can be rotated. */
  readonly token?: string | (() => string | Promise<string>) | undefined;
  /** On a server with development identity, such as `human:alice@example.com`. */
  readonly developmentActor?: string | undefined;
  readonly developmentGroups?: readonly string[] | undefined;
}

/** Says with each call who calls. */
export function identify({ token, developmentActor, developmentGroups = [] }: Identity): Interceptor {
  if (token !== undefined && developmentActor !== undefined)
    throw new TypeError("one identity: token or developmentActor");
  return (next) => async (request) => {
    try {
      if (token !== undefined) {
        const bearer = (typeof token === "string" ? token : await token()).trim();
        request.header.set("authorization", sendable("the token", `Bearer ${bearer}`));
      }
      if (developmentActor !== undefined)
        request.header.set("nexus-actor", sendable("developmentActor", developmentActor));
      if (developmentGroups.length > 0)
        request.header.set("nexus-groups", sendable("developmentGroups", developmentGroups.join(",")));
    } catch (error) {
      throw new OwnFault(error);
    }
    return await next(request);
  };
}

/** The value, if a header can hold it. Does not say it: it may be a secret. */
function sendable(what: string, value: string): string {
  if (!/^[ -~]*$/.test(value))
    throw new TypeError(`${what} holds characters that a header cannot: printable ASCII only`);
  return value;
}

/** @throws {TypeError} if the address is none, or would send everything in the clear to another machine without `plaintext`. */
export function checkAddress(address: string, plaintext: boolean): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.pathname !== "/")
    throw new TypeError(`address: got "${address}", wants https://host:port, or http://host:port on this machine`);
  const isLoopback = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
  if (url.protocol === "http:" && !isLoopback && !plaintext)
    throw new TypeError(`address: ${address} would send everything in the clear; use https, or say plaintext`);
  return url;
}
