import { writeFileSync } from "node:fs";
import { join } from "node:path";
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

/** All calls of a benchmark are one caller's, and they are as many as it can take. */
const UNBOUNDED = {
  perActor: { callsPerSecond: 1_000_000, burst: 1_000_000, maxCalls: 1_000_000, maxStreams: 1_000_000 },
  maxEventLoopDelayMs: 60_000,
};

/** The product as an operator starts it, over an empty directory, logging every call to a file; with its defaults but for the limits that a benchmark would run into. */
export async function serveProduct(workshop: Workshop, name: string, limits: object = {}): Promise<Served> {
  const file = join(workshop.directory, `${name}.json`);
  writeFileSync(file, JSON.stringify({ limits: { ...UNBOUNDED, ...limits } }));
  const data = join(workshop.directory, name);
  const args = ["serve", "--listen", "127.0.0.1:0", "--data-dir", data, "--config", file];
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
