import type { RecordedKeyEvent } from "../domain/approver-key.ts";
import { evolveKeys, IllegalKeyEvent, NO_KEYS } from "../domain/key-registry.ts";
import { BrokenLog } from "../evidence/chain.ts";
import { takeUpStoredKey } from "./approver-keys.ts";
import { assertBeside, type CheckStream, withoutPlace } from "./check-stream.ts";

/** Checks the registry of approvers' keys. */
export const checkKeyStream: CheckStream = async (_stream, events, _ports, report) => {
  const taken: RecordedKeyEvent[] = [];
  const broken = (seq: number, message: string) =>
    report({ kind: "LOG", seq, message: withoutPlace(message, `event ${seq}`) });
  for await (const stored of events) {
    try {
      const recorded = takeUpStoredKey(stored);
      assertBeside(stored, recorded.event.eventId);
      taken.push(recorded);
    } catch (error) {
      if (!(error instanceof BrokenLog)) throw error;
      broken(stored.revision, error.message);
      break;
    }
  }
  try {
    // All at once: event by event a long registry would cost the square of its length.
    evolveKeys(NO_KEYS, taken);
  } catch (error) {
    if (!(error instanceof IllegalKeyEvent)) throw error;
    broken(error.seq, error.message);
  }
};
