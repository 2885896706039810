import { describe, expect, onTestFinished, test, vi } from "vitest";
import { requested } from "../e2e/release.ts";
import { startCommandLine } from "../support/command-line.ts";
import { eventually } from "../support/eventually.ts";
import { type ExecutionStage, executionStage, type StagedServer } from "./execution-stage.ts";

// Several processes one after the other, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 });

interface Line {
  readonly event?: { readonly event: { readonly seq?: number } };
  readonly caughtUp?: object;
  readonly change?: {
    readonly decision: { readonly decisionId: string };
    readonly cause: string;
    readonly event?: { readonly event: { readonly seq?: number } };
  };
}

/** The command line's `watch`, as a user leaves it running in a terminal. */
function watch(server: StagedServer, ...args: readonly string[]) {
  const watching = startCommandLine(["watch", ...args, "--json", "--as", "human:erin"], { server: server.url });
  onTestFinished(() => watching.interrupt());
  const lines = () =>
    watching
      .stdout()
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Line);
  return { ...watching, lines };
}

/** Approvals given and taken back: two events a round. */
async function change(server: StagedServer, decisionId: string, rounds: number): Promise<void> {
  const { decisions } = server.as("human:carol");
  for (let round = 0; round < rounds; round++) {
    await decisions.grantApproval({ decisionId });
    await decisions.revokeApproval({ decisionId });
  }
}

/** The server goes, by a signal or by kill -9, and another one comes at the same place. */
async function restarted(stage: ExecutionStage, server: StagedServer, how: "SIGTERM" | "SIGKILL") {
  if (how === "SIGTERM") expect(await server.stop()).toBe(0);
  else await server.kill();
  return await stage.start({ listen: new URL(server.url).host });
}

describe.each(["SIGTERM", "SIGKILL"] as const)("a server that goes by %s and comes back", (how) => {
  test("`watch` of a decision goes on: every event once, in order, to the end", async () => {
    const stage = executionStage();
    let server = await stage.start();
    const decisionId = await requested(server);
    await change(server, decisionId, 3);
    const watching = watch(server, decisionId);
    const seqs = () => watching.lines().flatMap(({ event }) => (event === undefined ? [] : [event.event.seq ?? 0]));
    await eventually("it has caught up", () => seqs().length === 8);
    for (const length of [12, 16]) {
      server = await restarted(stage, server, how);
      await change(server, decisionId, 2);
      await eventually("it has caught up again", () => seqs().length >= length);
    }
    await server.as("human:bob").decisions.cancelDecision({ decisionId });
    expect(await watching.ended).toMatchObject({
      exitCode: 0,
      stderr: expect.stringMatching(/connection lost .*: reconnecting/),
    });
    expect(seqs()).toEqual(Array.from({ length: 17 }, (_, seq) => seq));
  });

  test("`watch --all` goes on: every event of every decision once", async () => {
    const stage = executionStage();
    let server = await stage.start();
    const first = await requested(server);
    const watching = watch(server, "--all");
    await eventually("it has caught up", () => watching.lines().some(({ caughtUp }) => caughtUp !== undefined));
    const heard = () =>
      watching.lines().flatMap(({ change }) => {
        if (change?.event === undefined) return [];
        return [`${change.decision.decisionId === first ? "first" : "second"} ${change.event.event.seq ?? 0}`];
      });
    await change(server, first, 1);
    await eventually("the first events", () => heard().length === 2);
    server = await restarted(stage, server, how);
    const second = await requested(server);
    await change(server, first, 1);
    await change(server, second, 1);
    await eventually("the rest", () => heard().length >= 8);
    watching.interrupt();
    await watching.ended;
    const wanted = "first 2, first 3, second 0, second 1, first 4, first 5, second 2, second 3";
    expect(heard().join(", ")).toBe(wanted);
  });
});
