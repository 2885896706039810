import type { Actor } from "../domain/actor.ts";
import type { Command, GrantApproval, SignatureCheck } from "../domain/command.ts";
import { KEYS_UNKNOWN, type KeyView } from "../domain/key-view.ts";
import { checkApprovalSignature } from "../evidence/approval-signature.ts";
import { DIGESTS } from "../evidence/digests.ts";
import { type ApproverKeys, type JudgedKeys, keysOf } from "./approver-keys.ts";
import type { DecisionLog } from "./decision-logs.ts";

/** What has to be known of approvers' keys to judge a command. */
export interface KeysForCommand extends JudgedKeys {
  readonly signature: SignatureCheck;
}

/**
 * Reads the registry of keys for the commands that depend on it, as it is now, and checks the signature that came along.
 *
 * @throws as the registry does: what cannot be read opens no gate.
 */
export async function keysForCommand(
  approverKeys: ApproverKeys,
  command: Command,
  log: DecisionLog | undefined,
  actor: Actor,
  signal: AbortSignal | undefined,
): Promise<KeysForCommand> {
  const isJudgedByKeys = command.type === "GRANT_APPROVAL" || command.type === "REQUEST_EXECUTION";
  if (log === undefined || !isJudgedByKeys) return { keys: KEYS_UNKNOWN, notBefore: 0, signature: "not_checked" };
  if (command.type === "REQUEST_EXECUTION" || command.signature === undefined)
    return { ...(await approverKeys.viewFor(log.decision, signal)), signature: "not_checked" };
  const judged = keysOf(await approverKeys.load(signal));
  return { ...judged, signature: signatureOf(command, log, actor, judged.keys) };
}

function signatureOf(command: GrantApproval, log: DecisionLog, approver: Actor, keys: KeyView): SignatureCheck {
  const { decisionId, created, policy } = log.decision;
  const { signature, comment, expiresAt } = command;
  if (signature === undefined || policy === undefined) return "not_checked";
  const requestDigest = DIGESTS.request(decisionId, created, policy);
  const policyDigest = DIGESTS.policy(policy.policy);
  const approval = { decisionId, requestDigest, policyDigest, approver, comment, expiresAt };
  return checkApprovalSignature(signature, approval, log.events, keys);
}
