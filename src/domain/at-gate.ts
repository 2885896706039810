import { countingApprovals } from "./approvals.ts";
import { KEYS_SET_ASIDE } from "./key-view.ts";
import { underGuardrails } from "./policy-in-force.ts";
import type { Approval, Decision, Gate } from "./state.ts";

/** The decision under all guardrails that were in force at its gate. */
export function judgedAtGate(decision: Decision, { gate }: Gate): Decision {
  return underGuardrails(decision, gate.guardrails ?? []);
}

/**
 * The approvals that counted at the gate, in order. The registry of keys is not part of the evidence: a signed approval that the gate did not rely on may have lost
 * its key by then, so it is left out. That makes the quorum smaller, never larger.
 */
export function countedAtGate(decision: Decision, passed: Gate): readonly Approval[] {
  const reliedOn = new Set(passed.gate.approvalDigests);
  return countingApprovals(judgedAtGate(decision, passed), passed.gatedAt, KEYS_SET_ASIDE)
    .filter(({ signature, digest }) => signature === undefined || reliedOn.has(digest))
    .toSorted((a, b) => a.seq - b.seq);
}
