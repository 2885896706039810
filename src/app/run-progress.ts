import type { DecisionId } from "../domain/ids.ts";
import type { RunProgress } from "./router.ts";

/** The latest progress of the runs under way here. Not stored: it may be missed. */
export interface RunProgressBoard {
  report(decisionId: DecisionId, progress: RunProgress): void;
  clear(decisionId: DecisionId): void;
  latest(decisionId: DecisionId): RunProgress | undefined;
  /** Calls `wake` after each report, until the returned function is called. */
  listen(decisionId: DecisionId, wake: () => void): () => void;
}

export function createRunProgressBoard(): RunProgressBoard {
  const latest = new Map<DecisionId, RunProgress>();
  const listeners = new Map<DecisionId, Set<() => void>>();
  return {
    report(decisionId, progress) {
      latest.set(decisionId, progress);
      for (const wake of listeners.get(decisionId) ?? []) wake();
    },
    clear: (decisionId) => void latest.delete(decisionId),
    latest: (decisionId) => latest.get(decisionId),
    listen(decisionId, wake) {
      const wakes = listeners.get(decisionId) ?? new Set();
      listeners.set(decisionId, wakes.add(wake));
      return () => {
        wakes.delete(wake);
        if (wakes.size === 0 && listeners.get(decisionId) === wakes) listeners.delete(decisionId);
      };
    },
  };
}
