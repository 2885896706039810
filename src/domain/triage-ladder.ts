import { type AdapterView, type BlockingReason } from "./blocking.ts";
import type { GuardrailUse } from "./guardrail.ts";
import { guardrailReasons } from "./guardrail-reasons.ts";
import type { Instant } from "./ids.ts";
import type { KeyView } from "./key-view.ts";
import { guardrailsFor, underOnly } from "./policy-in-force.ts";
import { adapterReasons, approvalReasons, requestReasons } from "./policy-reasons.ts";
import { type Decision, gateOf } from "./state.ts";

/** What a decision is judged by beside its log and the clock. */
export interface World {
  readonly adapter: AdapterView;
  readonly keys: KeyView;
  /** All that are configured; none by default. */
  readonly guardrails?: readonly GuardrailUse[];
}

/** Everything that stands between a decision and its execution, in the order of the triage ladder. */
export function blockingReasons(decision: Decision, now: Instant, world: World): readonly BlockingReason[] {
  const { adapter, keys, guardrails = [] } = world;
  const policy = decision.policy?.policy;
  const ofPolicy = underOnly(decision, []);
  return [
    ...(policy === undefined ? [{ code: "NO_POLICY", message: draftMessage(decision) } as const] : []),
    ...phaseReasons(decision),
    // What follows was judged at the gate and no longer applies behind it.
    ...(policy === undefined || gateOf(decision.phase) !== undefined
      ? []
      : [
          ...requestReasons(decision, policy),
          ...adapterReasons(decision, policy, adapter),
          ...approvalReasons(ofPolicy, policy, now, keys),
          ...guardrailReasons(decision, guardrailsFor(decision, adapterOf(adapter), guardrails), now, keys),
        ]),
  ];
}

/** The adapter that is spoken of; empty: none is chosen yet. */
function adapterOf(adapter: AdapterView): string {
  return adapter.kind === "unchosen" ? "" : adapter.adapterId;
}

function draftMessage({ phase }: Decision): string {
  return phase.kind === "open" ? "No policy is attached: attach one first." : "No policy was attached.";
}

function phaseReasons({ phase }: Decision): readonly BlockingReason[] {
  switch (phase.kind) {
    case "open":
      return [];
    case "completed":
      return [{ code: "ALREADY_EXECUTED", message: "It has been executed; a decision is executed once." }];
    case "failed":
      return [{ code: "EXECUTION_FAILED", message: "Its execution failed: to retry, make a new decision." }];
    case "rejected":
      return [{ code: "REJECTED", message: "An approver rejected it." }];
    case "cancelled":
      return [{ code: "CANCELLED", message: "The requester cancelled it." }];
    case "gated":
    case "started":
      return [{ code: "EXECUTING", message: "It is being executed." }];
    case "unknown":
      return [
        { code: "OUTCOME_UNKNOWN", message: "It was started and nobody can say how it ended: settle the execution." },
      ];
  }
}
