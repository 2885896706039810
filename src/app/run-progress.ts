import type { DecisionId } from "../domain/ids.ts";
import type { RunProgress } from "./router.ts";

/** The latest progress of the runs under way here. Not stored: it may be missed. */
export interface RunProgressBoard<Id = DecisionId> {
  report(id: Id, progress: RunProgress): void;
  clear(id: Id): void;
  latest(id: Id): RunProgress | undefined;
  /** Calls `wake` after each report, until the returned function is called. */
  listen(id: Id, wake: () => void): () => void;
}

export function createRunProgressBoard<Id = DecisionId>(): RunProgressBoard<Id> {
  const latest = new Map<Id, RunProgress>();
  const listeners = new Map<Id, Set<() => void>>();
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
