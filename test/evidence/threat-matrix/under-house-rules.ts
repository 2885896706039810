import { digest, type Loose } from "../forgeries/forger.ts";
import { AT, EVERYBODY, genuine } from "./genuine.ts";
import { seal } from "./seal.ts";

const PRODUCTION = {
  name: "production",
  match: { adapters: ["files*"], modes: ["MODE_APPLY"] },
  minApprovals: 2,
  groups: [{ group: "security", minApprovals: 1 }],
  humansOnly: true,
  requireSignedApprovals: true,
  maxApprovalLifetimeSeconds: 43_200,
  requiredLabels: [{ key: "ticket" }, { key: "env", values: ["production", "staging"] }],
};
const RELAXED = { name: "everything", allowedModes: ["MODE_APPLY"], allowSelfApproval: true };

const use = (guardrail: Loose) => ({ digest: digest(guardrail), guardrail });

/** One under guardrails, some of them recorded with the policy and one more at the gate, with the duties kept apart. */
export function guarded(): Loose {
  const given = genuine();
  const events: Loose[] = given.controlBundle.events;
  events[1].policyAttached.guardrails = [use(RELAXED)];
  const gate = events[AT.gate];
  gate.actor = { type: "ACTOR_TYPE_SYSTEM", id: "deployer" };
  gate.executionRequested.guardrails = [use(PRODUCTION), use(RELAXED)];
  gate.executionRequested.separationOfDuties = { executorIsNotRequester: true, approverIsNotExecutor: true };
  seal(given, EVERYBODY);
  return given;
}

/** One that was executed without frank's approval, with what became of its review. */
export function glassBroken(...verdicts: readonly ("JUSTIFIED" | "UNJUSTIFIED")[]): Loose {
  const given = genuine();
  const events: Loose[] = given.controlBundle.events;
  const gate = events[AT.gate];
  const last = events.at(-1);
  gate.executionRequested.guardrails = [use(PRODUCTION)];
  gate.executionRequested.breakGlass = {
    reason: "the limit keeps everybody from buying",
    minApprovals: 1,
    reviewBy: "2026-11-26T10:30:00Z",
  };
  const reviews = verdicts.map((verdict, index) => ({
    eventId: `review-${index + 1}`,
    occurredAt: last.occurredAt,
    actor: { type: "ACTOR_TYPE_HUMAN", id: ["heidi@example.com", "ivan@example.com"][index] },
    requestId: `review-${index + 1}`,
    executionReviewed: {
      verdict: `REVIEW_VERDICT_${verdict}`,
      comment: "looked at the graphs",
      groups: ["operations"],
    },
  }));
  events.push(...reviews);
  events.splice(AT.frank, 1);
  seal(given, EVERYBODY);
  return given;
}
