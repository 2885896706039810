import type { Loose } from "../forgeries/forger.ts";
import type { Attempt } from "./attempt.ts";
import { AT } from "./genuine.ts";

const dropping = (seq: number) => (_: Loose, events: Loose[]) => void events.splice(seq, 1);

const SERVERS_WORD = "no approver sees it and no router signs it, so it is the server's word alone";
const UNSEEN = "nobody signs that they take an approval back, and no approver whose approval counted looked afterwards";

/** What is tried with the events themselves. */
export const ON_THE_LOG: readonly Attempt[] = [
  {
    column: "change an event",
    what: "somebody else asked",
    log: (_, events) => (events[0].actor.id = "somebody.else@example.com"),
    why: "approvers sign the events that they saw, and their keys are held too",
  },
  {
    column: "change an event",
    what: "an approver said something else",
    log: (_, events) => (events[AT.erin].approvalGranted.comment = "did not look at the plan"),
    why: "approvers sign their words, and their keys are held too",
  },
  {
    column: "change an event",
    what: "another server started the run, later",
    log: (_, events) => {
      events[AT.start].executionStarted.serverId = "another-server";
      events[AT.start].occurredAt = "2026-11-25T10:30:00.900Z";
    },
    why: SERVERS_WORD,
  },
  {
    column: "drop an event",
    what: "an approval that was taken back, before others approved",
    log: dropping(AT.revocation),
    why: "approvers sign the events that they saw, and their keys are held too",
  },
  {
    column: "drop an event",
    what: "an approval that was taken back last, and the approval with it",
    log: (_, events) => void events.splice(AT.grace, 2),
    why: UNSEEN,
  },
  {
    column: "drop an event",
    what: "the taking back of the last approval, so that it counts",
    log: dropping(AT.graceRevokes),
    why: UNSEEN,
  },
  { column: "drop an event", what: "an approval that counted", log: dropping(AT.frank) },
  {
    column: "add an event",
    what: "the approval of somebody who gave none",
    log: (_, events) => {
      const event = structuredClone(events[AT.frank]);
      Object.assign(event, { eventId: "added", actor: { type: "ACTOR_TYPE_HUMAN", id: "heidi@example.com" } });
      events.splice(AT.frank + 1, 0, event);
    },
  },
  {
    column: "add an event",
    what: "the approval again of somebody who took it back",
    log: (_, events) => {
      const event = structuredClone(events[AT.grace]);
      Object.assign(event, { eventId: "added", occurredAt: "2026-11-25T10:27:00Z" });
      events.splice(AT.gate, 0, event);
    },
    why: "it is the very approver whose key is held",
  },
  {
    column: "add an event",
    what: "an approval taken back that nobody took back",
    log: (_, events) => {
      const { carol, gate } = AT;
      const { approvalGranted: __, ...event } = structuredClone(events[carol]);
      const approvalRevoked = { approver: event.actor };
      events.splice(gate, 0, { ...event, eventId: "added", occurredAt: "2026-11-25T10:27:00Z", approvalRevoked });
    },
    why: UNSEEN,
  },
  {
    column: "add an event",
    what: "one behind the end",
    log: (_, events) => {
      const { executionCompleted: __, ...event } = structuredClone(events[AT.outcome]);
      events.push({ ...event, eventId: "added", decisionCancelled: { reason: "never mind" } });
    },
  },
  {
    column: "reorder events",
    what: "two approvals that counted",
    log: (_, events) => {
      const [erin, frank] = [events[AT.erin], events[AT.frank]];
      events.splice(AT.erin, 2, { ...frank, occurredAt: erin.occurredAt }, { ...erin, occurredAt: frank.occurredAt });
    },
    why: "approvers sign the events that they saw, and their keys are held too",
  },
  {
    column: "reorder events",
    what: "the gate before an approval that it relied on",
    log: (_, events) => {
      const [gate] = events.splice(AT.gate, 1);
      events.splice(AT.frank, 0, { ...gate, occurredAt: events[AT.erin].occurredAt });
    },
  },
  { column: "truncate the log", what: "the outcome is gone", log: (_, events) => void events.pop() },
  { column: "truncate the log", what: "all is gone from the gate on", log: (_, events) => void events.splice(AT.gate) },
];
