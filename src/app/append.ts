import type { Clock } from "./clock.ts";
import {
  AppendOutcomeUnknown,
  type AppendResult,
  type EventStore,
  type ExpectedRevision,
  type NewEvent,
} from "./event-store.ts";

/** Pauses before the same append is tried again, in milliseconds. */
const PAUSES = [50, 200, 1000] as const;

/**
 * Appends, and settles a lost answer by repeating the very same append: if the first one had landed, the store says so and writes nothing.
 *
 * @throws {AppendOutcomeUnknown} if even that got no answer.
 */
export async function appendSettled(
  { store, clock }: { readonly store: EventStore; readonly clock: Clock },
  stream: string,
  expected: ExpectedRevision,
  events: readonly NewEvent[],
  signal: AbortSignal | undefined,
): Promise<AppendResult> {
  for (const pause of PAUSES) {
    try {
      return await store.append(stream, expected, events, { signal });
    } catch (error) {
      if (!(error instanceof AppendOutcomeUnknown)) throw error;
      await clock.sleep(pause, signal);
      if (signal?.aborted === true) throw error;
    }
  }
  return await store.append(stream, expected, events, { signal });
}
