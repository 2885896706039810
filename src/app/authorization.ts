import type { Grant } from "../domain/grant.ts";
import type { Identity } from "./authenticator.ts";

/** The authorization port: who may do what, as the configuration says now. */
export interface Authorization {
  /** What somebody may do; "everything" where callers name themselves and no roles are configured. */
  grantsOf(identity: Pick<Identity, "actor" | "groups">): Grants;

  /** Rings after every change, until the returned function is called. */
  listen(ring: () => void): () => void;
}

export type Grants = readonly Grant[] | "everything";
