import type { EventBody } from "./event.ts";
import type { Facts, Rejection, RejectionReason } from "./rejection.ts";
import type { Decision } from "./state.ts";

/** What a command comes to: the bodies of the events to append, or why not. */
export type Verdict =
  | { readonly accepted: true; readonly events: readonly EventBody[] }
  | { readonly accepted: false; readonly rejection: Rejection };

/** Accepts, with what is to be appended. */
export function accept(...events: readonly EventBody[]): Verdict {
  return { accepted: true, events };
}

/** Refuses, in words that tell what to do next. */
export function reject(reason: RejectionReason, message: string, facts: Facts = {}): Verdict {
  return { accepted: false, rejection: { reason, message, facts } };
}

/** The refusal of everything on a terminal decision. */
export function closed({ phase }: Decision): Verdict {
  const how = phase.kind === "failed" ? "has failed" : `is ${phase.kind}`;
  return reject("DECISION_CLOSED", `The decision ${how}: no command is accepted any more.`);
}

/** The refusal of what is too late behind the gate. */
export function underWay(): Verdict {
  return reject("EXECUTION_UNDER_WAY", "The decision has passed the gate: only its outcome is still to come.");
}
