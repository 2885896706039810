import { type Actor, isSameActor } from "./actor.ts";
import type { KeyEventBody } from "./approver-key.ts";
import type { Digest } from "./ids.ts";
import type { KeyRegistry } from "./key-registry.ts";
import { MAX_APPROVER_KEYS } from "./limits.ts";
import type { Rejection, RejectionReason } from "./rejection.ts";

/** What somebody wants to happen to the registry of approvers' keys. */
export type KeyCommand = EnrolKey | RevokeKey;

export interface EnrolKey {
  readonly type: "ENROL_KEY";
  readonly approver: Actor;
  /** The key as the evidence layer reads it, or why it cannot be believed. */
  readonly key: { readonly keyId: Digest; readonly bytes: Uint8Array } | { readonly problem: string };
  readonly description: string;
}

export interface RevokeKey {
  readonly type: "REVOKE_KEY";
  readonly keyId: Digest;
  readonly reason: string;
}

/** By whom. */
export interface KeyCommandContext {
  readonly actor: Actor;
  /** Whether the configuration names the actor as an administrator. */
  readonly isAdministrator: boolean;
}

export type KeyVerdict =
  | { readonly accepted: true; readonly event: KeyEventBody }
  | { readonly accepted: false; readonly rejection: Rejection };

/** Judges a command against the registry. Pure. */
export function decideKeys(command: KeyCommand, registry: KeyRegistry, context: KeyCommandContext): KeyVerdict {
  switch (command.type) {
    case "ENROL_KEY":
      return enrol(command, registry, context);
    case "REVOKE_KEY":
      return revoke(command, registry, context);
  }
}

function enrol({ approver, key, description }: EnrolKey, { keys }: KeyRegistry, context: KeyCommandContext) {
  if (!context.isAdministrator)
    return refuse(
      "NOT_AN_ADMINISTRATOR",
      `${context.actor.id} may not enrol keys: the server's configuration (approverKeys.administrators) names who may.`,
    );
  if ("problem" in key) return refuse("APPROVER_KEY_INVALID", `public_key: ${key.problem}.`);
  const known = keys.get(key.keyId);
  if (known !== undefined)
    return refuse(
      "APPROVER_KEY_ALREADY_ENROLLED",
      known.revoked === undefined
        ? `${key.keyId} is the key of ${known.approver.id} already; a key belongs to one approver.`
        : `${key.keyId} was the key of ${known.approver.id} and has been revoked; a revoked key is never enrolled again.`,
    );
  if (keys.size >= MAX_APPROVER_KEYS)
    return refuse("TOO_MANY_EVENTS", `The registry holds ${MAX_APPROVER_KEYS} keys, as many as it can.`);
  const { keyId, bytes: publicKey } = key;
  return accept({ type: "KEY_ENROLLED", keyId, approver, publicKey, description });
}

function revoke({ keyId, reason }: RevokeKey, { keys }: KeyRegistry, { actor, isAdministrator }: KeyCommandContext) {
  const key = keys.get(keyId);
  if (key === undefined) return refuse("APPROVER_KEY_NOT_FOUND", `No key ${keyId} is enrolled.`);
  if (!isAdministrator && !isSameActor(actor, key.approver))
    return refuse(
      "NOT_AN_ADMINISTRATOR",
      `${actor.id} may not revoke the key of ${key.approver.id}: only its approver and an administrator may.`,
    );
  if (key.revoked !== undefined)
    return refuse("APPROVER_KEY_REVOKED", `${keyId} was revoked already, ${new Date(key.revoked.at).toISOString()}.`);
  return accept({ type: "KEY_REVOKED", keyId, reason });
}

function accept(event: KeyEventBody): KeyVerdict {
  return { accepted: true, event };
}

function refuse(reason: RejectionReason, message: string): KeyVerdict {
  return { accepted: false, rejection: { reason, message } };
}
