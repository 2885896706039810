import { isSameActor } from "../domain/actor.ts";
import type { ApproverKey, RecordedKeyEvent } from "../domain/approver-key.ts";
import { decideKeys, type KeyCommand } from "../domain/decide-keys.ts";
import type { Digest } from "../domain/ids.ts";
import type { KeyRegistry } from "../domain/key-registry.ts";
import { sealKeyEvent } from "../evidence/key-chain.ts";
import { appendSettled } from "./append.ts";
import { type ApproverKeys, KEY_STREAM } from "./approver-keys.ts";
import type { Caller } from "./caller.ts";
import type { Clock } from "./clock.ts";
import { type EventStore, WrongExpectedRevision } from "./event-store.ts";
import { createOneAtATime } from "./one-at-a-time.ts";
import { Refused } from "./refused.ts";
import { digestMetadata } from "./stored-digest.ts";

/** Carries out commands on the registry of approvers' keys: load, decide, append. Gives the key as it is right after. */
export type HandleKeyCommand = (caller: Caller, command: KeyCommand, signal?: AbortSignal) => Promise<ApproverKey>;

/** How often a command is decided anew because another server's append came first. */
const MAX_ATTEMPTS = 20;

/** Throws {@link Refused}, or what the store throws. */
export function createKeyCommandHandler(ports: {
  readonly store: EventStore;
  readonly approverKeys: ApproverKeys;
  readonly clock: Clock;
  /** A new random UUID. */
  readonly newId: () => string;
  /** Whether a caller may enrol keys, and revoke those of others. */
  readonly isAdministrator: (caller: Caller) => boolean;
}): HandleKeyCommand {
  const { approverKeys, clock, newId } = ports;
  const oneAtATime = createOneAtATime<"registry">();

  return (caller, command, signal) =>
    oneAtATime("registry", async () => {
      for (let attempt = 1; ; attempt++) {
        signal?.throwIfAborted();
        const log = await approverKeys.load(signal);
        const earlier = firstAnswer(log.events, caller, command);
        if (earlier !== undefined) return keyIn(log.registry, earlier.event.body.keyId);

        caller.permit?.();
        const { actor } = caller;
        const isAdministrator = ports.isAdministrator(caller);
        const verdict = decideKeys(command, log.registry, { actor, isAdministrator });
        if (!verdict.accepted) throw new Refused(verdict.rejection.reason, verdict.rejection.message);
        const { head } = log.registry;
        const sealed = sealKeyEvent({
          eventId: newId(),
          seq: head === undefined ? 0 : head.seq + 1,
          occurredAt: Math.max(clock.now(), head?.occurredAt ?? 0),
          actor,
          delegate: caller.delegate,
          requestId: caller.requestId,
          previousDigest: head?.digest ?? "",
          body: verdict.event,
        });
        const stored = {
          id: sealed.event.eventId,
          type: verdict.event.type,
          data: sealed.text,
          metadata: digestMetadata(sealed.digest),
          trace: { correlationId: KEY_STREAM, causationId: caller.requestId },
        };
        try {
          await appendSettled(ports, KEY_STREAM, head?.seq ?? "none", [stored], signal);
        } catch (error) {
          if (!(error instanceof WrongExpectedRevision)) throw error;
          if (attempt < MAX_ATTEMPTS) continue;
          throw new Refused("CONTENTION", "Too many others wrote to the registry at the same time: repeat the call.");
        }
        return keyIn(approverKeys.extend(log, [sealed]).registry, verdict.event.keyId);
      }
    });
}

/** The event of a command that was given before; undefined if it is new. */
function firstAnswer(
  events: readonly RecordedKeyEvent[],
  { actor, requestId }: Caller,
  command: KeyCommand,
): RecordedKeyEvent | undefined {
  const written = events.find(({ event }) => event.requestId === requestId && isSameActor(event.actor, actor));
  if (written === undefined || isRepeat(command, written)) return written;
  throw new Refused("REQUEST_ID_REUSED", `The request_id ${requestId} was used for something else on the registry.`);
}

function isRepeat(command: KeyCommand, { event: { body } }: RecordedKeyEvent): boolean {
  switch (command.type) {
    case "ENROL_KEY":
      return (
        body.type === "KEY_ENROLLED" &&
        !("problem" in command.key) &&
        body.keyId === command.key.keyId &&
        isSameActor(body.approver, command.approver) &&
        body.description === command.description
      );
    case "REVOKE_KEY":
      return body.type === "KEY_REVOKED" && body.keyId === command.keyId && body.reason === command.reason;
  }
}

function keyIn({ keys }: KeyRegistry, keyId: Digest): ApproverKey {
  const key = keys.get(keyId);
  if (key === undefined) throw new TypeError("the registry does not hold what was just written to it");
  return key;
}
