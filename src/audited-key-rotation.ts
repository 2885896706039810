import type { AuditLog } from "./app/audit-log.ts";
import type { Digest } from "./domain/ids.ts";
import type { ServerKey } from "./signing/key-record.ts";

/** How it comes that a server is to sign with another key. */
export interface KeyRotation {
  /** A command, or the start that finds another key where the configuration says. */
  readonly trigger: "command" | "start";
  /** Who gave the command, as the system calls them. */
  readonly user?: string;
  /** The key that is retired; undefined: there was none. */
  readonly retired: Digest | undefined;
  /** The key that takes its place, if that is known before. */
  readonly keyId?: Digest;
}

/**
 * Rotates a server's key, on record before it is done and with its end.
 *
 * @param rotate does it. @returns the keys, the one in use first.
 * @throws {AuditLogUnavailable} if it cannot be recorded: then it is not done.
 */
export function rotateOnRecord(
  audit: AuditLog,
  { trigger, user, retired, keyId }: KeyRotation,
  rotate: () => readonly ServerKey[],
): readonly ServerKey[] {
  const details = { trigger, ...(user === undefined ? {} : { user }), ...(retired === undefined ? {} : { retired }) };
  const entry = { kind: "server_key.rotate", details } as const;
  const attempt = audit.record({ ...entry, outcome: "ATTEMPTED", keyId });
  let keys: readonly ServerKey[];
  try {
    keys = rotate();
  } catch (error) {
    audit.note({ ...entry, outcome: "FAILED", keyId, attempt }, { isDurable: true });
    throw error;
  }
  audit.note({ ...entry, outcome: "SUCCEEDED", keyId: keys[0]?.keyId, attempt }, { isDurable: true });
  return keys;
}
