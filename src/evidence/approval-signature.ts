import { isSameActor } from "../domain/actor.ts";
import type { SignatureCheck } from "../domain/command.ts";
import type { DsseEnvelope } from "../domain/dsse-envelope.ts";
import type { RecordedEvent } from "../domain/event.ts";
import type { Digest } from "../domain/ids.ts";
import { type KeyView, keyIdOf } from "../domain/key-view.ts";
import type { RejectionReason } from "../domain/rejection.ts";
import { approvalMisstatement, type SignedApproval } from "./approval-statement.ts";
import { signerOf } from "./dsse.ts";

/**
 * Checks the signature that comes with an approval: by a key that is the approver's and was not revoked, over exactly the approval that the server would record.
 * What is signed is written anew here and compared; nothing but the head digest is taken from the payload.
 *
 * @param events the log that the approval is about to join.
 */
export function checkApprovalSignature(
  envelope: DsseEnvelope,
  approval: Omit<SignedApproval, "headDigest">,
  events: readonly RecordedEvent[],
  view: KeyView,
): SignatureCheck {
  const { approver } = approval;
  const keyId = keyIdOf(envelope);
  const key = view.kind === "known" ? view.keys.get(keyId as Digest) : undefined;
  if (key === undefined || !isSameActor(key.approver, approver))
    return refused(
      "APPROVER_KEY_NOT_ENROLLED",
      `The key ${keyId === "" ? "that signed" : keyId} is not enrolled to ${approver.id} (${approver.type}).`,
    );
  if (key.revoked !== undefined)
    return refused("APPROVER_KEY_REVOKED", `${keyId} was revoked, ${new Date(key.revoked.at).toISOString()}.`);
  const misstated = approvalMisstatement(envelope, approval, headsSeen(events, approval));
  if (misstated !== undefined) return refused("SIGNATURE_INVALID", `signature: ${misstated}.`);
  if (signerOf(envelope, [{ bytes: key.publicKey, keyId: key.keyId }]) === undefined)
    return refused("SIGNATURE_INVALID", `signature: it is not a signature by ${keyId}.`);
  return "good";
}

/**
 * The events that the approver can have seen as the last one: from the policy on, and from the last that the approver had to do with on, so that no signature is
 * shown twice: what was taken back, has expired or lost its key is not given again by it.
 */
function headsSeen(
  events: readonly RecordedEvent[],
  { approver }: Pick<SignedApproval, "approver">,
): ReadonlySet<Digest> {
  const first = events.findLastIndex(
    ({ event: { body, actor } }) =>
      body.type === "POLICY_ATTACHED" ||
      (body.type === "APPROVAL_GRANTED" && actor.id === approver.id) ||
      (body.type === "APPROVAL_REVOKED" && body.approver.id === approver.id),
  );
  return new Set(first < 0 ? [] : events.slice(first).map(({ digest }) => digest));
}

function refused(reason: RejectionReason, message: string): SignatureCheck {
  return { reason, message };
}
