import { CodecError } from "../codec/codec-error.ts";
import { decodeEvent, encodeEvent } from "../codec/stored-event.ts";
import type { DecisionEvent, RecordedEvent } from "../domain/event.ts";
import { evolve, IllegalEvent } from "../domain/evolve.ts";
import type { Decision } from "../domain/state.ts";
import { digestOf } from "./digest.ts";

/** An event ready to be stored: its stored form and the digest of that. */
export interface SealedEvent extends RecordedEvent {
  readonly text: string;
}

/** Gives an event its stored form and digest. */
export function seal(event: DecisionEvent): SealedEvent {
  const text = encodeEvent(event);
  return { event, text, digest: digestOf(text) };
}

/** A log that does not replay: not in its stored form, a broken chain, or an event that cannot follow. */
export class BrokenLog extends Error {
  override readonly name = "BrokenLog";
}

/**
 * Takes up the next event of a log from its stored form and checks everything that it says of itself.
 *
 * @throws {BrokenLog} if it does not fit; the message says which event and why.
 */
export function takeUp(decision: Decision | undefined, text: string): { decision: Decision; recorded: RecordedEvent } {
  const seq = decision === undefined ? 0 : decision.head.seq + 1;
  try {
    const recorded = { event: decodeEvent(text), digest: digestOf(text) };
    return { decision: evolve(decision, recorded), recorded };
  } catch (cause) {
    if (cause instanceof CodecError) throw new BrokenLog(`event ${seq}: ${cause.message}`, { cause });
    if (cause instanceof IllegalEvent) throw new BrokenLog(cause.message, { cause });
    throw cause;
  }
}
