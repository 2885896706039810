import type { DecisionEvent } from "../domain/event.ts";
import type { Decision } from "../domain/state.ts";

/** Why a decision cannot be told in the original's words without saying something else; none: it can. Each names the event. */
export function problemsOf(events: readonly DecisionEvent[], decision: Decision): string[] {
  const problems = events.flatMap((event) => {
    const why = problemOf(event);
    return why === undefined ? [] : [`event ${event.seq} (${event.body.type}): ${why}`];
  });
  if (decision.phase.kind === "gated")
    problems.push(
      "The execution is requested and not started. The original would take it for one that can still be executed: wait for its start.",
    );
  return problems;
}

function problemOf({ actor, body }: DecisionEvent): string | undefined {
  switch (body.type) {
    case "DECISION_REJECTED":
    case "DECISION_CANCELLED":
      return "nexus-attest 0.6 has no such event. It would take the decision for one that is still open.";
    case "EXECUTION_OUTCOME_UNKNOWN":
      return "nexus-attest 0.6 has no such event. It would take the execution for one whose end was known at once.";
    case "APPROVAL_REVOKED":
      return actor.id === body.approver.id
        ? undefined
        : `approver: nexus-attest 0.6 lets everybody end their own approval only; this is ${actor.id}, ending that of ${body.approver.id}.`;
    case "EXECUTION_COMPLETED":
      return body.runId === "" || body.routerDigest === ""
        ? "run_id, router_digest: an operator stated the outcome; nexus-attest 0.6 knows no completed execution without a run."
        : undefined;
    case "EXECUTION_REQUESTED":
      return body.breakGlass === undefined
        ? undefined
        : "break_glass: nexus-attest 0.6 has no gate without a quorum. It would take it for one whose quorum held.";
    case "EXECUTION_REVIEWED":
      return "nexus-attest 0.6 has no such event. It takes nothing after the end.";
    case "DECISION_CREATED":
    case "POLICY_ATTACHED":
    case "APPROVAL_GRANTED":
    case "EXECUTION_STARTED":
    case "EXECUTION_FAILED":
      return undefined;
  }
}
