import { countedAtGate } from "../domain/at-gate.ts";
import type { DsseEnvelope } from "../domain/dsse-envelope.ts";
import type { DecisionId, Instant } from "../domain/ids.ts";
import type { Approval } from "../domain/state.ts";
import { approvalMisstatement } from "./approval-statement.ts";
import type { GateEvidence } from "./check-gate.ts";
import type { GivenLog } from "./check-log.ts";
import { digestOf } from "./digest.ts";
import { signerOf } from "./dsse.ts";
import { actorKey, isWithin, type TrustedApproverKey, type TrustPolicy } from "./trust-policy.ts";
import { type CheckResult, fail, notChecked, PASS, type VerifiedSigner } from "./verification-report.ts";

type Signed = Approval & { readonly signature: DsseEnvelope };

/**
 * Whether approvals are signed by whom they are said to be of. What an envelope states is judged of every signed approval, and by which key it was made, of
 * those that counted at the gate.
 */
export function checkApproverSignatures(
  evidence: GateEvidence,
  log: Pick<GivenLog, "digests" | "events">,
  trust: TrustPolicy | undefined,
  signers: VerifiedSigner[],
): CheckResult {
  const { before, passed } = evidence;
  const signed = before.approvals.filter(isSigned);
  const stated = checkApprovalStatements(evidence, log);
  if (stated.status === "FAIL") return stated;
  const keys = trust?.approverKeys;
  if (keys === undefined || keys.size === 0)
    return notChecked(
      signed.length === 0
        ? "No approval is signed, and no trust policy names keys of approvers."
        : "Approvals are signed; no trust policy names keys of approvers to believe them by.",
    );
  const counted = countedAtGate(evidence.before, evidence.passed);
  const good: VerifiedSigner[] = [];
  for (const approval of counted.filter(isSigned)) {
    const { seq, approver, signature } = approval;
    const theirs = keys.get(actorKey(approver)) ?? [];
    const signer = signerOf(
      signature,
      theirs.filter((key) => isBelieved(key, approval, passed.gatedAt)),
    );
    if (signer === undefined) return fail(`events[${seq}]: ${whyNot(signature, theirs, approver.id)}.`);
    good.push({ role: "APPROVER", name: approver.id, keyId: signer.keyId });
  }
  const unsigned = counted.filter((approval) => !isSigned(approval)).map(({ seq }) => `events[${seq}]`);
  if (counted.length === 0) return notChecked("No approval counted.");
  if (unsigned.length > 0) return notChecked(`Not signed: ${unsigned.join(", ")}.`);
  signers.push(...good);
  return PASS;
}

/** Whether the envelope of every signed approval says what was approved. Whose key made it is another question. */
export function checkApprovalStatements(
  { before, requestDigest, policyDigest }: Pick<GateEvidence, "before" | "requestDigest" | "policyDigest">,
  log: Pick<GivenLog, "digests" | "events">,
): CheckResult {
  const policySeq = log.events?.findIndex(({ event }) => event.body.type === "POLICY_ATTACHED") ?? 0;
  const seqs = new Map(log.digests.map((digest, seq) => [digest, seq]));
  const payloads = new Map<string, number>();
  for (const { seq, signature, approver, comment, expiresAt } of before.approvals.filter(isSigned)) {
    const heads = {
      has: (digest: (typeof log.digests)[number]) => {
        const at = seqs.get(digest) ?? -1;
        return at >= policySeq && at < seq;
      },
    };
    // What the replay made sure of: it is the id of a decision that has these events.
    const decisionId: DecisionId = before.decisionId;
    const approval = { decisionId, requestDigest, policyDigest, approver, comment, expiresAt };
    const wrong = approvalMisstatement(signature, approval, heads);
    if (wrong !== undefined) return fail(`events[${seq}].approvalGranted.signature: ${wrong}.`);
    // Who takes an approval back takes back its signature too: it cannot be shown again.
    const payload = digestOf(signature.payload);
    const earlier = payloads.get(payload);
    if (earlier !== undefined)
      return fail(`events[${seq}].approvalGranted.signature: it is that of events[${earlier}], shown again.`);
    payloads.set(payload, seq);
  }
  return PASS;
}

function isSigned(approval: Approval): approval is Signed {
  return approval.signature !== undefined;
}

/** A key that was revoked before the gate vouches for nothing there, whenever the approval was given. */
function isBelieved({ notBefore, revokedAt }: TrustedApproverKey, { grantedAt }: Approval, gatedAt: Instant): boolean {
  const bounds = { notBefore, notAfter: revokedAt };
  return isWithin(bounds, grantedAt) && isWithin(bounds, gatedAt);
}

function whyNot(signature: DsseEnvelope, theirs: readonly TrustedApproverKey[], id: string): string {
  if (theirs.length === 0) return `the trust policy names no key of ${id}`;
  const unbelieved = signerOf(signature, theirs);
  return unbelieved === undefined
    ? `no key of ${id} that the trust policy names made its signature`
    : `its signature was made by ${unbelieved.keyId}, which the trust policy does not believe at that time`;
}
