import type { DecisionId } from "../domain/ids.ts";
import { type Decision, gateOf } from "../domain/state.ts";
import type { AdapterViews } from "./adapter-view.ts";
import type { Caller } from "./caller.ts";
import type { DecisionFeed } from "./decision-feed.ts";
import type { DecisionLogs } from "./decision-logs.ts";
import type { Executions } from "./executions.ts";
import type { HandleCommand, Handled } from "./handle-command.ts";
import { noSuchDecision } from "./refused.ts";

/** Passes the gate and starts the run. */
export type ExecuteDecision = (
  caller: Caller,
  decisionId: DecisionId,
  request: {
    /** Undefined: the request's. */
    readonly adapterId: string | undefined;
    /** Why it has to be executed even without the quorum; empty: it need not. */
    readonly breakGlassReason?: string;
    /** How long to wait for the outcome, in milliseconds; 0: not at all. */
    readonly wait: number;
  },
  signal?: AbortSignal,
) => Promise<{
  /** The gate, now or when the command was first given. */
  readonly gate: Handled;
  /** The decision as it stands when this answers. */
  readonly decision: Decision;
}>;

export function createExecuteDecision(ports: {
  readonly logs: DecisionLogs;
  readonly handle: HandleCommand;
  readonly adapters: AdapterViews;
  readonly executions: Executions;
  readonly feed: DecisionFeed;
}): ExecuteDecision {
  const { logs, handle, adapters, executions, feed } = ports;
  return async (caller, decisionId, { adapterId, breakGlassReason = "", wait }, signal) => {
    const before = (await logs.load(decisionId, signal))?.decision;
    const judged = before === undefined || gateOf(before.phase) !== undefined;
    const chosen = before?.created.adapterId || adapterId;
    // The router is asked before the gate and the answer is used once, so that the gate is judged by what holds now.
    const adapter = judged ? undefined : await adapters.ask(chosen, signal);
    const gate = await handle(
      caller,
      decisionId,
      { type: "REQUEST_EXECUTION", adapterId, breakGlassReason },
      { signal, ...(adapter === undefined ? {} : { adapter }) },
    );
    // Behind the gate the caller's signal no longer counts: what has passed is carried out. Who repeats the call may find that it has not been claimed yet.
    const passed = gate.repeated ? (await logs.load(decisionId))?.decision : gate.decision;
    if (passed?.phase.kind === "gated") await executions.start({ ...passed, phase: passed.phase });
    const decision = wait > 0 ? await feed.outcome(decisionId, wait, signal) : (await logs.load(decisionId))?.decision;
    if (decision === undefined) throw noSuchDecision(decisionId);
    return { gate, decision };
  };
}
