import type { RecordedEvent } from "../domain/event.ts";
import type { Decision } from "../domain/state.ts";
import { BrokenLog, takeUp } from "../evidence/chain.ts";

/** A log of ours that was taken up, with the stored form of each event. */
export interface OwnLog {
  readonly decision: Decision;
  readonly events: readonly RecordedEvent[];
  readonly texts: readonly string[];
}

/** Takes up a whole log from the stored form of its events, or says why it does not replay. */
export function takeUpLog(texts: readonly string[]): OwnLog | { readonly problem: string } {
  const events: RecordedEvent[] = [];
  let decision: Decision | undefined;
  try {
    for (const text of texts) {
      const next = takeUp(decision, text);
      events.push(next.recorded);
      decision = next.decision;
    }
  } catch (error) {
    if (error instanceof BrokenLog) return { problem: `The log does not replay: ${error.message}` };
    throw error;
  }
  return decision === undefined ? { problem: "The log has no events." } : { decision, events, texts };
}
