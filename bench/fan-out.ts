import { createDecisions, grantRequest } from "./decisions.ts";
import { grpcCalls } from "./grpc-calls.ts";
import type { Workshop } from "./processes.ts";
import type { Served } from "./served.ts";

/** To the process of the watchers, which answers each once it is so. */
export type WatchMessage =
  | {
      readonly kind: "open";
      readonly url: string;
      readonly decisionId: string;
      readonly watchers: number;
      readonly connections: number;
    }
  | { readonly kind: "expect"; readonly events: number }
  | { readonly kind: "told" };

export interface FanOutOptions {
  readonly watchers: number;
  readonly connections: number;
  /** Approvals given one after the other, each when every watcher has been told of the one before. */
  readonly paced: number;
  /** Approvals given all at once. */
  readonly burst: number;
}

export interface FanOutResult {
  readonly watchers: number;
  readonly connections: number;
  /** Growth of the server's resident memory by watchers that have caught up and wait. */
  readonly residentBytesPerWatcher: number;
  /** The same after everything was delivered: with the garbage of the deliveries that was not collected yet. */
  readonly residentBytesPerWatcherFed: number;
  /** Growth of what is in use, after everything was delivered and garbage collected. */
  readonly liveBytesPerWatcher: number;
  readonly residentBytes: number;
  readonly paced: Delivery;
  readonly burst: Delivery;
}

export interface Delivery {
  readonly approvals: number;
  readonly milliseconds: number;
  /** Events that arrived at watchers; each comes with a lifecycle message. */
  readonly eventsPerSecond: number;
}

/** Watchers that are opened and fed before anything is measured, so that code which runs for the first time does not count. */
const WARM_UP = 50;

const COLLECTED = { collectGarbage: true };

/** Many watchers of one decision: what they hold, and how fast they are told. */
export async function measureFanOut(
  workshop: Workshop,
  server: Served,
  { watchers, connections, paced, burst }: FanOutOptions,
): Promise<FanOutResult> {
  const call = grpcCalls(server.url);
  const [warm = "", decisionId = ""] = await createDecisions(call, 2);
  await crowd("warm-up", warm, WARM_UP, async (deliver) => {
    await deliver(10, 1);
    await deliver(10, 10);
  });
  const before = await server.gauge(COLLECTED);
  return await crowd("watchers", decisionId, watchers, async (deliver) => {
    const idle = await server.gauge();
    const results = { paced: await deliver(paced, 1), burst: await deliver(burst, burst) };
    const after = await server.gauge(COLLECTED);
    return {
      watchers,
      connections,
      residentBytesPerWatcher: (idle.residentBytes - before.residentBytes) / watchers,
      residentBytesPerWatcherFed: (after.residentBytes - before.residentBytes) / watchers,
      liveBytesPerWatcher: (after.liveBytes - before.liveBytes) / watchers,
      residentBytes: after.residentBytes,
      ...results,
    };
  });

  /** Opens watchers, does something with them and ends them. */
  async function crowd<Result>(
    name: string,
    decisionId: string,
    size: number,
    use: (deliver: (approvals: number, together: number) => Promise<Delivery>) => Promise<Result>,
  ): Promise<Result> {
    const peer = workshop.start(name, "bench/watchers.ts");
    const say = (message: WatchMessage) => peer.ask(message);
    await say({ kind: "open", url: server.url, decisionId, watchers: size, connections });
    let approvers = 0;
    const approve = () => grant(decisionId, `human:approver-${approvers++}`);
    const result = await use(async (approvals, together) => {
      const begun = performance.now();
      for (let given = 0; given < approvals; given += together) {
        await say({ kind: "expect", events: together * size });
        const told = say({ kind: "told" });
        await Promise.all(Array.from({ length: together }, approve));
        await told;
      }
      const milliseconds = performance.now() - begun;
      return { approvals, milliseconds, eventsPerSecond: (approvals * size * 1000) / milliseconds };
    });
    await peer.stop();
    return result;
  }

  async function grant(decisionId: string, actor: string): Promise<void> {
    await call("/nexus.attest.v1.DecisionService/GrantApproval", actor, grantRequest(decisionId));
  }
}
