import { expect } from "vitest";
import type { Actor } from "../../src/domain/actor.ts";
import type { AdapterView } from "../../src/domain/blocking.ts";
import type { Command, CommandContext } from "../../src/domain/command.ts";
import { decide } from "../../src/domain/decide.ts";
import type { Digests } from "../../src/domain/digests.ts";
import type { EventBody, RecordedEvent } from "../../src/domain/event.ts";
import { evolve } from "../../src/domain/evolve.ts";
import type { DecisionId, Digest, Instant } from "../../src/domain/ids.ts";
import { KEYS_SET_ASIDE } from "../../src/domain/key-view.ts";
import type { RejectionReason } from "../../src/domain/rejection.ts";
import type { Decision } from "../../src/domain/state.ts";
import { type Fact, minute } from "./facts.ts";

export const DECISION_ID = "d".repeat(32) as DecisionId;

export const LOCAL: AdapterView = { kind: "known", adapterId: "local", capabilities: ["dry_run", "apply"] };

/** Digests that can be read: the text of what they are taken of. */
export const READABLE_DIGESTS: Digests = {
  request: (decisionId, created, attached) => digest("request", { decisionId, created, attached }),
  policy: (policy) => digest("policy", policy),
  runRequest: (request) => digest("run request", request),
};

function digest(what: string, content: object): Digest {
  return `${what} ${JSON.stringify(content)}` as Digest;
}

/** The log that facts make: each gets its place and is recorded as `event <seq>`. */
export function logOf(facts: readonly Fact[]): readonly RecordedEvent[] {
  let occurredAt = minute(-1);
  return facts.map(({ actor, delegate, body, at }, seq) => {
    occurredAt = at ?? occurredAt + 60_000;
    return {
      event: {
        eventId: `id-${seq}`,
        decisionId: DECISION_ID,
        seq,
        occurredAt,
        actor,
        delegate,
        requestId: `request-${seq}`,
        previousDigest: seq === 0 ? "" : (`event ${seq - 1}` as Digest),
        body,
      },
      digest: `event ${seq}` as Digest,
    };
  });
}

export function replay(events: readonly RecordedEvent[]): Decision {
  const decision = events.reduce<Decision | undefined>(evolve, undefined);
  if (decision === undefined) throw new RangeError("a decision has at least one event");
  return decision;
}

/** The decision that facts make. */
export function decisionOf(...facts: readonly Fact[]): Decision {
  return replay(logOf(facts));
}

/** What surrounds a command, where it matters. Otherwise it comes one minute after the last event, and the adapter is there. */
export type Circumstances = Partial<
  Pick<
    CommandContext,
    "at" | "groups" | "adapter" | "delegate" | "duties" | "guardrails" | "breakGlass" | "keys" | "signature"
  >
>;

/** Given these events, when this actor gives this command, then these events or this refusal. */
export function given(...facts: readonly Fact[]) {
  const decision = facts.length === 0 ? undefined : decisionOf(...facts);
  return {
    when(actor: Actor, command: Command, circumstances: Circumstances = {}) {
      const at: Instant = decision === undefined ? minute(0) : decision.head.occurredAt + 60_000;
      const world = {
        digests: READABLE_DIGESTS,
        adapter: LOCAL,
        keys: KEYS_SET_ASIDE,
        signature: "not_checked",
      } as const;
      const context = { decisionId: DECISION_ID, groups: [], at, ...world };
      const verdict = decide(command, decision, { ...context, actor, ...circumstances });
      return {
        verdict,
        thenEvents(...bodies: readonly EventBody[]) {
          expect(verdict).toEqual({ accepted: true, events: bodies });
        },
        thenRefused(reason: RejectionReason, message: string) {
          expect(verdict).toMatchObject({ accepted: false, rejection: { reason, message } });
        },
      };
    },
  };
}
