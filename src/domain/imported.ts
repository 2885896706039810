import type { Instant } from "./ids.ts";
import { KEYS_SET_ASIDE } from "./key-view.ts";
import { type Lifecycle, lifecycle } from "./lifecycle.ts";
import type { Decision } from "./state.ts";

/** Judges a decision that was made elsewhere. Whatever else could be said of it, it is never executed here: that is its one blocking reason. */
export function importedLifecycle(decision: Decision, now: Instant): Lifecycle {
  const message = "It was imported: it can be read, watched, exported and verified, but never executed here.";
  return {
    ...lifecycle(decision, now, { adapter: { kind: "unchosen" }, keys: KEYS_SET_ASIDE }),
    blockingReasons: [{ code: "IMPORTED", message }],
  };
}
