import { digest, EMBEDDED, EVENT, eventId, forge, type Loose, rebind, tamper } from "./forger.ts";
import type { Forgery } from "./forgery.ts";

/** The events changed and not made good; the outer digests are. */
function outerOnly(change: (events: Loose[]) => void): string {
  return tamper((given) => {
    change(given.controlBundle.events);
    given.controlBundle.headDigest = digest(given.controlBundle.events.at(-1));
    rebind(given);
  });
}

const NEXT = { occurredAt: "2026-11-25T10:40:00Z", actor: { id: "nexus-attest", type: "ACTOR_TYPE_SYSTEM" } };
const BOB = { id: "bob@example.com", type: "ACTOR_TYPE_HUMAN" };
const copyOf = (seq: number) => ({ ...JSON.parse(EMBEDDED).controlBundle.events[seq], eventId: "copy" });

/** What cannot happen, each put where it cannot, in a log that is otherwise made good. */
const IMPOSSIBLE: Record<string, (events: Loose[]) => void> = {
  "a log that does not begin with its request": (events) => events.shift(),
  "two requests": (events) => events.splice(1, 0, { ...copyOf(0) }),
  "two policies": (events) => events.splice(2, 0, { ...copyOf(1) }),
  "an approval before there is a policy": (events) =>
    events.splice(1, 2, { ...events[2], occurredAt: events[1].occurredAt }, events[1]),
  "a revocation of what was not given": (events) =>
    events.splice(2, 0, { ...copyOf(4), occurredAt: events[2].occurredAt }),
  "a revocation twice": (events) => events.splice(5, 0, { ...copyOf(4) }),
  "a revocation of another actor of the same id": (events) =>
    (events[4].approvalRevoked.approver.type = "ACTOR_TYPE_SYSTEM"),
  "an approval after the gate": (events) => events.splice(8, 0, { ...copyOf(6), occurredAt: events[7].occurredAt }),
  "a revocation after the gate": (events) =>
    events.splice(8, 0, {
      ...copyOf(4),
      occurredAt: events[7].occurredAt,
      approvalRevoked: { approver: events[6].actor },
    }),
  "two gates": (events) => events.splice(8, 0, { ...copyOf(7) }),
  "a start before the gate": (events) =>
    events.splice(7, 2, events[8], { ...events[7], occurredAt: events[8].occurredAt }),
  "two starts": (events) => events.splice(9, 0, { ...copyOf(8) }),
  "success without a start": (events) => events.splice(8, 1),
  "an unknown outcome without a start": (events) => {
    const { executionStarted: _, ...event } = events[8];
    events[8] = { ...event, executionOutcomeUnknown: {} };
  },
  "an unknown outcome twice": (events) => {
    const { executionCompleted: _, ...event } = events[9];
    events.splice(
      9,
      0,
      { ...event, eventId: "one", executionOutcomeUnknown: {} },
      { ...event, eventId: "two", executionOutcomeUnknown: {} },
    );
  },
  "a veto after the gate": (events) =>
    events.splice(8, 0, {
      ...NEXT,
      occurredAt: events[7].occurredAt,
      eventId: "veto",
      decisionId: events[0].decisionId,
      decisionRejected: {},
    }),
  "a run of what was withdrawn": (events) =>
    events.splice(7, 0, {
      eventId: "withdrawn",
      decisionId: events[0].decisionId,
      occurredAt: events[6].occurredAt,
      actor: BOB,
      decisionCancelled: {},
    }),
  "a run of what was rejected": (events) =>
    events.splice(7, 0, {
      eventId: "veto",
      decisionId: events[0].decisionId,
      occurredAt: events[6].occurredAt,
      actor: BOB,
      decisionRejected: {},
    }),
  "a second outcome": (events) => events.push({ ...copyOf(9) }),
  "a failure after the success": (events) =>
    events.push({ ...NEXT, eventId: "after", decisionId: events[0].decisionId, executionFailed: { code: "LATER" } }),
  "an approval after the end": (events) => events.push({ ...copyOf(6), occurredAt: NEXT.occurredAt }),
  "a withdrawal after the end": (events) =>
    events.push({ ...NEXT, eventId: "after", decisionId: events[0].decisionId, decisionCancelled: {} }),
};

export const LOGS: readonly Forgery[] = [
  {
    what: "a changed word in an event",
    make: () => tamper(({ controlBundle }) => (controlBundle.events[EVENT.erin].approvalGranted.comment = "no")),
    fails: ["event_chain", "replay", "control_digest", "binding_digest"],
  },
  {
    what: "a changed word in the last event",
    make: () =>
      tamper(({ controlBundle }) => (controlBundle.events[EVENT.outcome].occurredAt = "2026-11-25T11:00:00Z")),
    fails: ["head_digest", "control_digest", "binding_digest"],
  },
  {
    what: "an event without the digest of the one before",
    make: () => outerOnly((events) => delete events[EVENT.start].previousDigest),
    fails: ["event_chain", "replay"],
  },
  {
    what: "a first event that names one before it, the chain built anew from there",
    make: () =>
      outerOnly((events) => {
        events[0].previousDigest = digest("before");
        for (const [seq, event] of events.entries()) if (seq > 0) event.previousDigest = digest(events[seq - 1]);
      }),
    fails: ["event_chain", "replay"],
  },
  {
    what: "a revocation taken out",
    make: () => outerOnly((events) => events.splice(EVENT.revocation, 1)),
    fails: ["event_sequence", "event_chain", "replay"],
  },
  {
    what: "two events exchanged",
    make: () => outerOnly((events) => events.splice(5, 2, events[6], events[5])),
    fails: ["event_sequence", "event_chain", "replay"],
  },
  {
    what: "a revocation taken out and the chain built anew: the approval stands again",
    make: () => forge((_, events) => events.splice(EVENT.revocation, 1)),
    fails: ["approvals_relied_on"],
  },
  {
    what: "an approval taken out and the chain built anew",
    make: () => forge((_, events) => events.splice(EVENT.frank, 1)),
    fails: ["quorum_at_gate"],
  },
  {
    what: "an event id twice",
    make: () =>
      forge((_, events) => (events[EVENT.frank].eventId = eventId(EVENT.carol)), {
        reliedOn: [eventId(EVENT.erin), eventId(EVENT.carol)],
      }),
    fails: ["event_sequence"],
  },
  {
    what: "a seq that jumps, the chain built anew",
    make: () => outerOnly((events) => (events.at(-1).seq += 1)),
    fails: ["event_sequence", "replay"],
  },
  {
    what: "an event of another decision",
    make: () => forge((_, events) => (events[EVENT.erin].decisionId = "f".repeat(32))),
    fails: ["event_sequence", "replay"],
  },
  {
    what: "the whole log of another decision",
    make: () => forge((_, events) => events.forEach((event) => (event.decisionId = "f".repeat(32)))),
    fails: ["event_sequence"],
  },
  {
    what: "an event before the one before it",
    make: () => forge((_, events) => (events[EVENT.outcome].occurredAt = "2026-11-25T10:30:00.003Z")),
    fails: ["event_sequence", "replay"],
  },
  {
    what: "another head digest",
    make: () => forge(() => undefined, { atEnd: (given) => (given.controlBundle.headDigest = digest("head")) }),
    fails: ["head_digest"],
  },
  {
    what: "no head digest",
    make: () => forge(() => undefined, { atEnd: (given) => delete given.controlBundle.headDigest }),
    fails: ["head_digest"],
  },
  ...Object.entries(IMPOSSIBLE).map(
    ([what, change]): Forgery => ({ what, make: () => forge((_, events) => change(events)), fails: ["replay"] }),
  ),
];
