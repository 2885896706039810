import { randomUUID } from "node:crypto";
import type { ApproverKey } from "../../src/domain/approver-key.ts";
import type { GrantApproval } from "../../src/domain/command.ts";
import type { DecisionId, Instant } from "../../src/domain/ids.ts";
import { approvalStatement, type SignedApproval } from "../../src/evidence/approval-statement.ts";
import { DIGESTS } from "../../src/evidence/digests.ts";
import { signEnvelope } from "../../src/evidence/dsse.ts";
import { newSigningKey, type SigningKey } from "../support/signing-key.ts";
import { caller, type DecisionsUnderTest } from "./decisions-under-test.ts";

/** Enrols a new key to somebody. */
export async function enrolled({ handleKeys }: DecisionsUnderTest, id: string): Promise<SigningKey> {
  const signingKey = newSigningKey();
  const { key } = signingKey;
  await handleKeys(caller("admin"), { type: "ENROL_KEY", approver: { type: "HUMAN", id }, key, description: "" });
  return signingKey;
}

export async function revokeKey(
  { handleKeys }: Pick<DecisionsUnderTest, "handleKeys">,
  { key: { keyId } }: SigningKey,
): Promise<ApproverKey> {
  return await handleKeys(caller("admin", randomUUID()), { type: "REVOKE_KEY", keyId, reason: "stolen" });
}

/** What an approver says yes to, as a client works it out from the log. */
export async function approvalOf(
  { logs }: Pick<DecisionsUnderTest, "logs">,
  decisionId: DecisionId,
  id: string,
  words: { readonly comment?: string; readonly expiresAt?: Instant } = {},
): Promise<SignedApproval> {
  const log = await logs.load(decisionId);
  if (log?.decision.policy === undefined) throw new Error("there is no policy to approve under");
  const { created, policy, head } = log.decision;
  return {
    decisionId,
    requestDigest: DIGESTS.request(decisionId, created, policy),
    policyDigest: DIGESTS.policy(policy.policy),
    headDigest: head.digest,
    approver: { type: "HUMAN", id },
    comment: words.comment ?? "",
    expiresAt: words.expiresAt,
  };
}

/** The command of somebody who signs exactly what the log says. */
export function signedGrant(approval: SignedApproval, { signer }: SigningKey): GrantApproval {
  return {
    type: "GRANT_APPROVAL",
    comment: approval.comment,
    expiresAt: approval.expiresAt,
    shownDigest: undefined,
    signature: signEnvelope(approvalStatement(approval), signer),
  };
}

/** Approves, signed. */
export async function approveSigned(
  decisions: DecisionsUnderTest,
  decisionId: DecisionId,
  id: string,
  key: SigningKey,
) {
  const approval = await approvalOf(decisions, decisionId, id);
  return await decisions.handle(caller(id), decisionId, signedGrant(approval, key));
}
