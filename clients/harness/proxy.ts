import { connect, createServer, type Server, type Socket } from "node:net";

/** A proxy of connections that can be told to make trouble. */
export interface TroublingProxy {
  readonly server: Server;
  /** Resets a connection at random times, so many milliseconds apart on average. */
  cutEvery(milliseconds: number): void;
  /** How many were cut since it was told to. */
  cuts(): number;
  stopCutting(): void;
  /** From now on nothing passes on the connections that there are, in either direction, and none is closed: as where a cable was pulled. New ones are not touched. Says how many. */
  mute(): number;
  /** From now on a new connection is accepted, and so many milliseconds pass before anything passes on it: as over a long way. */
  slowDown(milliseconds: number): void;
}

/** Passes bytes on to a port of this machine. */
export function createTroublingProxy(target: () => number): TroublingProxy {
  const connections = new Map<Socket, Socket>();
  let timer: NodeJS.Timeout | undefined;
  let cuts = 0;
  let delay = 0;
  const server = createServer((inbound) => {
    if (delay === 0) return passOn(inbound);
    inbound.on("error", () => {});
    setTimeout(passOn, delay, inbound);
  });
  function passOn(inbound: Socket): void {
    if (inbound.destroyed) return;
    const outbound = connect(target(), "127.0.0.1");
    connections.set(inbound, outbound);
    for (const [one, other] of [
      [inbound, outbound],
      [outbound, inbound],
    ] as const) {
      one.pipe(other);
      one.on("error", () => other.destroy());
      one.on("close", () => other.destroy());
    }
    inbound.on("close", () => connections.delete(inbound));
  }
  function cut(milliseconds: number): void {
    timer = setTimeout(cut, Math.random() * 2 * milliseconds, milliseconds);
    const open = [...connections.keys()];
    const unlucky = open[Math.floor(Math.random() * open.length)];
    if (unlucky === undefined) return;
    cuts += 1;
    unlucky.resetAndDestroy();
  }
  return {
    server,
    cutEvery(milliseconds) {
      clearTimeout(timer);
      cuts = 0;
      timer = setTimeout(cut, Math.random() * 2 * milliseconds, milliseconds);
    },
    cuts: () => cuts,
    stopCutting: () => clearTimeout(timer),
    slowDown(milliseconds) {
      delay = milliseconds;
    },
    mute() {
      const muted = [...connections];
      connections.clear();
      for (const [inbound, outbound] of muted) {
        inbound
          .unpipe(outbound)
          .resume()
          .removeAllListeners("close")
          .on("close", () => outbound.destroy());
        // The server may well give the connection up: its client does not hear of it.
        outbound
          .unpipe(inbound)
          .resume()
          .removeAllListeners("close")
          .removeAllListeners("error")
          .on("error", () => {});
      }
      return muted.length;
    },
  };
}
