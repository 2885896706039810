import { decodeKeyEvent, encodeKeyEvent } from "../codec/approver-key.ts";
import { CodecError } from "../codec/codec-error.ts";
import type { ApproverKeyEvent, RecordedKeyEvent } from "../domain/approver-key.ts";
import { BrokenLog } from "./chain.ts";
import { digestOf } from "./digest.ts";
import { readPublicKey } from "./public-key.ts";

/** An event of the registry ready to be stored. */
export interface SealedKeyEvent extends RecordedKeyEvent {
  readonly text: string;
}

/** Gives an event of the registry its stored form and digest. */
export function sealKeyEvent(event: ApproverKeyEvent): SealedKeyEvent {
  const text = encodeKeyEvent(event);
  return { event, text, digest: digestOf(text) };
}

/**
 * Reads an event of the registry, and the key in it: one that could not have been enrolled is not believed because it is stored.
 *
 * @throws {BrokenLog} if it is not in its stored form, or its key is none or has another id.
 */
export function readKeyEvent(seq: number, text: string): RecordedKeyEvent {
  let event: ApproverKeyEvent;
  try {
    event = decodeKeyEvent(text);
  } catch (cause) {
    if (!(cause instanceof CodecError)) throw cause;
    throw new BrokenLog(`event ${seq}: ${cause.message}`, { cause });
  }
  const { body } = event;
  if (body.type === "KEY_ENROLLED") {
    const key = readPublicKey(body.publicKey);
    if ("problem" in key) throw new BrokenLog(`event ${seq}: its key cannot be believed: ${key.problem}`);
    if (key.keyId !== body.keyId) throw new BrokenLog(`event ${seq}: its key id is not that of its key`);
  }
  return { event, digest: digestOf(text) };
}
