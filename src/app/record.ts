import { CodecError } from "../codec/codec-error.ts";
import type { DecisionEvent, EventBody } from "../domain/event.ts";
import type { DecisionId, Instant } from "../domain/ids.ts";
import type { Decision } from "../domain/state.ts";
import { type SealedEvent, seal } from "../evidence/chain.ts";
import type { Caller } from "./caller.ts";
import { Refused } from "./refused.ts";

/** Largest event and largest append in stored form, in bytes of UTF-8. */
export const MAX_EVENT_BYTES = 256 * 1024;
export const MAX_APPEND_BYTES = 900 * 1024;

/**
 * Makes events out of what was decided: each gets its place, its time, its author and the digest of the one before.
 *
 * @throws {Refused} EVENT_TOO_LARGE, or INVALID_REQUEST for text that has no canonical form.
 */
export function record(
  bodies: readonly EventBody[],
  place: { readonly decisionId: DecisionId; readonly after: Decision | undefined; readonly at: Instant },
  caller: Caller,
  newId: () => string,
): readonly SealedEvent[] {
  const sealed: SealedEvent[] = [];
  let previousDigest: DecisionEvent["previousDigest"] = place.after?.head.digest ?? "";
  let total = 0;
  for (const [index, body] of bodies.entries()) {
    const event = sealOrRefuse({
      eventId: newId(),
      decisionId: place.decisionId,
      seq: (place.after === undefined ? 0 : place.after.head.seq + 1) + index,
      occurredAt: place.at,
      actor: caller.actor,
      delegate: caller.delegate,
      requestId: caller.requestId,
      previousDigest,
      body,
    });
    previousDigest = event.digest;
    const bytes = Buffer.byteLength(event.text);
    total += bytes;
    if (bytes > MAX_EVENT_BYTES)
      throw new Refused(
        "EVENT_TOO_LARGE",
        `${body.type} would be ${bytes} bytes; an event is ${MAX_EVENT_BYTES} at most.`,
        { facts: { max_bytes: `${MAX_EVENT_BYTES}` } },
      );
    sealed.push(event);
  }
  if (total > MAX_APPEND_BYTES)
    throw new Refused(
      "EVENT_TOO_LARGE",
      `The events would be ${total} bytes; a command writes ${MAX_APPEND_BYTES} at most.`,
      { facts: { max_bytes: `${MAX_APPEND_BYTES}` } },
    );
  return sealed;
}

function sealOrRefuse(event: DecisionEvent): SealedEvent {
  try {
    return seal(event);
  } catch (cause) {
    if (!(cause instanceof CodecError)) throw cause;
    throw new Refused("INVALID_REQUEST", `The request holds text that cannot be stored: ${cause.message}.`, { cause });
  }
}
