import { Http2SessionManager } from "@connectrpc/connect-node";

/**
 * Connections whose failure is always heard. The library stops to listen to one that is failing once another call asks for it, and an error of Node's that nobody hears ends the
 * program; every call on it is told by its stream all the same.
 */
export class Sessions extends Http2SessionManager {
  readonly #heard = new WeakSet<object>();

  override async request(...how: Parameters<Http2SessionManager["request"]>) {
    const stream = await super.request(...how);
    const { session } = stream;
    if (session !== undefined && !this.#heard.has(session)) {
      this.#heard.add(session);
      session.on("error", () => {});
    }
    return stream;
  }
}
