import type { RecordOutcome } from "../domain/command.ts";
import type { DecisionId } from "../domain/ids.ts";
import { runRequestOf } from "../domain/run-request.ts";
import type { GatedDecision } from "../domain/state.ts";
import { DIGESTS } from "../evidence/digests.ts";
import { type AskAboutRun, askOnce, createAskAboutRun } from "./ask-about-run.ts";
import { serverCaller } from "./caller.ts";
import type { Clock } from "./clock.ts";
import { AppendOutcomeUnknown, StoreUnavailable } from "./event-store.ts";
import type { HandleCommand } from "./handle-command.ts";
import type { Log } from "./log.ts";
import { Refused } from "./refused.ts";
import { AdapterUnknown, RouterUnavailable, type Routing, RunRefused } from "./router.ts";
import { withSoundSignature } from "./router-signature.ts";
import { notStarted, outcomeOfRun } from "./run-outcome.ts";
import type { RunProgressBoard } from "./run-progress.ts";
import type { Sharing } from "./sharing.ts";

/** Runs that this server carries out: from the gate to the outcome. */
export interface Executions {
  /**
   * Claims the run of a decision that has passed the gate, and carries it out. Resolves once EXECUTION_STARTED is durable (or it turned out that it comes too
   * late), the run goes on by itself. Where somebody has begun already, waits for their claim.
   */
  start(decision: GatedDecision): Promise<void>;

  /** Finds out how the run of a decision ended that was started before, and records it. */
  settle(decision: GatedDecision): void;

  /**
   * Asks the router once about a run that another server claimed, and records how it ended if it has. A router that does not answer says nothing here: the
   * claimant may be hearing from it all the while. Never rejects.
   */
  askForAnother(decision: GatedDecision): Promise<void>;

  /** Decisions that this server was to start, and failed to find out whether it could claim the run. */
  wantedHere(): ReadonlySet<DecisionId>;

  /** That has been found out: the decision is no longer one to be started. */
  forget(decisionId: DecisionId): void;

  /** Whether this server is at work on a decision. */
  isAtWork(decisionId: DecisionId): boolean;

  /** Waits until nothing is at work, at most so many milliseconds. */
  drain(milliseconds: number): Promise<{ readonly left: number }>;

  /** Ends everything; what is not recorded by then is recovered at the next start. */
  stop(): Promise<void>;
}

export interface ExecutionSettings {
  /** How long after the gate a run may still start, in milliseconds. */
  readonly startWithin: number;
  /** How long a run may take, in milliseconds. */
  readonly runTimeout: number;
  /** How long a router is asked about a run before its outcome is recorded as unknown, in milliseconds. */
  readonly settleWithin: number;
  /** How long a remote router that is not there is waited for before a run is sent to it, in milliseconds. */
  readonly sendWithin: number;
}

/** Pause before something is tried again that the store or the router could not do, in milliseconds. */
const RETRY = 500;

export function createExecutions(ports: {
  readonly handle: HandleCommand;
  readonly router: Routing;
  readonly clock: Clock;
  readonly progress: RunProgressBoard;
  readonly log: Log;
  readonly settings: ExecutionSettings;
  readonly sharing: Sharing;
}): Executions {
  const { handle, router, clock, progress, log, settings, sharing } = ports;
  const wanted = new Set<DecisionId>();
  const atWork = new Map<DecisionId, { readonly claimed: Promise<void>; readonly done: Promise<void> }>();
  const stopping = new AbortController();
  const askAboutRun: AskAboutRun = createAskAboutRun({ router, clock, log, settleWithin: settings.settleWithin });

  return {
    async start(decision) {
      const { decisionId } = decision;
      if (stopping.signal.aborted) return;
      const begun = atWork.get(decisionId);
      if (begun !== undefined) return await begun.claimed;
      if (!mayClaim(decision)) return;
      const claiming = claim(decision);
      const claimed = claiming.then(() => undefined);
      void begin(decisionId, claimed, async () => {
        if (await claiming) await carryOut(decision);
      });
      await claimed;
    },
    settle(decision) {
      if (stopping.signal.aborted || atWork.has(decision.decisionId)) return;
      const settling = async () => record(decision, await askAboutRun(decision, stopping.signal));
      void begin(decision.decisionId, Promise.resolve(), settling);
    },
    async askForAnother(decision) {
      const { decisionId } = decision;
      if (stopping.signal.aborted || atWork.has(decisionId)) return;
      const asking = async () => {
        try {
          await record(decision, await askOnce(ports, decision, stopping.signal));
        } catch (error) {
          if (!(error instanceof RouterUnavailable || error instanceof AdapterUnknown)) throw error;
          if (!stopping.signal.aborted)
            log.warn({ decision_id: decisionId, error }, "the router does not say what became of another server's run");
        }
      };
      await begin(decisionId, Promise.resolve(), asking);
    },
    wantedHere: () => wanted,
    forget: (decisionId) => void wanted.delete(decisionId),
    isAtWork: (decisionId) => atWork.has(decisionId),
    async drain(milliseconds) {
      const timeout = new AbortController();
      await Promise.race([allDone(), clock.sleep(milliseconds, timeout.signal)]);
      timeout.abort();
      return { left: atWork.size };
    },
    async stop() {
      stopping.abort();
      await allDone();
    },
  };

  async function allDone(): Promise<void> {
    await Promise.all(Array.from(atWork.values(), ({ done }) => done));
  }

  /** Keeps a task in the books. What it could not finish is left to recovery. */
  function begin(decisionId: DecisionId, claimed: Promise<void>, task: () => Promise<void>): Promise<void> {
    const done = task()
      .catch((error: unknown) => log.error({ decision_id: decisionId, error }, "execution left to recovery"))
      .finally(() => {
        progress.clear(decisionId);
        atWork.delete(decisionId);
      });
    atWork.set(decisionId, { claimed, done });
    return done;
  }

  /** A run that nobody here could carry out is not claimed while another server may be able to. */
  function mayClaim({ phase }: GatedDecision): boolean {
    const isLate = clock.now() - phase.gatedAt > settings.startWithin;
    return !sharing.isShared || isLate || router.kindOf(phase.gate.adapterId) !== undefined;
  }

  /** Appends EXECUTION_STARTED: only whoever does may call the router. */
  async function claim(decision: GatedDecision): Promise<boolean> {
    const { decisionId, phase } = decision;
    const { startWithin } = settings;
    const command = { type: "START_EXECUTION", startWithin, serverId: sharing.serverId } as const;
    wanted.add(decisionId);
    let isClaimed = false;
    try {
      const { decision: after } = await handle(serverCaller(phase.requestId), decisionId, command);
      isClaimed = after.phase.kind === "started";
    } catch (error) {
      const isOver = error instanceof Refused && ["NOTHING_TO_SETTLE", "DECISION_CLOSED"].includes(error.reason);
      if (!isOver) throw error;
    }
    wanted.delete(decisionId);
    return isClaimed;
  }

  async function carryOut(decision: GatedDecision): Promise<void> {
    const { decisionId } = decision;
    const timeout = AbortSignal.timeout(settings.runTimeout);
    const signal = AbortSignal.any([timeout, stopping.signal]);
    const options = { signal, timeout: settings.runTimeout, sendWithin: sendWithin(decision) };
    try {
      for await (const message of router.run(requestOf(decision), options)) {
        if (message.kind === "progress") progress.report(decisionId, message.progress);
        if (message.kind !== "finished") continue;
        const outcome = outcomeOfRun(withSoundSignature(message.run, decision, log), undefined);
        if (outcome === undefined) throw new RouterUnavailable("the router ended its answer while the run is at work");
        if (outcome.type !== "EXECUTION_FAILED" || !timeout.aborted) return await record(decision, outcome);
        const told = `The run was ended after ${settings.runTimeout / 1000} seconds: ${outcome.message}`;
        return await record(decision, { ...outcome, code: "RUN_TIMEOUT", message: told });
      }
      throw new RouterUnavailable("the router ended its answer without the run's outcome");
    } catch (error) {
      if (error instanceof RunRefused) return await record(decision, notStarted(error.code, error.message, undefined));
      // Whatever else it was: the router was called, so it alone can say what became of the run.
      log.warn({ decision_id: decisionId, error }, "the router's answer was lost: asking it about the run");
      if (!stopping.signal.aborted) await record(decision, await askAboutRun(decision, stopping.signal));
    }
  }

  /**
   * How long the run may wait for its router: no longer than it may be started after the gate, and where servers share a store, long ended when another one asks
   * about the run, for asking has the router refuse it.
   */
  function sendWithin({ phase }: GatedDecision): number {
    const untilLate = settings.startWithin - (clock.now() - phase.gatedAt);
    const untilAsked = sharing.isShared ? sharing.takeoverAfter / 2 : Number.POSITIVE_INFINITY;
    return Math.max(0, Math.min(settings.sendWithin, untilLate, untilAsked));
  }

  /** Records an outcome; a store that is not available is tried again until it is, or the server stops. */
  async function record(
    { decisionId, phase }: GatedDecision,
    outcome: RecordOutcome["outcome"] | undefined,
  ): Promise<void> {
    if (outcome === undefined) return;
    for (;;) {
      try {
        await handle(serverCaller(phase.requestId), decisionId, { type: "RECORD_OUTCOME", outcome });
        return;
      } catch (error) {
        if (error instanceof Refused && (error.reason === "DECISION_CLOSED" || error.reason === "NOTHING_TO_SETTLE")) {
          log.warn(
            { decision_id: decisionId, outcome: outcome.type },
            "the decision has an outcome already: this one was not recorded",
          );
          return;
        }
        if (!(error instanceof StoreUnavailable || error instanceof AppendOutcomeUnknown)) throw error;
        log.warn({ decision_id: decisionId, error }, "the outcome could not be written: trying again");
        await clock.sleep(RETRY, stopping.signal);
        if (stopping.signal.aborted) throw error;
      }
    }
  }
}

/** The run request, as the gate committed to it. */
function requestOf({ decisionId, created, policy, phase }: GatedDecision) {
  if (policy === undefined) throw new TypeError("a decision without a policy has passed the gate");
  const { adapterId, policyDigest, approvalDigests, routerRequestDigest } = phase.gate;
  const requestDigest = DIGESTS.request(decisionId, created, policy);
  const request = runRequestOf(decisionId, created, policy.policy, adapterId, {
    requestDigest,
    policyDigest,
    approvalDigests,
  });
  if (DIGESTS.runRequest(request) !== routerRequestDigest)
    throw new RunRefused("RUN_REQUEST_MISMATCH", "The run request is not the one that passed the gate.");
  return request;
}
