import type { DecisionCreated, PolicyAttached } from "./event.ts";
import type { DecisionId, Digest } from "./ids.ts";
import type { Policy } from "./policy.ts";
import type { RunRequest } from "./run-request.ts";

/** The digests that a decision records. Computed by the evidence layer, for they depend on the canonical form. */
export interface Digests {
  /** What an approver says yes to. */
  readonly request: (decisionId: DecisionId, created: DecisionCreated, attached: PolicyAttached) => Digest;
  readonly policy: (policy: Policy) => Digest;
  readonly runRequest: (request: RunRequest) => Digest;
}
