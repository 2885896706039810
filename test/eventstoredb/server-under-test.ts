import { onTestFinished } from "vitest";
import type { EventStore } from "../../src/app/event-store.ts";
import type { Log } from "../../src/app/log.ts";
import { parseConnection } from "../../src/store/eventstoredb/connection.ts";
import { openEventStoreDB } from "../../src/store/eventstoredb/event-store.ts";
import type { Timing } from "../../src/store/eventstoredb/insist.ts";
import { createCapturedLog } from "../support/captured-log.ts";
import { type Double, startDouble } from "./double.ts";
import { createLedger } from "./ledger.ts";
import { createNetwork, type Network } from "./network.ts";

/** The real server to test against, if there is one. */
export const REAL_SERVER = process.env["EVENTSTOREDB_URL"];

export interface StoreOptions {
  readonly timing?: Partial<Timing>;
  readonly log?: Log;
}

export interface ServerUnderTest {
  /** Its connection string: through the network below. */
  readonly url: string;
  readonly network: Network;
  /** Opens our store on it; closed when the test has ended. */
  readonly open: (options?: StoreOptions) => EventStore;
}

/** An EventStoreDB for the running test: the double, or the real server where one is given, its data then shared by all tests. */
export async function eventStoreDB(): Promise<ServerUnderTest> {
  return REAL_SERVER === undefined ? await doubleUnderTest() : await realServer(REAL_SERVER);
}

/** The double, for what no real server does on command. */
export async function doubleUnderTest(): Promise<ServerUnderTest & { readonly double: Double }> {
  const double = await startDouble();
  onTestFinished(() => double.close());
  const url = `esdb://127.0.0.1:${double.network.port}?tls=false`;
  return { url, network: double.network, double, open: (options) => openStore(url, options) };
}

/** Two doubles as nodes of one cluster: the same data, one of them the leader. */
export async function clusterUnderTest() {
  const ledger = createLedger();
  const nodes = [await startDouble(ledger), await startDouble(ledger)] as const;
  for (const node of nodes) onTestFinished(() => node.close());
  const [first, second] = nodes;
  /** What a follower does with everything that wants the leader. */
  const lifts: (() => void)[] = [];
  const lead = (leader: Double) => {
    for (const lift of lifts.splice(0)) lift();
    for (const node of nodes) {
      node.members = nodes.map(({ network }) => ({
        port: network.port,
        state: network === leader.network ? "leader" : "follower",
        alive: true,
      }));
      if (node === leader) continue;
      const fault = { kind: "not leader", host: "127.0.0.1", port: leader.network.port } as const;
      for (const call of ["append", "readStream", "readAll", "subscribe"] as const)
        lifts.push(node.faults.always(call, fault));
    }
  };
  lead(first);
  const url = `esdb://127.0.0.1:${first.network.port},127.0.0.1:${second.network.port}?tls=false`;
  return { nodes, lead, url };
}

async function realServer(text: string): Promise<ServerUnderTest> {
  const [, before = "", host = "", port = "2113", after = ""] =
    /^(esdb:\/\/(?:.*@)?)([^:/?]+)(?::([0-9]+))?\/?(\?.*)?$/.exec(text) ?? [];
  if (host === "") throw new Error("EVENTSTOREDB_URL: give one server as esdb://[user:password@]host:port[?options]");
  const network = await createNetwork({ host, port: Number(port) });
  onTestFinished(() => network.close());
  const url = `${before}127.0.0.1:${network.port}${after}`;
  return { url, network, open: (options) => openStore(url, options) };
}

/** Our store on a server; closed when the test has ended. */
export function openStore(url: string, { timing = {}, log = createCapturedLog() }: StoreOptions = {}): EventStore {
  const store = openEventStoreDB({ connection: parseConnection(url), log, timing });
  onTestFinished(() => store.close());
  return store;
}
