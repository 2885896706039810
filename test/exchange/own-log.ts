import { countingApprovals } from "../../src/domain/approvals.ts";
import type { DecisionEvent, EventBody } from "../../src/domain/event.ts";
import { evolve } from "../../src/domain/evolve.ts";
import type { DecisionId, Digest, Instant } from "../../src/domain/ids.ts";
import { KEYS_SET_ASIDE } from "../../src/domain/key-view.ts";
import { runRequestOf } from "../../src/domain/run-request.ts";
import type { Decision } from "../../src/domain/state.ts";
import { buildAuditPackage } from "../../src/evidence/build-audit-package.ts";
import { seal } from "../../src/evidence/chain.ts";
import { digestOf } from "../../src/evidence/digest.ts";
import { DIGESTS } from "../../src/evidence/digests.ts";
import { takeUpLog } from "../../src/exchange/own-log.ts";
import { type Fact, minute } from "../domain/facts.ts";

export const DECISION_ID = "0123456789abcdef0123456789abcdef" as DecisionId;
export const RUN_BUNDLE = new TextEncoder().encode('{"outcome":"the run’s own record"}');

/** A log as the server stores it, of facts: with a chain, and with the digests that approvals and the gate really have. */
export function ownLog(facts: readonly Fact[]): readonly string[] {
  const texts: string[] = [];
  let decision: Decision | undefined;
  let occurredAt = minute(-1);
  for (const [seq, { actor, body, at }] of facts.entries()) {
    occurredAt = at ?? occurredAt + 60_000;
    const event: DecisionEvent = {
      eventId: `00000000-0000-4000-8000-${String(seq).padStart(12, "0")}`,
      decisionId: DECISION_ID,
      seq,
      occurredAt,
      actor,
      delegate: undefined,
      requestId: `request-${seq}`,
      previousDigest: decision?.head.digest ?? "",
      body: commit(body, decision, occurredAt),
    };
    const sealed = seal(event);
    texts.push(sealed.text);
    decision = evolve(decision, sealed);
  }
  return texts;
}

/** The audit package of such a log. */
export function ownPackage(facts: readonly Fact[], mode: "embedded" | "reference" = "embedded"): Uint8Array {
  const bundle = mode === "embedded" ? RUN_BUNDLE : undefined;
  const log = takeUpLog(ownLog(facts));
  if ("problem" in log) throw new Error(log.problem);
  return new TextEncoder().encode(buildAuditPackage({ events: log.events, bundle }).json);
}

function commit(body: EventBody, decision: Decision | undefined, at: Instant): EventBody {
  switch (body.type) {
    case "APPROVAL_GRANTED":
      return { ...body, requestDigest: requestDigestOf(decision) };
    case "EXECUTION_REQUESTED": {
      if (decision?.policy === undefined) return body;
      const { policy } = decision.policy;
      const approvalDigests = countingApprovals(decision, at, KEYS_SET_ASIDE)
        .toSorted((a, b) => a.seq - b.seq)
        .map(({ digest }) => digest);
      const policyDigest = DIGESTS.policy(policy);
      const digests = { requestDigest: requestDigestOf(decision), policyDigest, approvalDigests };
      const request = runRequestOf(DECISION_ID, decision.created, policy, body.adapterId, digests);
      return { ...body, approvalDigests, policyDigest, routerRequestDigest: DIGESTS.runRequest(request) };
    }
    case "EXECUTION_COMPLETED":
    case "EXECUTION_FAILED":
      return body.routerDigest === "" ? body : { ...body, routerDigest: digestOf(RUN_BUNDLE) };
    default:
      return body;
  }
}

function requestDigestOf(decision: Decision | undefined): Digest {
  if (decision?.policy === undefined) return digestOf("nothing");
  return DIGESTS.request(decision.decisionId, decision.created, decision.policy);
}
