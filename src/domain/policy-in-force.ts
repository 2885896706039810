import type { PolicyAttached } from "./event.ts";
import { type GuardrailUse, matching, raise, united } from "./guardrail.ts";
import type { Policy } from "./policy.ts";
import type { Decision } from "./state.ts";

/** By the very bodies, which are immutable: a decision is judged at every event. */
const raised = new WeakMap<PolicyAttached, Policy>();

/** The policy of a decision, raised by the guardrails that were recorded with it; undefined for a draft. */
export function policyInForce({ policy: attached }: Pick<Decision, "policy">): Policy | undefined {
  if (attached === undefined) return undefined;
  const { policy, guardrails = [] } = attached;
  if (guardrails.length === 0) return policy;
  const known = raised.get(attached) ?? raise(policy, guardrails);
  raised.set(attached, known);
  return known;
}

/** The decision as if these guardrails had been recorded with its policy, too. */
export function underGuardrails(decision: Decision, guardrails: readonly GuardrailUse[]): Decision {
  const { policy: attached } = decision;
  if (attached === undefined) return decision;
  const { guardrails: recorded = [] } = attached;
  const all = united(recorded, guardrails);
  return all.length === recorded.length ? decision : { ...decision, policy: { ...attached, guardrails: all } };
}

/** The same as if only these had. */
export function underOnly(decision: Decision, guardrails: readonly GuardrailUse[]): Decision {
  const { policy: attached } = decision;
  return attached === undefined ? decision : { ...decision, policy: { ...attached, guardrails } };
}

/**
 * Those of a server's guardrails that are for a decision.
 *
 * @param adapterId the adapter that is to carry it out; empty: it is still to be chosen.
 */
export function guardrailsFor(
  decision: Pick<Decision, "created" | "policy">,
  adapterId: string,
  guardrails: readonly GuardrailUse[],
): readonly GuardrailUse[] {
  const { mode, labels } = decision.created;
  const chosen = decision.created.adapterId || adapterId;
  const adapters = chosen === "" ? (decision.policy?.policy.allowedAdapters ?? []) : [chosen];
  return matching(guardrails, { mode, labels, adapters });
}
