import { describe, expect, test, vi } from "vitest";
import { eventsOf, POLICY, type RequestInit, requested } from "../e2e/release.ts";
import { eventually } from "../support/eventually.ts";
import { outcome, type StagedServer } from "./execution-stage.ts";
import { GRACE, type SharingStage, sharedStage } from "./shared-stage.ts";

vi.setConfig({ testTimeout: 240_000 });

const SEEDS = (process.env["SHARED_SEEDS"] ?? "1,2").split(",").map(Number);
const STEPS = Number(process.env["SHARED_STEPS"] ?? 80);
const PEOPLE = ["carol", "dave", "erin", "frank"];

/** Numbers that look random and are the same for the same seed (mulberry32). */
function randomOf(seed: number) {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (count: number) => Math.floor(next() * count);
  return { below, oneOf: <Item>(items: readonly Item[]): Item => items[below(items.length)] as Item };
}

interface Command {
  readonly decisionId: string;
  readonly actor: string;
  readonly requestId: string;
  readonly what: "approve" | "revoke" | "execute" | "cancel";
  answer: "acknowledged" | "refused" | "none";
}

/** Whether the same call may be repeated: the server was not there, or it was and is not any more. */
const isUnanswered = (error: unknown) => /\[(unavailable|canceled|aborted|deadline_exceeded)\]/.test(String(error));

/** Gives a command, and notes whether there was an answer: from a server that is killed meanwhile, there is none. */
async function give(server: StagedServer, command: Command): Promise<void> {
  const { decisionId, requestId, what } = command;
  const { decisions } = server.as(`human:${command.actor}`);
  const request = { decisionId, requestId };
  const call = {
    approve: () => decisions.grantApproval(request),
    revoke: () => decisions.revokeApproval(request),
    execute: () => decisions.executeDecision(request),
    cancel: () => decisions.cancelDecision({ ...request, reason: "not now" }),
  }[what];
  try {
    await call();
    command.answer = "acknowledged";
  } catch (error) {
    if (/\[(internal|unknown|data_loss|unimplemented)\]/.test(String(error))) throw error;
    command.answer = isUnanswered(error) ? "none" : "refused";
  }
}

/** Watches a decision to its end, at whatever server is there, from the last seq + 1. */
async function watch(servers: () => readonly StagedServer[], decisionId: string): Promise<readonly number[]> {
  const seen: number[] = [];
  for (let attempt = 0; ; attempt++) {
    const all = servers();
    const server = all[attempt % all.length];
    if (server === undefined) throw new RangeError("no server");
    try {
      const fromSeq = (seen.at(-1) ?? -1) + 1;
      for await (const { kind } of server.as("human:wanda").decisions.watchDecision({ decisionId, fromSeq }))
        if (kind.case === "event") seen.push(kind.value.event?.seq ?? -1);
      return seen;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

async function play(seed: number) {
  const random = randomOf(seed);
  const { router, stage } = await sharedStage();
  router.go();
  const stages: readonly SharingStage[] = [stage(), stage()];
  const servers = await Promise.all(stages.map((each) => each.start({ execution: GRACE })));
  const server = () => random.oneOf(servers);
  const policy = { ...POLICY, minApprovals: 1 };
  const wish: RequestInit = { adapterId: "far", policySource: { case: "policy", value: policy } };
  const decisions: string[] = [];
  const watches: Promise<readonly number[]>[] = [];
  const commands: Command[] = [];
  const underWay: Promise<void>[] = [];
  let kills = 0;

  const create = async () => {
    const requestId = `create-${seed}-${decisions.length}`;
    // Whoever hears nothing asks again, elsewhere: it is made once.
    const decisionId = await eventually("created", () =>
      requested(server(), { ...wish, requestId }).catch((error: unknown) => {
        if (!isUnanswered(error)) throw error;
        return undefined;
      }),
    );
    decisions.push(decisionId);
    watches.push(watch(() => servers, decisionId));
  };
  const command = () => {
    const what = random.oneOf(["approve", "approve", "approve", "revoke", "execute", "execute", "cancel"] as const);
    const actor = what === "execute" || what === "cancel" ? "bob" : random.oneOf(PEOPLE);
    const decisionId = random.oneOf(decisions);
    const given: Command = { decisionId, actor, what, requestId: `${what}-${commands.length}`, answer: "none" };
    commands.push(given);
    underWay.push(give(server(), given));
  };
  const kill = async () => {
    const which = random.below(servers.length);
    kills += 1;
    await servers[which]?.kill();
    servers[which] = await (stages[which] as SharingStage).start({ execution: GRACE });
  };

  await create();
  for (let step = 0; step < STEPS; step++) {
    const dice = random.below(20);
    if (dice < 4) await create();
    else if (dice < 5) await kill();
    else if (dice < 7) await Promise.all(underWay);
    else command();
  }
  await Promise.all(underWay);
  return { stages, servers, router, decisions, commands, watches, kills };
}

describe("two servers on one store, random commands, random kills", () => {
  test.each(SEEDS)("seed %i: nothing acknowledged is lost or doubled, and nothing runs twice", async (seed) => {
    const { servers, router, decisions, commands, watches, kills } = await play(seed);
    expect(kills).toBeGreaterThan(0);
    // Who heard nothing repeats the command at another server: then it is there, or refused.
    for (const command of commands) while (command.answer === "none") await give(servers[0] as StagedServer, command);

    const asked = servers[0] as StagedServer;
    const bob = asked.as("human:bob");
    for (const [index, decisionId] of decisions.entries()) {
      const { state } = await outcome(asked, decisionId);
      if (["DRAFT", "PENDING_APPROVAL", "APPROVED"].includes(state))
        await bob.decisions.cancelDecision({ decisionId, reason: "the end" });
      const events = await eventsOf(bob, decisionId);
      expect(await watches[index], "what its watcher saw").toEqual(events.map(({ seq }) => seq));
      expect(events.map(({ seq }) => seq)).toEqual(events.keys().toArray());

      const kinds = events.map(({ body }) => body.case ?? "");
      const starts = kinds.filter((kind) => kind === "executionStarted").length;
      const ends = kinds.filter((kind) => kind === "executionCompleted" || kind === "executionFailed").length;
      const runs = router.ran().filter((ran) => ran === decisionId).length;
      expect({ starts, ends }).toEqual(
        kinds.includes("executionRequested") ? { starts: 1, ends: 1 } : { starts: 0, ends: 0 },
      );
      expect(runs).toBe(kinds.includes("executionCompleted") ? 1 : 0);

      for (const { actor, requestId, answer, what } of commands.filter((each) => each.decisionId === decisionId)) {
        const own = events.filter((event) => event.requestId === requestId && event.actor?.id === actor);
        expect(own.length, `${what} ${requestId} of ${actor}: ${answer}`).toBe(answer === "acknowledged" ? 1 : 0);
      }
    }
    expect(commands.filter(({ answer }) => answer === "acknowledged").length).toBeGreaterThan(5);
    expect(router.runs()).toBeGreaterThan(0);
    for (const each of servers) expect(each.stderr()).not.toContain('"level":50');
  });
});
