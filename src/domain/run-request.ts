import type { DecisionCreated } from "./event.ts";
import type { DecisionId, Digest } from "./ids.ts";
import type { Policy } from "./policy.ts";
import type { Label, Mode, Plan } from "./request.ts";

/** What a router is asked to run. Every field follows from the decision's events. */
export interface RunRequest {
  /** Also the idempotency key. */
  readonly decisionId: DecisionId;
  readonly adapterId: string;
  readonly mode: Mode;
  readonly goal: string;
  readonly plan: Plan | undefined;
  /** 0: no limit. */
  readonly maxSteps: number;
  readonly labels: readonly Label[];
  readonly requestDigest: Digest;
  readonly policyDigest: Digest;
  readonly approvalDigests: readonly Digest[];
}

/** The run request of a decision on an adapter, given the digests of what it relies on. */
export function runRequestOf(
  decisionId: DecisionId,
  created: DecisionCreated,
  policy: Policy,
  adapterId: string,
  digests: Pick<RunRequest, "requestDigest" | "policyDigest" | "approvalDigests">,
): RunRequest {
  return {
    decisionId,
    adapterId,
    mode: created.mode,
    goal: created.goal,
    plan: created.plan,
    maxSteps: policy.maxSteps,
    labels: created.labels,
    ...digests,
  };
}
