import type { RecordedEvent } from "../domain/event.ts";
import { evolve } from "../domain/evolve.ts";
import type { Decision } from "../domain/state.ts";
import type { DecisionLog } from "./decision-logs.ts";

/** The last answer about each log, by its first event: who reads on in a log from event to event shall not pay for its length each time. */
const lastAsked = new WeakMap<RecordedEvent, Decision>();

/** The decision as it was after an event. */
export function decisionAfter({ decision: latest, events }: DecisionLog, seq: number): Decision {
  if (seq === latest.head.seq) return latest;
  const [first] = events;
  const known = first && lastAsked.get(first);
  let decision =
    known && known.head.seq <= seq && events[known.head.seq]?.digest === known.head.digest ? known : undefined;
  for (const recorded of events.slice((decision?.head.seq ?? -1) + 1, seq + 1)) decision = evolve(decision, recorded);
  if (first === undefined || decision === undefined) throw new RangeError(`there is no event ${seq}`);
  lastAsked.set(first, decision);
  return decision;
}
