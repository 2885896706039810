import type { Peer, Workshop } from "./processes.ts";

/** What a server's process has used; all of its threads. */
export interface Gauge {
  readonly cpuMicroseconds: number;
  readonly residentBytes: number;
  /** Of that, what is in use once all garbage has been collected; 0 unless asked for. */
  readonly liveBytes: number;
}

/** To a server's gauge. Collecting garbage stops the server for a while. */
export interface GaugeQuestion {
  readonly collectGarbage: boolean;
}

/** A server in a process of its own. */
export interface Served {
  readonly url: string;
  gauge(question?: GaugeQuestion): Promise<Gauge>;
  stop(): Promise<void>;
}

const GAUGE = "bench/gauge.ts";

/** The product as an operator starts it: its defaults, over an empty directory, logging every call to a file. */
export async function serveProduct(workshop: Workshop, name: string): Promise<Served> {
  const args = ["serve", "--listen", "127.0.0.1:0", "--data-dir", `${workshop.directory}/${name}`];
  const peer = workshop.start(name, "src/main.ts", { args, preload: GAUGE });
  return await served(peer, /^nexus-attest serves on (\S+)$/);
}

/** The baseline. */
export async function serveEcho(workshop: Workshop): Promise<Served> {
  return await served(workshop.start("echo", "bench/echo-server.ts", { preload: GAUGE }), /^echo serves on (\S+)$/);
}

async function served(peer: Peer, pattern: RegExp): Promise<Served> {
  const [, url = ""] = await peer.line(pattern);
  return { url, gauge: (question = { collectGarbage: false }) => peer.ask<Gauge>(question), stop: () => peer.stop() };
}
