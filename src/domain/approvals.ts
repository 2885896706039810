import type { Actor } from "./actor.ts";
import type { DsseEnvelope } from "./dsse-envelope.ts";
import type { Instant } from "./ids.ts";
import { type KeyView, keyLostAt } from "./key-view.ts";
import type { Policy } from "./policy.ts";
import { policyInForce } from "./policy-in-force.ts";
import type { Approval, Decision } from "./state.ts";

/** Whether an approval counts by a clock. From expiresAt itself on it does not, nor from the revocation of the key that signed it. */
export function stands(approval: Approval, now: Instant, keys: KeyView): boolean {
  return approval.revoked === undefined && !hasExpired(approval, now) && !hasLostKey(approval, now, keys);
}

export function hasLostKey(approval: Approval, now: Instant, keys: KeyView): boolean {
  const lostAt = keyLostAt(approval, keys);
  return lostAt !== undefined && lostAt <= now;
}

export function hasExpired(approval: Approval, now: Instant): boolean {
  return approval.expiresAt !== undefined && approval.expiresAt <= now;
}

/** Why a policy does not count an approver's yes at all, or undefined if it does. */
export type Ineligible =
  | "SELF_APPROVAL"
  | "HUMAN_REQUIRED"
  | "COMMENT_REQUIRED"
  | "APPROVAL_LIFETIME_TOO_LONG"
  | "SIGNATURE_REQUIRED";

/** The policy's rules about a single approval, judged when it is granted and again by every verifier. */
export function ineligibility(
  policy: Policy,
  requester: Actor,
  approval: Pick<Approval, "approver" | "comment" | "grantedAt" | "expiresAt" | "signature">,
): Ineligible | undefined {
  const { approver, comment, grantedAt, expiresAt } = approval;
  if (approver.id === requester.id && !policy.allowSelfApproval) return "SELF_APPROVAL";
  if (policy.humansOnly && approver.type !== "HUMAN") return "HUMAN_REQUIRED";
  if (policy.requireComment && comment.trim() === "") return "COMMENT_REQUIRED";
  const longest = policy.maxApprovalLifetimeSeconds * 1000;
  if (longest > 0 && (expiresAt === undefined || expiresAt - grantedAt > longest)) return "APPROVAL_LIFETIME_TOO_LONG";
  if (policy.requireSignedApprovals && approval.signature === undefined) return "SIGNATURE_REQUIRED";
  return undefined;
}

/** When an approval ends. One that names no end gets the longest that the policy allows; a signed one is what was signed, and nothing is added to it. */
export function expiryOf(
  asked: { readonly expiresAt: Instant | undefined; readonly signature?: DsseEnvelope | undefined },
  policy: Policy,
  grantedAt: Instant,
): Instant | undefined {
  const seconds = policy.maxApprovalLifetimeSeconds;
  if (asked.expiresAt !== undefined || asked.signature !== undefined || seconds === 0) return asked.expiresAt;
  return grantedAt + seconds * 1000;
}

/** The approvals that count by a clock: standing and eligible, one for each distinct actor id (the latest), in order of seq. */
export function countingApprovals(decision: Decision, now: Instant, keys: KeyView): readonly Approval[] {
  return latestOfEach(decision, (approval) => stands(approval, now, keys));
}

/** Approvals that have expired by a clock and were their approver's last word: neither revoked nor given again. */
export function lapsedApprovals(decision: Decision, now: Instant, keys: KeyView): readonly Approval[] {
  return lostApprovals(
    decision,
    (approval) => hasExpired(approval, now) && !hasLostKey(approval, now, keys),
    countingApprovals(decision, now, keys),
  );
}

/** Approvals whose keys were revoked by a clock, and that were their approver's last word and have not expired besides. */
export function keyRevokedApprovals(decision: Decision, now: Instant, keys: KeyView): readonly Approval[] {
  return lostApprovals(
    decision,
    (approval) => hasLostKey(approval, now, keys) && !hasExpired(approval, now),
    countingApprovals(decision, now, keys),
  );
}

function lostApprovals(
  decision: Decision,
  isLost: (approval: Approval) => boolean,
  counting: readonly Approval[],
): readonly Approval[] {
  const standing = new Set(counting.map(({ approver }) => approver.id));
  const lastWord = new Map(decision.approvals.map((approval) => [approval.approver.id, approval]));
  return latestOfEach(
    decision,
    (approval) =>
      lastWord.get(approval.approver.id) === approval &&
      approval.revoked === undefined &&
      isLost(approval) &&
      !standing.has(approval.approver.id),
  );
}

function latestOfEach(decision: Decision, counts: (approval: Approval) => boolean): readonly Approval[] {
  const policy = policyInForce(decision);
  if (policy === undefined) return [];
  const latest = new Map<string, Approval>();
  for (const approval of decision.approvals) {
    if (!counts(approval) || ineligibility(policy, decision.requester, approval) !== undefined) continue;
    latest.delete(approval.approver.id);
    latest.set(approval.approver.id, approval);
  }
  return [...latest.values()];
}
