import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Mode } from "../gen/ts/nexus/attest/v1/plan_pb.ts";
import { type Clients, connect } from "../src/cli/client.ts";
import type { Peer, Workshop } from "./processes.ts";

/** How long it took, in milliseconds. */
export interface Takeover {
  /** A server that lives: from the call that passes the gate until a watcher has the claim, and until it has the outcome. */
  readonly alive: { readonly started: number; readonly completed: number };
  /** A server that dies behind the gate: from its death until a watcher at another server has that server's claim. */
  readonly gated: number;
  /** A server that dies during the run on a remote router: from its death until a watcher at another server has the outcome. */
  readonly started: number;
}

export interface Takeovers {
  /** Measures one of each. */
  measure(): Promise<Takeover>;
}

const TIMEOUT = 60_000;

/** A server that stays, on a store and a remote router that others, which die, share. */
export async function takeovers(workshop: Workshop, store: string, graceSeconds: number): Promise<Takeovers> {
  const { directory } = workshop;
  // The router's runs end at once.
  writeFileSync(join(directory, "go"), "");
  const [, router = ""] = await workshop.start("router", "test/fault/remote-router.ts").line(/^(http:\S+)$/);
  let servers = 0;
  const survivor = await serve("");

  return {
    async measure() {
      const alive = await between(survivor, await approved(), async (decisionId) => {
        const began = performance.now();
        await survivor.bob.decisions.executeDecision({ decisionId, requestId: randomUUID() });
        return began;
      });
      const gated = await between(survivor, await approved(), (id) => dieWith(id, "after EXECUTION_REQUESTED"));
      const started = await between(survivor, await approved(), (id) => dieWith(id, "after remote accepted"));
      return { alive, gated: gated.started, started: started.completed };
    },
  };

  async function serve(diesAt: string) {
    const name = `server-${++servers}`;
    const file = join(directory, `${name}.json`);
    const routers = [{ name: "remote", url: router, adapters: ["far"] }];
    const execution = { takeoverAfterSeconds: graceSeconds };
    const config = { listen: "127.0.0.1:0", dataDir: join(directory, name), store, routers, execution };
    writeFileSync(file, JSON.stringify(config));
    const program = diesAt === "" ? "src/main.ts" : "test/fault/dying-server.ts";
    const options = { args: ["serve", "--config", file], env: { DIES_AT: diesAt } };
    const peer = workshop.start(name, program, options);
    const [, server = ""] = await peer.line(/^nexus-attest serves on (\S+)$/);
    const as = (actor: string) =>
      connect({ server, credentials: { headers: { "nexus-actor": actor }, tls: {} }, timeout: TIMEOUT });
    return { peer, bob: as("human:bob"), carol: as("human:carol") } satisfies {
      peer: Peer;
      bob: Clients;
      carol: Clients;
    };
  }

  async function approved(): Promise<string> {
    const { decision } = await survivor.bob.decisions.createDecision({
      requestId: randomUUID(),
      goal: "raise the limit",
      mode: Mode.DRY_RUN,
      adapterId: "far",
      policySource: { case: "policy", value: { minApprovals: 1, allowedModes: [Mode.DRY_RUN] } },
    });
    const decisionId = decision?.decisionId ?? "";
    await survivor.carol.decisions.grantApproval({ decisionId, requestId: randomUUID() });
    return decisionId;
  }

  /** Has a server execute a decision that dies at a point of it. @returns when it was gone. */
  async function dieWith(decisionId: string, point: string): Promise<number> {
    const { peer, bob } = await serve(point);
    const dead = peer.gone.then(() => performance.now());
    bob.decisions.executeDecision({ decisionId, requestId: randomUUID() }).catch(() => {});
    return await dead;
  }
}

/** How long after a moment a watcher has a decision's claim and its outcome, in milliseconds. Before that moment it counts as 0. */
async function between(
  { bob }: { readonly bob: Clients },
  decisionId: string,
  since: (decisionId: string) => Promise<number>,
): Promise<Takeover["alive"]> {
  const [seen, from] = await Promise.all([watched(), since(decisionId)]);
  return { started: Math.max(0, seen.started - from), completed: seen.completed - from };

  async function watched() {
    let started = Number.NaN;
    for await (const { kind } of bob.decisions.watchDecision({ decisionId }, { timeoutMs: TIMEOUT })) {
      if (kind.case !== "event") continue;
      const { case: type } = kind.value.event?.body ?? {};
      if (type === "executionStarted") started = performance.now();
      if (type === "executionCompleted") return { started, completed: performance.now() };
      if (type === "executionFailed" || type === "executionOutcomeUnknown") throw new Error(`it ended ${type}`);
    }
    throw new Error("the watch ended before the execution");
  }
}
