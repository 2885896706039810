import type { DecisionId } from "../domain/ids.ts";
import type { GatedDecision } from "../domain/state.ts";
import type { Clock } from "./clock.ts";
import type { DecisionIndex, IndexKey, IndexRow } from "./decision-index.ts";
import type { DecisionLogs } from "./decision-logs.ts";
import type { Executions } from "./executions.ts";
import type { Log } from "./log.ts";
import type { Routing } from "./router.ts";
import type { Sharing } from "./sharing.ts";
import { type OpenPhase, type Takeover, takeoverOf } from "./takeover.ts";

/** How often executions without an outcome that nobody is at work on are looked for at least, and at most, in milliseconds. */
const INTERVAL = 5_000;
const SHORTEST_INTERVAL = 100;

/** Routers that are asked about other servers' runs at the same time. One that hangs must not hold up what is left to start; beyond this, others wait for a round. */
const ASKED_AT_ONCE = 32;

/** How many are taken from the index at a time. */
const PAGE = 1_000;

/** An execution that was not for this server to take up when it was last looked at. */
interface Waiting {
  /** Changes when somebody else gets on with it. */
  readonly headSeq: number;
  /** Since when it has been seen there, or was last asked about, by the clock that does not step. */
  since: number;
  /** Whether the log says already that it is left alone. */
  isTold: boolean;
}

/**
 * Takes up executions that have no outcome and that nobody is at work on: after a crash all of them, later those that failed for want of the store. Passed the
 * gate but not started: started, if it is still in time. Started: settled through the router, never run again. What other servers on the same store may be at
 * work on is left to them first; see takeover.ts. Goes on until the signal.
 */
export async function recoverExecutions(
  ports: {
    readonly index: DecisionIndex;
    readonly logs: DecisionLogs;
    readonly executions: Executions;
    readonly router: Pick<Routing, "kindOf">;
    readonly sharing: Sharing;
    /** How long after the gate a run may still start, in milliseconds. */
    readonly startWithin: number;
    readonly clock: Clock;
    readonly log: Log;
  },
  signal: AbortSignal,
): Promise<void> {
  const { index, logs, executions, sharing, clock, log } = ports;
  const waiting = new Map<DecisionId, Waiting>();
  const asking = new Set<DecisionId>();
  const interval = sharing.isShared ? Math.min(INTERVAL, Math.max(SHORTEST_INTERVAL, sharing.takeoverAfter)) : INTERVAL;
  while (!signal.aborted) {
    try {
      const seen = new Set<DecisionId>();
      for (const decisionId of toLookAt()) {
        if (seen.has(decisionId) || executions.isAtWork(decisionId)) continue;
        seen.add(decisionId);
        await recover(decisionId).catch((error: unknown) => {
          if (signal.aborted) return;
          log.error({ decision_id: decisionId, error }, "this execution could not be recovered: trying again");
        });
        if (signal.aborted) return;
      }
      for (const decisionId of waiting.keys()) if (!seen.has(decisionId)) waiting.delete(decisionId);
    } catch (error) {
      log.error({ error }, "the index does not tell which executions are open: asking again");
    }
    await clock.sleep(interval, signal);
  }

  /** What the index says is open, and before that what this server was to start: of that it may not be told. */
  function* toLookAt(): Iterable<DecisionId> {
    yield* executions.wantedHere();
    yield* open();
  }

  /** All of them, oldest first: those at work must not hide the ones behind them. */
  function* open(): Iterable<DecisionId> {
    const filter = {
      states: ["EXECUTING"],
      labels: [],
      requesterId: undefined,
      approverId: undefined,
      adapterId: undefined,
      mode: undefined,
      reviewStatuses: [],
      createdFrom: undefined,
      createdUntil: undefined,
    } as const;
    let after: IndexKey | undefined;
    for (;;) {
      const rows: readonly IndexRow[] = index.list({
        filter,
        sight: "everything",
        order: "oldest_first",
        after,
        limit: PAGE,
      });
      for (const { decisionId } of rows) yield decisionId;
      after = rows.at(-1);
      if (rows.length < PAGE) return;
    }
  }

  async function recover(decisionId: DecisionId): Promise<void> {
    const isWantedHere = executions.wantedHere().has(decisionId);
    const known = waiting.get(decisionId);
    // What is waited for or left alone is not read again and again.
    if (known !== undefined && !isWantedHere && clock.uptime() - known.since < sharing.takeoverAfter) return;
    const loaded = await logs.load(decisionId, signal);
    const phase = loaded?.decision.phase;
    if (phase?.kind !== "gated") executions.forget(decisionId);
    if (loaded === undefined || (phase?.kind !== "gated" && phase?.kind !== "started")) return;
    if (executions.isAtWork(decisionId)) return;
    const decision: GatedDecision & { readonly phase: OpenPhase } = { ...loaded.decision, phase };
    const { seq: headSeq } = decision.head;
    const seen = known?.headSeq === headSeq ? known : { headSeq, since: clock.uptime(), isTold: false };
    const waited = clock.uptime() - seen.since;
    const takeover = takeoverOf(phase, { waited, now: clock.now(), isWantedHere }, ports);
    if (takeover === "wait") waiting.set(decisionId, seen);
    else await take(decision, takeover, seen);
  }

  async function take(
    decision: GatedDecision & { readonly phase: OpenPhase },
    takeover: Exclude<Takeover, "wait">,
    seen: Waiting,
  ): Promise<void> {
    const { decisionId, phase } = decision;
    const facts = { decision_id: decisionId };
    switch (takeover) {
      case "start":
        log.info(facts, "recovery: the gate was passed, the run not yet claimed");
        return await executions.start(decision);
      case "settle":
        log.info(facts, "recovery: the run was claimed and has no outcome: asking the router");
        return executions.settle(decision);
      case "ask":
        if (asking.size >= ASKED_AT_ONCE) return;
        if (!seen.isTold)
          log.info({ ...facts, ...claimant(phase) }, "recovery: asking about the run of another server");
        asking.add(decisionId);
        void executions.askForAnother(decision).finally(() => asking.delete(decisionId));
        break;
      case "leave":
        if (!seen.isTold)
          log.warn(
            { ...facts, adapter_id: phase.gate.adapterId, ...claimant(phase) },
            "recovery: another server's execution, which cannot be brought to an end from here: it ends when that server is back, or when an operator states the outcome",
          );
        break;
    }
    waiting.set(decisionId, { ...seen, since: clock.uptime(), isTold: true });
  }
}

function claimant(phase: OpenPhase) {
  return phase.kind === "started" ? { claimed_by: phase.serverId } : {};
}
