import { type Approval, approvalOf } from "./approval.js";
import type { Actor, EventOf, LogEvent } from "./log.js";

export type Outcome = EventOf<"executionCompleted"> | EventOf<"executionFailed">;

/** What came of a log whose events can have happened in their order. */
export interface History {
  readonly events: readonly LogEvent[];
  readonly created: EventOf<"decisionCreated">;
  readonly attached: EventOf<"policyAttached"> | undefined;
  /** In the order in which they were given, those that were taken back included. */
  readonly approvals: readonly Approval[];
  readonly gate: EventOf<"executionRequested"> | undefined;
  readonly started: boolean;
  readonly outcome: Outcome | undefined;
  /** Reviews of an execution by break-glass, each by an actor of another id. */
  readonly reviews: readonly EventOf<"executionReviewed">[];
}

type Phase = "none" | "open" | "gated" | "started" | "unknown" | "ended" | "over";

interface Replay {
  phase: Phase;
  attached?: EventOf<"policyAttached">;
  gate?: EventOf<"executionRequested">;
  outcome?: Outcome;
  started: boolean;
  readonly approvals: Approval[];
  readonly reviews: EventOf<"executionReviewed">[];
  /** Approvals that nobody took back yet, by their approver. */
  readonly revocable: Map<string, Approval[]>;
}

/** Replays a log, or says in words why its first event that cannot have happened cannot. */
export function replay(events: readonly [LogEvent, ...LogEvent[]]): History | string {
  const [created] = events;
  const state: Replay = { phase: "none", started: false, approvals: [], reviews: [], revocable: new Map() };
  for (const event of events) {
    const problem = outOfPlace(event, created, events[event.place - 1]);
    if (problem !== "") return `event ${event.place}: ${problem}`;
    if (!follow(state, event)) return `event ${event.place}: ${event.body.case} cannot follow here`;
  }
  const { attached, approvals, gate, started, outcome, reviews } = state;
  return {
    events,
    created: created as EventOf<"decisionCreated">,
    attached,
    approvals,
    gate,
    started,
    outcome,
    reviews,
  };
}

function outOfPlace({ place, given, occurredAt }: LogEvent, first: LogEvent, before: LogEvent | undefined): string {
  if ((given.seq ?? 0) !== place) return "seq is not its place";
  if ((given.decisionId ?? "") !== (first.given.decisionId ?? ""))
    return "decisionId is another than the first event's";
  if ((given.previousDigest ?? "") !== (before?.digest ?? "")) return "previousDigest is not that of the event before";
  return before !== undefined && occurredAt < before.occurredAt ? "occurredAt is before that of the event before" : "";
}

/** The table of docs/audit-package.md, "replay": whether the event can follow, and what comes of it. */
function follow(state: Replay, event: LogEvent): boolean {
  const { phase } = state;
  switch (event.body.case) {
    case "decisionCreated":
      return go(state, phase === "none", "open");
    case "policyAttached": {
      const isFirst = state.attached === undefined;
      state.attached ??= event as EventOf<"policyAttached">;
      return go(state, phase === "open" && isFirst, "open");
    }
    case "approvalGranted":
      grant(state, event as EventOf<"approvalGranted">);
      return go(state, phase === "open" && state.attached !== undefined, "open");
    case "approvalRevoked":
      return go(state, phase === "open" && revoke(state, event.body.value.approver as Actor, event.place), "open");
    case "decisionRejected":
      return go(state, phase === "open" && state.attached !== undefined, "over");
    case "decisionCancelled":
      return go(state, phase === "open", "over");
    case "executionRequested":
      state.gate = event as EventOf<"executionRequested">;
      return go(state, phase === "open" && state.attached !== undefined, "gated");
    case "executionStarted":
      state.started = true;
      return go(state, phase === "gated", "started");
    case "executionOutcomeUnknown":
      return go(state, phase === "started", "unknown");
    case "executionCompleted":
      state.outcome = event as EventOf<"executionCompleted">;
      return go(state, phase === "started" || phase === "unknown", "ended");
    case "executionFailed":
      state.outcome = event as EventOf<"executionFailed">;
      return go(state, phase === "gated" || phase === "started" || phase === "unknown", "ended");
    case "executionReviewed":
      return review(state, event as EventOf<"executionReviewed">);
  }
}

function go(state: Replay, can: boolean, next: Phase): boolean {
  state.phase = next;
  return can;
}

function grant({ approvals, revocable }: Replay, event: EventOf<"approvalGranted">): void {
  const approval = approvalOf(event);
  const approver = nameOf(event.actor);
  approvals.push(approval);
  if (revocable.get(approver)?.push(approval) === undefined) revocable.set(approver, [approval]);
}

/** Ends the latest approval of an approver, whether it has expired or not. */
function revoke({ revocable }: Replay, approver: Actor, place: number): boolean {
  const approval = revocable.get(nameOf(approver))?.pop();
  if (approval !== undefined) approval.revokedAt = place;
  return approval !== undefined;
}

/** An execution by break-glass can be reviewed from the gate on, by whoever did not pass it, once. */
function review({ phase, gate, reviews }: Replay, event: EventOf<"executionReviewed">): boolean {
  if (phase === "open" || phase === "over" || gate?.body.value.breakGlass === undefined) return false;
  const isNew = [gate, ...reviews].every(({ actor }) => actor.id !== event.actor.id);
  reviews.push(event);
  return isNew;
}

function nameOf({ type, id }: Actor): string {
  return `${type} ${id}`;
}
