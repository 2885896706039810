import type { ApproverKey } from "../domain/approver-key.ts";
import type { Digest, Instant } from "../domain/ids.ts";
import { KEYS_SET_ASIDE, type KeyView, keyIdOf } from "../domain/key-view.ts";
import { type Decision, gateOf } from "../domain/state.ts";
import type { KeysInContent } from "./keys-in-content.ts";

/** What a row of the index may have been judged by. */
export interface Standing {
  readonly moment: Instant;
  readonly keys: KeyView;
}

/** The registry for whoever checks rows: which losses of keys the index need not have heard of. */
export interface KeysOfIndex extends KeysInContent {
  readonly mayBeNews: (keyId: Digest, at: Instant) => boolean;
}

/**
 * All that the row of a decision with signed approvals may have been judged by, as far as it makes a difference, the latest first. While it is open, a row has to
 * know of every lost key but those of which the index may not have heard yet. After a veto or a withdrawal nothing is judged anew, and the row is as of whenever it was
 * written.
 */
export function standingsBySignatures(decision: Decision, now: Instant, registry: KeysOfIndex): readonly Standing[] {
  const { approvals, phase, head } = decision;
  const { occurredAt } = head;
  if (gateOf(phase) !== undefined) return [{ moment: occurredAt, keys: KEYS_SET_ASIDE }];
  const standing = approvals.filter(({ revoked }) => revoked === undefined);
  const expiries = standing.flatMap(({ expiresAt }) => (expiresAt === undefined ? [] : [expiresAt]));
  const { keys, notBefore, mayBeNews } = registry;
  const until = Math.max(now, occurredAt, notBefore);

  const used = new Map<Digest, ApproverKey>();
  for (const { signature } of approvals) {
    const key = signature && keys.get(keyIdOf(signature) as Digest);
    if (key !== undefined) used.set(key.keyId, key);
  }
  const losses = [...used.values()].flatMap(({ keyId, revoked }) => (revoked ? [{ keyId, at: revoked.at }] : []));
  const found: Standing[] = [];
  // What happened in the same millisecond may have come before or after.
  for (const moment of momentsIn(occurredAt, until, [...expiries, ...losses.map(({ at }) => at)]))
    for (const last of losses.some(({ at }) => at === moment) ? [moment, moment - 1] : [moment]) {
      const unheard = losses.filter(({ at }) => at > last);
      if (phase.kind === "open" && !unheard.every(({ keyId, at }) => mayBeNews(keyId, at))) continue;
      found.push({ moment, keys: { kind: "known", keys: asOf(used, last) } });
    }
  return found;
}

/** The moments from one to another at which something ends, and the first, latest first. */
function momentsIn(from: Instant, until: Instant, ends: readonly Instant[]): readonly Instant[] {
  const within = ends.filter((end) => end > from && end <= until);
  return [...new Set([from, ...within])].toSorted((a, b) => b - a);
}

function asOf(keys: ReadonlyMap<Digest, ApproverKey>, last: Instant): ReadonlyMap<Digest, ApproverKey> {
  return new Map(
    [...keys].map(([keyId, key]) => {
      const isNews = key.revoked !== undefined && key.revoked.at > last;
      return [keyId, isNews ? { ...key, revoked: undefined } : key];
    }),
  );
}
