import { isSameActor, SERVER_ACTOR } from "../domain/actor.ts";
import type { AdapterView } from "../domain/blocking.ts";
import type { Command } from "../domain/command.ts";
import { decide } from "../domain/decide.ts";
import type { RecordedEvent } from "../domain/event.ts";
import type { DecisionId } from "../domain/ids.ts";
import { policyInForce } from "../domain/policy-in-force.ts";
import { eventsOf, isRepeat } from "../domain/repeat.ts";
import type { Decision } from "../domain/state.ts";
import type { SealedEvent } from "../evidence/chain.ts";
import { DIGESTS } from "../evidence/digests.ts";
import { appendSettled } from "./append.ts";
import type { ApproverKeys } from "./approver-keys.ts";
import type { Caller } from "./caller.ts";
import type { Clock } from "./clock.ts";
import { decisionAfter } from "./decision-after.ts";
import { type DecisionLog, type DecisionLogs, streamOf } from "./decision-logs.ts";
import { type EventStore, type NewEvent, WrongExpectedRevision } from "./event-store.ts";
import type { FindTemplates } from "./find-templates.ts";
import { type HouseRules, NO_HOUSE_RULES } from "./house-rules.ts";
import { keysForCommand } from "./keys-for-command.ts";
import { createOneAtATime } from "./one-at-a-time.ts";
import { record } from "./record.ts";
import { Refused } from "./refused.ts";
import { digestMetadata } from "./stored-digest.ts";

/** What a command came to. */
export interface Handled {
  /** The events it wrote, now or when it was first given. */
  readonly written: readonly [RecordedEvent, ...RecordedEvent[]];
  /** The decision right after them. */
  readonly decision: Decision;
  /** Whether it had been given before, so that nothing was written now. */
  readonly repeated: boolean;
}

export interface CommandOptions {
  /** What is known of the adapter; needed to pass the gate. */
  readonly adapter?: AdapterView;
  /** Asked where a policy is to come from a template, and the command has not been given before. */
  readonly findTemplates?: FindTemplates;
  readonly signal?: AbortSignal | undefined;
}

/** Carries commands out: load, decide, append. The one place where events are written. */
export type HandleCommand = (
  caller: Caller,
  decisionId: DecisionId,
  command: Command,
  options?: CommandOptions,
) => Promise<Handled>;

/** How often a command is decided anew because somebody else's append came first. Within one server commands on a decision queue up and do not collide. */
const MAX_ATTEMPTS = 20;

/** The command handler. Throws {@link Refused}, or what the store throws. */
export function createCommandHandler(ports: {
  readonly store: EventStore;
  readonly logs: DecisionLogs;
  readonly approverKeys: ApproverKeys;
  readonly clock: Clock;
  /** A new random UUID. */
  readonly newId: () => string;
  /** What is demanded here, whatever a policy says; nothing by default. */
  readonly houseRules?: HouseRules;
}): HandleCommand {
  const { logs, approverKeys, clock, newId, houseRules = NO_HOUSE_RULES } = ports;
  const oneAtATime = createOneAtATime<DecisionId>();

  return (caller, decisionId, command, options = {}) =>
    oneAtATime(decisionId, async () => {
      const { signal, adapter = { kind: "unchosen" } } = options;
      for (let attempt = 1; ; attempt++) {
        signal?.throwIfAborted();
        const log = await logs.load(decisionId, signal);
        // What the server itself continues carries the key of the command it follows from; whether it is done is told by the phase.
        const isKeyed = !isSameActor(caller.actor, SERVER_ACTOR);
        const earlier = log && isKeyed ? firstAnswer(log, caller, command) : undefined;
        if (earlier !== undefined) return earlier;

        const templates = (await options.findTemplates?.(command, log?.decision, signal)) ?? [];
        const { actor, delegate, groups } = caller;
        const { keys, notBefore, signature } = await keysForCommand(approverKeys, command, log, actor, signal);
        // Never before a revocation that is known: so whoever reads the times later judges as it was judged here.
        const at = Math.max(clock.now(), log?.decision.head.occurredAt ?? 0, notBefore);
        // Roles may have been taken away while the command waited: for the queue, the store or a router.
        caller.permit?.();
        const world = { at, digests: DIGESTS, ...houseRules.current(), adapter, templates, keys, signature };
        const verdict = decide(command, log?.decision, { decisionId, actor, delegate, groups, ...world });
        if (!verdict.accepted) {
          const { reason, message, ...details } = verdict.rejection;
          throw new Refused(reason, message, details);
        }
        const sealed = record(verdict.events, { decisionId, after: log?.decision, at }, caller, newId);
        const events = sealed.map(toStore);
        try {
          await appendSettled(ports, streamOf(decisionId), log?.decision.head.seq ?? "none", events, signal);
        } catch (error) {
          if (!(error instanceof WrongExpectedRevision)) throw error;
          if (attempt < MAX_ATTEMPTS) continue;
          throw new Refused("CONTENTION", "Too many others wrote to this decision at the same time: repeat the call.");
        }
        const { decision, events: all } = logs.extend(log, sealed);
        return { written: nonEmpty(all.slice(-sealed.length)), decision, repeated: false };
      }
    });
}

function toStore({ event, text, digest }: SealedEvent): NewEvent {
  return {
    id: event.eventId,
    type: event.body.type,
    data: text,
    metadata: digestMetadata(digest),
    trace: { correlationId: event.decisionId, causationId: event.requestId },
  };
}

/** The first answer to a command that was given before; undefined if it is new. */
function firstAnswer(log: DecisionLog, caller: Caller, command: Command): Handled | undefined {
  const written = eventsOf(log.events, caller.actor, caller.requestId);
  const last = written.at(-1);
  if (last === undefined) return undefined;
  if (!isRepeat(command, written, policyInForce(log.decision)))
    throw new Refused(
      "REQUEST_ID_REUSED",
      `The request_id ${caller.requestId} was used for something else on this decision.`,
    );
  return { written: nonEmpty(written), decision: decisionAfter(log, last.event.seq), repeated: true };
}

function nonEmpty(events: readonly RecordedEvent[]): Handled["written"] {
  const [first, ...rest] = events;
  if (first === undefined) throw new TypeError("a command writes at least one event");
  return [first, ...rest];
}
