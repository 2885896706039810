import { type Approval, ineligible, stands } from "./approval.js";
import { digest } from "./digest.js";
import type { History } from "./history.js";
import type { EventOf, GuardrailUse, Policy } from "./log.js";
import type { OpenedPackage } from "./opened-package.js";
import { raised } from "./raise.js";

/** The gate of a decision, and what it is judged by. */
export interface Gate {
  readonly history: History;
  readonly event: EventOf<"executionRequested">;
  readonly given: EventOf<"executionRequested">["body"]["value"];
  readonly request: EventOf<"decisionCreated">["body"]["value"];
  /** The policy that was attached, which digests and templates speak of. */
  readonly policy: Policy;
  /** All guardrails: those that were attached with the policy, then those of the gate. */
  readonly guardrails: readonly GuardrailUse[];
  /** The policy raised by them, which the gate is judged by. */
  readonly raised: Policy;
  /** Digests as recomputed. */
  readonly requestDigest: string;
  readonly policyDigest: string;
  /** The approvals that count, in the order in which they were given. */
  readonly counting: readonly Approval[];
}

/** The gate that a history passed, if it passed one; then a policy is attached. */
export function gateOf({ bundle }: OpenedPackage, history: History): Gate | undefined {
  const { gate: event, attached, created } = history;
  if (event === undefined || attached === undefined) return undefined;
  const { policy = {} } = attached.body.value;
  const guardrails = [...(attached.body.value.guardrails ?? []), ...(event.body.value.guardrails ?? [])];
  const demanded = raised(policy, guardrails);
  return {
    ...{ history, event, given: event.body.value, request: created.body.value, policy, guardrails, raised: demanded },
    requestDigest: digest({
      decisionId: bundle.decisionId,
      decisionCreated: created.body.value,
      policyAttached: attached.body.value,
    }),
    policyDigest: digest(policy),
    counting: counting(history, event, demanded),
  };
}

function counting({ approvals, created }: History, gate: EventOf<"executionRequested">, policy: Policy): Approval[] {
  const latest = new Map<string, Approval>();
  for (const approval of approvals)
    if (stands(approval, gate.place, gate.occurredAt) && ineligible(approval, policy, created.actor.id) === "")
      latest.set(approval.event.actor.id, approval);
  const reliedOn = new Set(gate.body.value.approvalDigests);
  return [...latest.values()]
    .filter(({ event }) => event.body.value.signature === undefined || reliedOn.has(event.digest))
    .sort((one, other) => one.event.place - other.event.place);
}
