import type { Clock } from "./clock.ts";
import {
  AppendOutcomeUnknown,
  type AppendResult,
  type EventStore,
  type ExpectedRevision,
  type NewEvent,
  StoreUnavailable,
} from "./event-store.ts";

/** Pauses before the same append is tried again, in milliseconds. */
const PAUSES = [50, 200, 1000] as const;

/**
 * Appends, and settles a lost answer by repeating the very same append: if the first one had landed, the store says so and writes nothing.
 *
 * @throws {AppendOutcomeUnknown} if even that got no answer: a repeat that nothing came of says nothing about the first.
 */
export async function appendSettled(
  { store, clock }: { readonly store: EventStore; readonly clock: Clock },
  stream: string,
  expected: ExpectedRevision,
  events: readonly NewEvent[],
  signal: AbortSignal | undefined,
): Promise<AppendResult> {
  const append = () => store.append(stream, expected, events, { signal });
  try {
    return await append();
  } catch (error) {
    if (!(error instanceof AppendOutcomeUnknown)) throw error;
    return await settle(error);
  }

  async function settle(unknown: AppendOutcomeUnknown): Promise<AppendResult> {
    for (const pause of PAUSES) {
      await clock.sleep(pause, signal);
      if (signal?.aborted === true) break;
      try {
        return await append();
      } catch (error) {
        const saysNothing =
          error instanceof AppendOutcomeUnknown || error instanceof StoreUnavailable || error === signal?.reason;
        if (!saysNothing) throw error;
      }
    }
    throw unknown;
  }
}
