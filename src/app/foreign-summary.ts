import type { Actor } from "../domain/actor.ts";
import type { Digest, Instant } from "../domain/ids.ts";
import type { Mode } from "../domain/request.ts";
import type { ForeignEvent } from "../exchange/foreign-event.ts";
import type { PythonStatus } from "../exchange/python-format.ts";
import type { ForeignContent } from "./foreign-reading.ts";

/** What can be told of a decision that followed the original's rules. No state of ours follows from them. */
export interface ForeignSummary {
  /** No id of ours. */
  readonly decisionId: string;
  readonly goal: string;
  readonly mode: Mode;
  /** As they are written. */
  readonly labels: readonly string[];
  readonly requester: Actor;
  /** As the file says it. */
  readonly status: PythonStatus;
  /** By the clocks of the machines that wrote the events. */
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
  readonly headSeq: number;
  /** What the file is bound by. */
  readonly digest: Digest;
}

export function foreignSummary({ bundle }: ForeignContent): ForeignSummary {
  const { decisionId, status, digest, events } = bundle;
  const [first] = events;
  const last = events.at(-1);
  if (first?.body.type !== "DECISION_CREATED" || last === undefined)
    throw new TypeError("a log begins with its creation");
  const { goal, mode, labels } = first.body;
  return {
    decisionId,
    goal,
    mode: mode === "dry_run" ? "DRY_RUN" : "APPLY",
    labels,
    requester: actorIn(first),
    status,
    createdAt: instantOf(first),
    updatedAt: instantOf(last),
    headSeq: last.seq,
    digest: digest as Digest,
  };
}

export function actorIn({ actor }: ForeignEvent): Actor {
  return { type: actor.type === "human" ? "HUMAN" : "SYSTEM", id: actor.id };
}

/** To the millisecond: the exact time is in the event's text. */
export function instantOf({ at }: ForeignEvent): Instant {
  const milliseconds = at / 1_000n;
  return Number(at % 1_000n < 0n ? milliseconds - 1n : milliseconds);
}
