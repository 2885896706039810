import type { RecordedKeyEvent } from "../domain/approver-key.ts";
import type { Instant } from "../domain/ids.ts";
import { evolveKeys, IllegalKeyEvent, type KeyRegistry, NO_KEYS } from "../domain/key-registry.ts";
import { KEYS_SET_ASIDE, KEYS_UNKNOWN, type KeyView } from "../domain/key-view.ts";
import { type Decision, gateOf } from "../domain/state.ts";
import { BrokenLog } from "../evidence/chain.ts";
import { readKeyEvent, type SealedKeyEvent } from "../evidence/key-chain.ts";
import { createBell } from "./bell.ts";
import type { Clock } from "./clock.ts";
import { type EventStore, type StoredEvent, StoreUnavailable, StreamCorrupt } from "./event-store.ts";
import type { Log } from "./log.ts";
import { createOneAtATime } from "./one-at-a-time.ts";
import { Refused } from "./refused.ts";
import { checkStoredDigest } from "./stored-digest.ts";

/** The registry and the events it follows from. */
export interface KeyLog {
  readonly registry: KeyRegistry;
  readonly events: readonly RecordedKeyEvent[];
}

/** The registry of approvers' keys, read from the store and verified. */
export interface ApproverKeys {
  /**
   * The registry as it is in the store now: what is known of it is continued from there, so that nothing another server wrote is missed.
   *
   * @throws {Refused} STORED_LOG_CORRUPT if what is stored does not replay.
   */
  load(signal?: AbortSignal): Promise<KeyLog>;

  /** Takes up events that have just been appended to the registry as it was loaded. */
  extend(log: KeyLog, appended: readonly SealedKeyEvent[]): KeyLog;

  /**
   * What has to be known of keys to judge a decision: nothing where no approval is signed, else the registry as it is now.
   *
   * @throws as load does: before the gate nothing is judged by a registry that cannot be read.
   */
  viewFor(decision: Decision, signal?: AbortSignal): Promise<JudgedKeys>;

  /** The same for lists, which a damaged registry must not end: signed approvals then do not count. */
  viewOrUnknown(decision: Decision, signal?: AbortSignal): Promise<JudgedKeys>;

  /** Rings after every change of the registry that this server has come to know of, until the returned function is called. */
  listen(ring: () => void): () => void;

  /** Looks for what other servers write to the registry, for the listeners, until the signal; never throws. */
  run(signal: AbortSignal): Promise<void>;
}

/** Keys to judge by, and the time of the last thing that happened to any of them: nobody may judge by an earlier clock what they do to a decision now. */
export interface JudgedKeys {
  readonly keys: KeyView;
  readonly notBefore: Instant;
}

/** The registry's one stream: whether a key is taken, and what the head is, has to be told of all keys at once. */
export const KEY_STREAM = "approver-keys";

/** How often it is looked for what other servers have written, in milliseconds. Judgements do not wait for it: each looks for itself. */
const LOOK_EVERY = 1_000;

export function createApproverKeys(ports: {
  readonly store: EventStore;
  readonly clock: Clock;
  readonly log: Log;
}): ApproverKeys {
  const { store, clock, log } = ports;
  const oneAtATime = createOneAtATime<"load">();
  const bell = createBell();
  let known: KeyLog = { registry: NO_KEYS, events: [] };

  return {
    load,
    extend(before, appended) {
      const events = appended.map(({ event, digest }) => ({ event, digest }));
      const after = { registry: evolveKeys(before.registry, events), events: [...before.events, ...events] };
      if (after.events.length > known.events.length) know(after);
      return after;
    },
    viewFor,
    async viewOrUnknown(decision, signal) {
      try {
        return await viewFor(decision, signal);
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        log.warn({ decision_id: decision.decisionId, error }, "judged without the registry of approvers' keys");
        return { keys: KEYS_UNKNOWN, notBefore: 0 };
      }
    },
    listen: bell.listen,
    async run(signal) {
      let told = "";
      while (!signal.aborted) {
        try {
          await load(signal);
          told = "";
        } catch (error) {
          const { message } = error as Error;
          if (!signal.aborted && !(error instanceof StoreUnavailable) && message !== told)
            log.error({ error }, "the registry of approvers' keys cannot be read");
          told = message;
        }
        await clock.sleep(LOOK_EVERY, signal);
      }
    },
  };

  async function viewFor({ approvals, phase }: Decision, signal?: AbortSignal): Promise<JudgedKeys> {
    const setAside = { keys: KEYS_SET_ASIDE, notBefore: 0 };
    if (approvals.every(({ signature }) => signature === undefined)) return setAside;
    try {
      return keysOf(await load(signal));
    } catch (error) {
      // Behind the gate keys no longer decide anything, they are shown.
      if (error instanceof Refused && gateOf(phase) !== undefined) return setAside;
      throw error;
    }
  }

  function know(log: KeyLog): void {
    known = log;
    bell.ring();
  }

  async function load(signal?: AbortSignal): Promise<KeyLog> {
    return await oneAtATime("load", async () => {
      const fresh: RecordedKeyEvent[] = [];
      try {
        const from = known.events.length;
        for await (const stored of store.read(KEY_STREAM, { from, signal })) fresh.push(takeUpStoredKey(stored));
        if (fresh.length > 0)
          know({ registry: evolveKeys(known.registry, fresh), events: [...known.events, ...fresh] });
        return known;
      } catch (cause) {
        const isBroken =
          cause instanceof BrokenLog || cause instanceof StreamCorrupt || cause instanceof IllegalKeyEvent;
        if (!isBroken) throw cause;
        known = { registry: NO_KEYS, events: [] };
        throw corrupt(cause);
      }
    });
  }
}

/**
 * Reads an event of the registry and checks all that it says of itself, and all that was stored beside it.
 *
 * @throws {BrokenLog} if it does not fit.
 */
export function takeUpStoredKey({ data, metadata, type, revision }: StoredEvent): RecordedKeyEvent {
  const recorded = readKeyEvent(revision, data);
  if (recorded.event.body.type !== type)
    throw new BrokenLog(`event ${revision}: stored as ${type}, but its body is of another type`);
  checkStoredDigest(revision, recorded.digest, metadata);
  return recorded;
}

/** The whole registry as it was loaded. */
export function keysOf({ registry }: KeyLog): JudgedKeys {
  return { keys: { kind: "known", keys: registry.keys }, notBefore: registry.head?.occurredAt ?? 0 };
}

function corrupt(cause: Error): Refused {
  const message = `The stored registry of approvers' keys does not replay: ${cause.message}. No signed approval counts until it has been restored.`;
  return new Refused("STORED_LOG_CORRUPT", message, { cause });
}
