import type { KeySource } from "./key-source.ts";

/** Somebody whose tokens are believed, as far as this goes. */
export interface Issuer {
  /** The `iss` of its tokens, to the letter. */
  readonly issuer: string;
  /** Tokens made for one of these are meant for this server. */
  readonly audiences: readonly string[];
  /** The signatures that are taken; none with a shared secret (RFC 8725, section 3.2). */
  readonly algorithms: readonly string[];
  readonly keys: KeySource;
  /** How far its clock may be off, in milliseconds. */
  readonly clockTolerance: number;
  /** The header's `typ`, such as `at+jwt`; undefined: any. */
  readonly tokenType: string | undefined;
  /** Claims that a token must have, each with exactly this value. */
  readonly requiredClaims: Readonly<Record<string, string>>;
  readonly actor: ActorClaims;
  readonly groups: { readonly claim: string | undefined; readonly prefix: string };
}

/** How a token names its actor. */
export interface ActorClaims {
  readonly idClaim: string;
  readonly idPrefix: string;
  /** Whether capitals are written small, because the issuer takes them for the same; else an id with capitals is refused. */
  readonly foldCase: boolean;
  /** Patterns of the ids that this issuer may give; undefined: any. */
  readonly ids: readonly string[] | undefined;
  /** What its actors are, or the claim that says so. Never anything that the caller could choose. */
  readonly type: "HUMAN" | "SYSTEM" | TypeClaim;
}

export interface TypeClaim {
  readonly claim: string;
  readonly human: readonly string[];
  readonly system: readonly string[];
}
