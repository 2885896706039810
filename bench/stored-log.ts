import { randomUUID } from "node:crypto";
import { digestMetadata } from "../src/app/stored-digest.ts";
import type { Actor } from "../src/domain/actor.ts";
import type { EventBody } from "../src/domain/event.ts";
import { evolve } from "../src/domain/evolve.ts";
import type { Policy } from "../src/domain/policy.ts";
import type { Decision } from "../src/domain/state.ts";
import { seal } from "../src/evidence/chain.ts";
import { decisionIdOf } from "../src/evidence/decision-id.ts";
import { DIGESTS } from "../src/evidence/digests.ts";

/** An event as a store returns it. */
export interface StoredText {
  readonly text: string;
  readonly metadata: string;
}

const REQUESTER: Actor = { type: "HUMAN", id: "bob@example.com" };

const POLICY: Policy = {
  minApprovals: 100,
  allowedModes: ["DRY_RUN", "APPLY"],
  requireAdapterCapabilities: ["dry_run"],
  maxSteps: 10,
  labels: [{ key: "team", value: "payments" }],
  allowedAdapters: [],
  allowSelfApproval: false,
  humansOnly: true,
  groups: [],
  requireComment: false,
  maxApprovalLifetimeSeconds: 0,
  requireSignedApprovals: false,
};

/** The stored log of one decision with so many events: a request, its policy, and then approvals given and taken back in turn by many people. */
export function storedLog(count: number): readonly StoredText[] {
  const creation = randomUUID();
  const decisionId = decisionIdOf(REQUESTER, creation);
  const log: StoredText[] = [];
  let decision: Decision | undefined;
  for (let seq = 0; seq < count; seq++) {
    const sealed = seal({
      eventId: randomUUID(),
      decisionId,
      seq,
      occurredAt: 1_760_000_000_000 + seq * 1_000,
      actor: seq < 2 ? REQUESTER : { type: "HUMAN", id: approver(seq) },
      delegate: undefined,
      requestId: seq < 2 ? creation : randomUUID(),
      previousDigest: decision?.head.digest ?? "",
      body: bodyOf(seq, decision),
    });
    log.push({ text: sealed.text, metadata: digestMetadata(sealed.digest) });
    decision = evolve(decision, sealed);
  }
  return log;
}

function bodyOf(seq: number, decision: Decision | undefined): EventBody {
  if (decision === undefined)
    return {
      type: "DECISION_CREATED",
      goal: "raise the limit for the payments team",
      mode: "APPLY",
      plan: undefined,
      adapterId: "files",
      labels: [{ key: "team", value: "payments" }],
    };
  if (decision.policy === undefined) return { type: "POLICY_ATTACHED", policy: POLICY, template: undefined };
  if (seq % 2 === 1)
    return { type: "APPROVAL_REVOKED", approver: { type: "HUMAN", id: approver(seq) }, reason: "looking again" };
  return {
    type: "APPROVAL_GRANTED",
    comment: "looks right to me",
    expiresAt: 1_760_000_000_000 + 86_400_000,
    requestDigest: DIGESTS.request(decision.decisionId, decision.created, decision.policy),
    groups: ["sre"],
  };
}

/** The same for an approval and the revocation that follows it. */
function approver(seq: number): string {
  return `approver-${Math.floor(seq / 2) % 100}@example.com`;
}
