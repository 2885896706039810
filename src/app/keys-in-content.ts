import type { ApproverKey, RecordedKeyEvent } from "../domain/approver-key.ts";
import type { Digest, Instant } from "../domain/ids.ts";
import { evolveKeys, IllegalKeyEvent, NO_KEYS } from "../domain/key-registry.ts";
import { BrokenLog } from "../evidence/chain.ts";
import { KEY_STREAM, takeUpStoredKey } from "./approver-keys.ts";
import { type Position, StreamCorrupt } from "./event-store.ts";
import type { StoreContent } from "./store-content.ts";

/** The approvers' keys as a store that is checked holds them. */
export interface KeysInContent {
  readonly keys: ReadonlyMap<Digest, ApproverKey>;
  /** When the last thing happened to any of them: rows are never judged by an earlier clock. */
  readonly notBefore: Instant;
  /** Where the events stand that revoked keys. */
  readonly revocations: ReadonlyMap<Digest, Position>;
}

/**
 * Reads the registry; undefined if it does not replay, which is for the check of its stream to say.
 *
 * @throws {StoreUnavailable}
 */
export async function keysIn(content: StoreContent): Promise<KeysInContent | undefined> {
  const taken: RecordedKeyEvent[] = [];
  const revocations = new Map<Digest, Position>();
  try {
    for await (const stored of content.events(KEY_STREAM)) {
      const recorded = takeUpStoredKey(stored);
      taken.push(recorded);
      const { body } = recorded.event;
      if (body.type === "KEY_REVOKED") revocations.set(body.keyId, stored.position);
    }
    const { keys, head } = evolveKeys(NO_KEYS, taken);
    return { keys, notBefore: head?.occurredAt ?? 0, revocations };
  } catch (error) {
    const isBroken = error instanceof BrokenLog || error instanceof StreamCorrupt || error instanceof IllegalKeyEvent;
    if (!isBroken) throw error;
    return undefined;
  }
}
