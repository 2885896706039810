import { timingSafeEqual } from "node:crypto";
import type { Identity } from "../app/authenticator.ts";
import type { Clock } from "../app/clock.ts";
import { Refused } from "../app/refused.ts";
import type { Instant } from "../domain/ids.ts";
import { hashOfServiceToken } from "./service-token.ts";

/** A token that a service may use; several may stand for the same one, while the old is replaced by the new. */
export interface KnownToken {
  readonly service: string;
  readonly groups: readonly string[];
  /** `sha256:` and 64 hexadecimal digits. */
  readonly hash: string;
  readonly expiresAt: Instant | undefined;
}

/** Knows services by the hashes of their tokens. */
export function createServiceTokens(known: readonly KnownToken[], clock: Clock): (token: string) => Identity {
  const entries = known.map((entry) => ({ ...entry, bytes: Buffer.from(entry.hash) }));
  return (token) => {
    const hash = hashOfServiceToken(token);
    if (hash === undefined)
      throw new Refused(
        "UNAUTHENTICATED",
        "The token is not one that nexus-attest tokens new makes: it may be cut short.",
      );
    const bytes = Buffer.from(hash);
    // All are compared, each in constant time: how long it takes tells nothing.
    const matching = entries.filter((entry) => timingSafeEqual(entry.bytes, bytes));
    const [entry] = matching;
    if (entry === undefined) throw new Refused("UNAUTHENTICATED", "The token is not known to this server.");
    if (entry.expiresAt !== undefined && entry.expiresAt <= clock.now())
      throw new Refused("UNAUTHENTICATED", "The token has expired.");
    const actor = { type: "SYSTEM", id: entry.service } as const;
    return { actor, groups: entry.groups, delegate: undefined, validUntil: entry.expiresAt };
  };
}
