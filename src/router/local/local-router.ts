import { randomUUID } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type Clock, SYSTEM_CLOCK } from "../../app/clock.ts";
import {
  type AdapterDescription,
  AdapterUnknown,
  type Router,
  RouterUnavailable,
  type Run,
  RunNotFound,
  type RunProgress,
  type RunRefused,
} from "../../app/router.ts";
import { createWake } from "../../app/wake.ts";
import { encodeRunRequest } from "../../codec/run-request.ts";
import type { RunRequest } from "../../domain/run-request.ts";
import type { LocalAdapter } from "./adapter-config.ts";
import { createHttpAdapter } from "./http-adapter.ts";
import { endPrograms, settleInterrupted } from "./interrupted-runs.ts";
import { judgeRun, refused } from "./judge-run.ts";
import { openRunLog } from "./run-log.ts";
import { runOf } from "./run-of-record.ts";
import { type AcceptedRun, runPlan } from "./run-plan.ts";
import type { CallAdapter } from "./step.ts";
import { createSubprocessAdapter } from "./subprocess-adapter.ts";

export interface LocalRouter extends Router {
  /** Takes no more runs, waits for those under way, after `grace` milliseconds cancels them, and frees everything. */
  close(grace: number): Promise<void>;
}

interface ActiveRun {
  readonly runId: string;
  /** Canonical JSON of its request. */
  readonly requestText: string;
  readonly done: Promise<Run>;
  progress: RunProgress | undefined;
  readonly listeners: Set<() => void>;
}

/** The longest pause of a watcher of a run between two looks, in milliseconds: it is woken by progress and by the end anyway. */
const LOOK = 60_000;

/** A watcher stays until the run has ended, also when the router closes: that ends the run. */
const NEVER = new AbortController().signal;

/**
 * Opens the router inside the server. Runs that an earlier process left without an end are settled first: a step that was under way leaves the run INTERRUPTED.
 *
 * @param options.directory for its run log and argument files; private to it.
 */
export function openLocalRouter(options: {
  readonly directory: string;
  readonly adapters: readonly LocalAdapter[];
  readonly clock?: Clock;
}): LocalRouter {
  const { directory, clock = SYSTEM_CLOCK } = options;
  const scratch = join(directory, "steps");
  rmSync(scratch, { recursive: true, force: true });
  mkdirSync(scratch, { recursive: true, mode: 0o700 });
  const log = openRunLog(join(directory, "runs.sqlite"), clock.now);
  settleInterrupted(log, clock, () => false);
  const adapters = new Map(options.adapters.map((config) => [config.id, { config, call: callOf(config, scratch) }]));
  const active = new Map<string, ActiveRun>();
  const closing = new AbortController();
  let accepting = true;
  // A server that is ended at once, without being closed, leaves no program behind.
  const onExit = () => endPrograms(log);
  process.once("exit", onExit);

  return {
    async describeAdapter(adapterId) {
      return description(adapterId);
    },

    async *run(request, { signal } = {}) {
      const current = underWay(request) ?? begin(request, signal);
      if (!("done" in current)) {
        yield { kind: "accepted", runId: current.runId };
        yield { kind: "finished", run: current };
        return;
      }
      yield { kind: "accepted", runId: current.runId };
      const wake = createWake(clock);
      current.listeners.add(wake.ring);
      let run: Run | undefined;
      let problem: unknown;
      current.done.then(
        (ended) => {
          run = ended;
          wake.ring();
        },
        (error: unknown) => {
          problem = error ?? new Error("the run failed");
          wake.ring();
        },
      );
      let told: RunProgress | undefined;
      try {
        while (run === undefined && problem === undefined) {
          if (current.progress !== told && current.progress !== undefined) {
            told = current.progress;
            yield { kind: "progress", progress: told };
          } else await wake.wait(LOOK, NEVER);
        }
      } finally {
        current.listeners.delete(wake.ring);
      }
      if (run === undefined)
        throw new RouterUnavailable(`the run cannot be recorded: ${String(problem)}`, { cause: problem });
      yield { kind: "finished", run };
    },

    async getRun(_adapterId, decisionId, { includeBundle = false, fence = false, claimedAt } = {}) {
      const record = log.find(decisionId);
      if (record === undefined) {
        if (!fence) throw new RunNotFound(`the local router has no record of a run of ${decisionId}`);
        if (claimedAt !== undefined && claimedAt < log.begunAt)
          throw new RunNotFound(
            `its own record begins at ${new Date(log.begunAt).toISOString()}, after the run was claimed: an earlier one has been lost.`,
          );
        if (!log.fence(decisionId, clock.now()))
          throw new RouterUnavailable("the run was begun at this very moment: ask again");
        return runOf(decisionId, undefined, false);
      }
      if (record.state === "RUNNING" && !active.has(decisionId)) settleInterrupted(log, clock, (id) => active.has(id));
      return runOf(decisionId, log.find(decisionId), includeBundle);
    },

    async close(grace) {
      accepting = false;
      const runs = Promise.allSettled([...active.values()].map(({ done }) => done));
      const waited = new AbortController();
      await Promise.race([runs, clock.sleep(grace, waited.signal)]);
      waited.abort();
      closing.abort();
      await runs;
      process.off("exit", onExit);
      log.close();
    },
  };

  function description(adapterId: string): AdapterDescription {
    const adapter = adapters.get(adapterId);
    if (adapter === undefined) throw new AdapterUnknown(`the local router has no adapter ${adapterId}`);
    const { capabilities, description } = adapter.config;
    return { adapterId, capabilities: capabilities.toSorted(), description };
  }

  /** The run of the decision that is under way, if it is this request's. */
  function underWay(request: RunRequest): ActiveRun | undefined {
    const run = active.get(request.decisionId);
    if (run !== undefined && run.requestText !== encodeRunRequest(request)) throw conflicting();
    return run;
  }

  /** Puts a run on record and sets it going; or gives the run that is on record already. */
  function begin(request: RunRequest, signal: AbortSignal | undefined): ActiveRun | Run {
    if (!accepting) throw new RouterUnavailable("the server is shutting down");
    const requestText = encodeRunRequest(request);
    const { decisionId } = request;
    const earlier = log.find(decisionId);
    if (earlier !== undefined) {
      if (earlier.state === "NOT_STARTED") throw refused("RUN_FENCED", "The run was refused for ever.");
      if (earlier.request !== requestText) throw conflicting();
      return runOf(decisionId, earlier, true);
    }
    const adapter = adapters.get(request.adapterId);
    if (adapter === undefined)
      throw refused("ADAPTER_UNKNOWN", `The local router has no adapter ${request.adapterId}.`);
    const { simulate } = judgeRun(request, adapter.config);
    const accepted: AcceptedRun = {
      runId: randomUUID(),
      request,
      requestText,
      acceptedAt: clock.now(),
      call: adapter.call,
      simulate,
    };
    const { runId, acceptedAt } = accepted;
    if (!log.accept({ decisionId, runId, request: requestText, simulated: simulate, at: acceptedAt }))
      throw new RouterUnavailable("the run log has the decision already");
    const listeners = new Set<() => void>();
    const ended = signal === undefined ? closing.signal : AbortSignal.any([signal, closing.signal]);
    const run: ActiveRun = {
      runId,
      requestText,
      listeners,
      progress: undefined,
      done: Promise.resolve()
        .then(() => runPlan({ log, clock }, accepted, ended, onProgress))
        .finally(() => active.delete(decisionId)),
    };
    const onProgress = (progress: RunProgress) => {
      run.progress = progress;
      for (const wake of listeners) wake();
    };
    // Whoever watches the run is told of a failure to record it; nobody has to.
    run.done.catch(() => undefined);
    active.set(decisionId, run);
    return run;
  }
}

function conflicting(): RunRefused {
  return refused("CONFLICTING_REQUEST", "The decision has a run already, of another request.");
}

function callOf(config: LocalAdapter, scratch: string): CallAdapter {
  return config.kind === "subprocess" ? createSubprocessAdapter(config, scratch) : createHttpAdapter(config);
}
