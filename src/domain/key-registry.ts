import type { ApproverKey, ApproverKeyEvent, RecordedKeyEvent } from "./approver-key.ts";
import type { Digest } from "./ids.ts";
import type { Head } from "./state.ts";

/** The approvers' keys as the events of the registry tell them. */
export interface KeyRegistry {
  /** Every key ever enrolled, by its id, in order of enrolment. */
  readonly keys: ReadonlyMap<Digest, ApproverKey>;
  /** The last event; undefined: nothing has happened yet. */
  readonly head: Head | undefined;
}

/** Before the first event. */
export const NO_KEYS: KeyRegistry = { keys: new Map(), head: undefined };

/** The registry's log says something that cannot have happened. */
export class IllegalKeyEvent extends Error {
  override readonly name = "IllegalKeyEvent";
  /** Of the event that cannot follow. */
  readonly seq: number;
  constructor(event: ApproverKeyEvent, why: string) {
    super(`event ${event.seq} (${event.body.type}): ${why}`);
    this.seq = event.seq;
  }
}

/**
 * The registry after more events; all at once, so that a long log does not cost the square of its length.
 *
 * @throws {IllegalKeyEvent} if one cannot follow.
 */
export function evolveKeys(registry: KeyRegistry, events: Iterable<RecordedKeyEvent>): KeyRegistry {
  const keys = new Map(registry.keys);
  let { head } = registry;
  for (const { event, digest } of events) {
    checkPlace(head, event);
    apply(keys, event);
    head = { seq: event.seq, digest, occurredAt: event.occurredAt };
  }
  return { keys, head };
}

function checkPlace(head: Head | undefined, event: ApproverKeyEvent): void {
  if (event.seq !== (head === undefined ? 0 : head.seq + 1))
    throw new IllegalKeyEvent(event, `seq ${head === undefined ? 0 : head.seq + 1} was expected`);
  if (event.previousDigest !== (head?.digest ?? ""))
    throw new IllegalKeyEvent(event, "previous_digest is not the digest of the event before");
  if (head !== undefined && event.occurredAt < head.occurredAt)
    throw new IllegalKeyEvent(event, "occurred before the event before it");
}

function apply(keys: Map<Digest, ApproverKey>, event: ApproverKeyEvent): void {
  const { body } = event;
  const known = keys.get(body.keyId);
  switch (body.type) {
    case "KEY_ENROLLED": {
      if (known !== undefined) throw new IllegalKeyEvent(event, "a key is enrolled once");
      const { keyId, approver, publicKey, description } = body;
      const { seq, occurredAt: enrolledAt, actor: enrolledBy } = event;
      const key = { keyId, approver, publicKey, description, seq, enrolledAt, enrolledBy, revoked: undefined };
      keys.set(keyId, key);
      return;
    }
    case "KEY_REVOKED": {
      if (known === undefined) throw new IllegalKeyEvent(event, "the key was never enrolled");
      if (known.revoked !== undefined) throw new IllegalKeyEvent(event, "a key is revoked once");
      keys.set(body.keyId, { ...known, revoked: { at: event.occurredAt, by: event.actor, reason: body.reason } });
    }
  }
}
