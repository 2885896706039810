import { createServer, connect as dial, type Server, type Socket } from "node:net";

/** The way to a server, in the middle of which things go wrong. Stands before the double or before a real server alike. */
export interface Network {
  /** Where to connect in place of the server. */
  readonly port: number;
  /** Connections at this moment. */
  readonly connections: number;
  /** Nothing gets through any more in either direction, and nobody is told: what a stopped or unreachable machine looks like. */
  freeze(): void;
  thaw(): void;
  /** Every connection breaks; new ones are taken. */
  cut(): void;
  /** Every connection breaks and new ones are refused: what a killed server looks like. */
  kill(): Promise<void>;
  /** Takes connections again, on the same port. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export async function createNetwork(target: { readonly host: string; readonly port: number }): Promise<Network> {
  const sockets = new Set<Socket>();
  let frozen = false;
  let server: Server | undefined;
  const port = await listen(0);

  return {
    port,
    get connections() {
      return sockets.size / 2;
    },
    freeze() {
      frozen = true;
      for (const socket of sockets) socket.pause();
    },
    thaw() {
      frozen = false;
      for (const socket of sockets) socket.resume();
    },
    cut,
    kill,
    async restart() {
      await listen(port);
    },
    async close() {
      await kill();
    },
  };

  function cut(): void {
    for (const socket of sockets) socket.resetAndDestroy();
  }

  async function kill(): Promise<void> {
    const closed = new Promise<void>((done) => (server === undefined ? done() : server.close(() => done())));
    server = undefined;
    cut();
    await closed;
  }

  async function listen(wanted: number): Promise<number> {
    const listening = createServer((near) => {
      const far = dial(target);
      join(near, far);
      join(far, near);
    });
    server = listening;
    await new Promise<void>((done, failed) => {
      listening.once("error", failed);
      listening.listen(wanted, "127.0.0.1", done);
    });
    const address = listening.address();
    if (typeof address !== "object" || address === null) throw new Error("it does not listen on a port");
    return address.port;
  }

  function join(from: Socket, to: Socket): void {
    sockets.add(from);
    from.setNoDelay(true);
    from.on("data", (chunk) => {
      if (to.write(chunk)) return;
      from.pause();
      to.once("drain", () => {
        if (!frozen) from.resume();
      });
    });
    from.on("end", () => to.end());
    from.on("error", () => {});
    from.on("close", () => {
      sockets.delete(from);
      to.destroy();
    });
    if (frozen) from.pause();
  }
}
