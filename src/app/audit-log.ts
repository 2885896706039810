import type { Actor } from "../domain/actor.ts";

/** What a record of the audit log can be about; docs/audit-log.md explains each. */
export const AUDIT_KINDS = [
  "audit.open",
  "audit.repair",
  "server.start",
  "server.stop",
  "configuration.load",
  "configuration.reload",
  "configuration.files",
  "server_key.rotate",
  "authentication",
  "authorization",
  "approver_key.enrol",
  "approver_key.revoke",
  "bundle.import",
  "execution.settle",
  "package.export",
  "bundle.export",
  "imported_bundle.export",
  "break_glass",
  "break_glass.review",
] as const;

export type AuditKind = (typeof AUDIT_KINDS)[number];

/** How it ended. ATTEMPTED: it is about to be done; a record with the same `attempt` says how it ended. */
export type AuditOutcome = "ATTEMPTED" | "SUCCEEDED" | "FAILED" | "DENIED";

/** Somebody, and what proved it. */
export interface AuditedActor extends Actor {
  readonly source?: string | undefined;
}

/** One thing that happened, for whoever asks later what was done to the server. Never a secret, never a payload. */
export interface AuditEntry {
  readonly kind: AuditKind;
  readonly outcome: AuditOutcome;
  readonly actor?: AuditedActor | undefined;
  /** The service that made the call on the actor's behalf. */
  readonly delegate?: Actor | undefined;
  readonly rpc?: string | undefined;
  readonly decisionId?: string | undefined;
  readonly importId?: string | undefined;
  readonly keyId?: string | undefined;
  /** Why it did not succeed: a reason of the schema, or another word of that form. */
  readonly reason?: string | undefined;
  readonly requestId?: string | undefined;
  readonly remoteAddress?: string | undefined;
  /** The seq of the record that announced it. */
  readonly attempt?: number | undefined;
  /** More, by name; values are cut to {@link MAX_DETAIL} characters, and of more than {@link MAX_DETAILS} the rest is left out. */
  readonly details?: Readonly<Record<string, string>> | undefined;
}

export const MAX_DETAIL = 1_024;
export const MAX_DETAILS = 8;

/** The audit log port. */
export interface AuditLog {
  /**
   * Records what must not happen unrecorded, before it is done. Where the log is a file the record is on the disk once this returns.
   *
   * @returns the seq of the record, for the `attempt` of the one that says how it ended.
   * @throws {AuditLogUnavailable} if it cannot be written: then it must not be done.
   */
  record(entry: AuditEntry): number;

  /**
   * Records what has happened anyway, or takes away more than it gives. If it cannot be written it is counted, and the next record says how many were lost.
   *
   * @returns the seq of the record; undefined if it could not be written.
   */
  note(entry: AuditEntry, options?: { readonly isDurable?: boolean }): number | undefined;
}

/** The audit log cannot be written. The message says why and what to do; it names no file, for callers read it. */
export class AuditLogUnavailable extends Error {
  override readonly name = "AuditLogUnavailable";
}
