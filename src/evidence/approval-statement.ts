import { type ApprovalPredicate, approvalPredicate } from "../codec/predicates.ts";
import type { DsseEnvelope } from "../domain/dsse-envelope.ts";
import type { Digest } from "../domain/ids.ts";
import { isDigest } from "./digest.ts";
import { misstatement } from "./dsse.ts";
import { statementOf } from "./statement.ts";

/** Longest payload that is parsed, in bytes: the schema's bound. */
const MAX_PAYLOAD_BYTES = 32 * 1024;

/** What an approver signs: exactly what APPROVAL_GRANTED is going to record, and the head of the log that they looked at. */
export type SignedApproval = ApprovalPredicate;

/** The statement of an approver who says yes. */
export function approvalStatement(approval: SignedApproval): string {
  const { decisionId, requestDigest } = approval;
  return statementOf("nexus-attest:approval/v1", {
    name: decisionId,
    digest: requestDigest,
    predicate: approvalPredicate(approval),
  });
}

/**
 * Why an approval's envelope does not say this approval; undefined if it does. The head digest is the one thing in the statement that does not follow from the
 * approval: it is the envelope's, and has to be the digest of an event that the approver can have seen as the last one.
 *
 * @param heads digests of the events from POLICY_ATTACHED on to the one before the approval.
 */
export function approvalMisstatement(
  envelope: DsseEnvelope,
  approval: Omit<SignedApproval, "headDigest">,
  heads: Pick<ReadonlySet<Digest>, "has">,
): string | undefined {
  // An approver signs alone; a second signature would be there to be tried by every key.
  const { length } = envelope.signatures;
  if (length !== 1) return `it holds ${length} signatures, not one`;
  const headDigest = headDigestIn(envelope.payload);
  if (headDigest === undefined) return "its payload names no head digest";
  if (!heads.has(headDigest)) return `its head digest ${headDigest} is of no event between the policy and the approval`;
  return misstatement(envelope, approvalStatement({ ...approval, headDigest }));
}

/** What the payload says it is, in whatever form: the statement made of it is compared to the byte. */
function headDigestIn(payload: Uint8Array): Digest | undefined {
  if (payload.length > MAX_PAYLOAD_BYTES) return undefined;
  try {
    const statement: unknown = JSON.parse(new TextDecoder().decode(payload));
    const { headDigest } = (statement as { readonly predicate: { readonly headDigest?: unknown } }).predicate;
    return typeof headDigest === "string" && isDigest(headDigest) ? headDigest : undefined;
  } catch {
    return undefined;
  }
}
