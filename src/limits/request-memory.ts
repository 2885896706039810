import { Refused } from "../app/refused.ts";

/** What one request holds of the memory that all requests share. */
export interface RequestMemory {
  /** Says whose it is, of whom all requests together may hold no more than half. */
  belongsTo(caller: string): void;
  /**
   * Holds so much in all, unless it does already.
   *
   * @throws {Refused} REQUEST_MEMORY_EXHAUSTED if there is not so much left; nothing is held then that was not before.
   */
  hold(bytes: number): void;
  /** Gives everything back; again and again does no harm. */
  release(): void;
}

/** What every request may have, however little is left: small calls go on while somebody sends large ones. How many there are is bounded elsewhere. */
export const FREE_BYTES = 16 * 1024;

/** What all requests of one caller may hold, of the whole. */
const SHARE = 1 / 2;

/** How soon memory may be free again, in milliseconds. */
const RETRY_AFTER = 1_000;

/** The memory for requests of all connections together: what does not fit is refused at once, and not read. */
export function createRequestMemory(most: () => number): () => RequestMemory {
  const shares = new Map<string, number>();
  let held = 0;

  return () => {
    let caller: string | undefined;
    let own = 0;
    return {
      belongsTo(name) {
        caller = name;
      },
      hold(bytes) {
        const more = bytes - FREE_BYTES - own;
        if (more <= 0) return;
        const share = caller === undefined ? 0 : (shares.get(caller) ?? 0);
        if (held + more > most()) throw exhausted("The server has no memory left for another request", most());
        if (caller !== undefined && share + more > most() * SHARE)
          throw exhausted("Your other requests hold too much memory", most());
        held += more;
        own += more;
        if (caller !== undefined) shares.set(caller, share + more);
      },
      release() {
        held -= own;
        if (caller !== undefined && own > 0) {
          const left = (shares.get(caller) ?? own) - own;
          if (left > 0) shares.set(caller, left);
          else shares.delete(caller);
        }
        own = 0;
      },
    };
  };
}

function exhausted(words: string, most: number): Refused {
  return new Refused("REQUEST_MEMORY_EXHAUSTED", `${words}: repeat it later. Nothing was done.`, {
    facts: { limit: "limits.maxRequestBytes", limit_value: `${most}` },
    retryAfter: RETRY_AFTER,
  });
}
