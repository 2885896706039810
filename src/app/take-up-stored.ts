import type { DecisionId } from "../domain/ids.ts";
import type { Decision } from "../domain/state.ts";
import { BrokenLog, takeUp } from "../evidence/chain.ts";
import type { StoredEvent } from "./event-store.ts";
import { checkStoredDigest } from "./stored-digest.ts";

/**
 * Takes up the next event of a decision's stream and checks all that it says of itself, and all that was stored beside it.
 *
 * @throws {BrokenLog} if it does not fit.
 */
export function takeUpStored(
  decisionId: DecisionId,
  decision: Decision | undefined,
  stored: StoredEvent,
): ReturnType<typeof takeUp> {
  const taken = takeUp(decision, stored.data);
  if (taken.recorded.event.body.type !== stored.type)
    throw new BrokenLog(`event ${stored.revision}: stored as ${stored.type}, but its body is of another type`);
  checkStoredDigest(stored.revision, taken.recorded.digest, stored.metadata);
  if (taken.decision.decisionId !== decisionId)
    throw new BrokenLog(`the stream of ${decisionId} holds the log of ${taken.decision.decisionId}`);
  return taken;
}
