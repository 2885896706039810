import type { Gate } from "./gate.js";
import type { Outcome } from "./history.js";

/** A run that was recorded: the decision's last event is its outcome, which names the run and its record. */
export interface Run {
  readonly gate: Gate;
  readonly outcome: Outcome;
  readonly runId: string;
  readonly routerDigest: string;
}

export function runOf(gate: Gate): Run | undefined {
  const { outcome } = gate.history;
  const { runId = "", routerDigest = "" } = outcome?.body.value ?? {};
  return outcome === undefined || runId === "" || routerDigest === ""
    ? undefined
    : { gate, outcome, runId, routerDigest };
}
