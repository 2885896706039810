import type { EventOf, Policy } from "./log.js";
import { moment } from "./time.js";

export interface Approval {
  readonly event: EventOf<"approvalGranted">;
  /** The instant from which on it has expired; infinite if it does not expire. */
  readonly expiresAt: number;
  /** The place of the event that took it back; infinite if none did. */
  revokedAt: number;
}

export function approvalOf(event: EventOf<"approvalGranted">): Approval {
  const { expiresAt } = event.body.value;
  const never = Number.POSITIVE_INFINITY;
  return { event, expiresAt: expiresAt === undefined ? never : (moment(expiresAt) ?? never), revokedAt: never };
}

/** Whether an approval stands at a moment, of which the event at a place knows. */
export function stands({ revokedAt, expiresAt }: Approval, place: number, at: number): boolean {
  return revokedAt >= place && at < expiresAt;
}

/** Why the policy did not allow an approval; empty if it did. */
export function ineligible({ event, expiresAt }: Approval, policy: Policy, requester: string): string {
  const { maxApprovalLifetimeSeconds: lifetime = 0 } = policy;
  const { comment = "", signature } = event.body.value;
  if (event.actor.id === requester && policy.allowSelfApproval !== true) return "the requester's own";
  if (policy.humansOnly === true && event.actor.type !== "ACTOR_TYPE_HUMAN") return "not a human's";
  // trim() takes away exactly the characters that docs/audit-package.md calls white space.
  if (policy.requireComment === true && comment.trim() === "") return "without a comment";
  if (lifetime !== 0 && expiresAt - event.occurredAt > lifetime * 1000) return "stands for too long";
  return policy.requireSignedApprovals === true && signature === undefined ? "not signed" : "";
}

/** The groups that an approver was in. */
export function groupsOf({ event }: Approval): readonly string[] {
  return event.body.value.groups ?? [];
}
