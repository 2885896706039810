import type { Actor } from "./actor.ts";
import type { Digest, Instant } from "./ids.ts";

/** A key by which an approver signs. It belongs to one approver for ever, and ends once. */
export interface ApproverKey {
  readonly keyId: Digest;
  readonly approver: Actor;
  /** Ed25519, 32 bytes. */
  readonly publicKey: Uint8Array;
  readonly description: string;
  /** The event that enrolled it. */
  readonly seq: number;
  readonly enrolledAt: Instant;
  readonly enrolledBy: Actor;
  readonly revoked: KeyRevocation | undefined;
}

export interface KeyRevocation {
  readonly at: Instant;
  readonly by: Actor;
  readonly reason: string;
}

/** What happened to the registry. The schema's approver_key.proto says of each when it is written. */
export type KeyEventBody = KeyEnrolled | KeyRevoked;

export interface KeyEnrolled {
  readonly type: "KEY_ENROLLED";
  readonly keyId: Digest;
  readonly approver: Actor;
  readonly publicKey: Uint8Array;
  readonly description: string;
}

export interface KeyRevoked {
  readonly type: "KEY_REVOKED";
  readonly keyId: Digest;
  readonly reason: string;
}

/** An event of the registry: the common fields and a body. */
export interface ApproverKeyEvent {
  readonly eventId: string;
  readonly seq: number;
  readonly occurredAt: Instant;
  readonly actor: Actor;
  /** The service that made the call on the actor's behalf. */
  readonly delegate: Actor | undefined;
  readonly requestId: string;
  /** Digest of the event before; empty for seq 0. */
  readonly previousDigest: Digest | "";
  readonly body: KeyEventBody;
}

/** An event of the registry with the digest of its stored form. */
export interface RecordedKeyEvent {
  readonly event: ApproverKeyEvent;
  readonly digest: Digest;
}
