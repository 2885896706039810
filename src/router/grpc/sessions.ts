import type { ClientHttp2Stream, Http2Session } from "node:http2";
import { Http2SessionManager } from "@connectrpc/connect-node";
import { openSocket } from "./open-socket.ts";
import { isSameTrust, type RouterTls } from "./router-credentials.ts";

/** A call of which nothing left this process: there was no connection to send it by. */
export class NotSent extends Error {
  override readonly name = "NotSent";
}

/** The connections to a router, which can go on with other credentials. */
export interface Sessions extends Pick<Http2SessionManager, "authority" | "request" | "notifyResponseByteRead"> {
  /**
   * New calls go over new connections. Those under way end as they would, unless whom to believe has changed: what was proved under the trust before counts no
   * more, and they end after so many milliseconds.
   */
  renew(tls: RouterTls | undefined, grace: number): void;
  /** Whether the router has said anything by HTTP/2 under the credentials there are now. */
  wasHeard(): boolean;
}

/** Connections under the same credentials, and the calls that are on them. */
interface Generation {
  readonly manager: Http2SessionManager;
  readonly tls: RouterTls | undefined;
  calls: number;
  isHeard: boolean;
  isRetired: boolean;
}

export function createSessions(url: string, tls: RouterTls | undefined): Sessions {
  let current = generation(tls);
  const retired = new Set<Generation>();
  const known = new WeakSet<Http2Session>();

  return {
    authority: current.manager.authority,
    async request(...call) {
      const mine = current;
      mine.calls += 1;
      try {
        const stream = await mine.manager.request(...call);
        stream.once("close", () => leave(mine));
        watch(mine, stream);
        return stream;
      } catch (cause) {
        leave(mine);
        throw new NotSent("the call was not sent", { cause });
      }
    },
    notifyResponseByteRead(stream) {
      for (const { manager } of [current, ...retired]) manager.notifyResponseByteRead(stream);
    },
    wasHeard: () => current.isHeard,
    renew(next, grace) {
      const before = current;
      current = generation(next);
      before.isRetired = true;
      retired.add(before);
      if (before.calls === 0) return end(before);
      if (!isSameTrust(before.tls, next)) setTimeout(end, grace, before).unref();
    },
  };

  function watch(mine: Generation, { session }: ClientHttp2Stream): void {
    if (session === undefined || known.has(session)) return;
    known.add(session);
    // The library stops listening for errors as soon as it is done with a connection, and the other side may go on making them: nobody listening would end this
    // process.
    session.on("error", () => session.destroy());
    session.once("remoteSettings", () => {
      mine.isHeard = true;
    });
  }

  function leave(mine: Generation): void {
    mine.calls -= 1;
    if (mine.calls === 0 && mine.isRetired) end(mine);
  }

  function end(mine: Generation): void {
    retired.delete(mine);
    mine.manager.abort();
  }

  function generation(under: RouterTls | undefined): Generation {
    const manager = new Http2SessionManager(
      url,
      { pingIntervalMs: 10_000, pingTimeoutMs: 5_000 },
      // A router answers what it is asked; it has nothing to push.
      { createConnection: () => openSocket(url, under), settings: { enablePush: false } },
    );
    return { manager, tls: under, calls: 0, isHeard: false, isRetired: false };
  }
}
