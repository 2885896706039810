import { canonicalJson } from "../codec/canonical-json.ts";
import type { DecisionId } from "../domain/ids.ts";
import { digestOf } from "../evidence/digest.ts";
import type { DecisionIndex, IndexFilter, IndexKey, IndexRow } from "./decision-index.ts";
import type { Indexer } from "./log-indexer.ts";
import { Refused } from "./refused.ts";
import { type Sight, sees } from "./sight.ts";

/** A page of the index, newest first. */
export type ListDecisions = (
  query: {
    readonly filter: IndexFilter;
    /** What whoever asks may know of. */
    readonly sight: Sight;
    readonly pageSize: number;
    /** Empty: the first page. */
    readonly pageToken: string;
    /** Empty: nothing to wait for. */
    readonly consistencyToken: string;
  },
  signal?: AbortSignal,
) => Promise<{
  readonly rows: readonly IndexRow[];
  /** Empty on the last page. */
  readonly nextPageToken: string;
}>;

export function createListDecisions(ports: {
  readonly index: DecisionIndex;
  readonly indexer: Indexer;
}): ListDecisions {
  const { index, indexer } = ports;
  return async ({ filter, sight, pageSize, pageToken, consistencyToken }, signal) => {
    if (consistencyToken !== "") {
      const isInSight = (id: DecisionId) => {
        const row = index.get(id);
        return row !== undefined && sees(sight, row);
      };
      const { decisionId, seq } = parseConsistencyToken(consistencyToken);
      await indexer.waitFor(decisionId, seq, signal, isInSight);
    }
    const after = pageToken === "" ? undefined : parsePageToken(pageToken, filter);
    const rows = index.list({ filter, sight, order: "newest_first", after, limit: pageSize + 1 });
    const page = rows.slice(0, pageSize);
    const last = page.at(-1);
    return {
      rows: page,
      nextPageToken: rows.length > pageSize && last !== undefined ? pageTokenAfter(last, filter) : "",
    };
  };
}

/** Stands for a write, for readers who want to see it. */
export function consistencyToken(decisionId: DecisionId, seq: number): string {
  return `${decisionId}.${seq}`;
}

function parseConsistencyToken(token: string): { readonly decisionId: DecisionId; readonly seq: number } {
  const [, decisionId, seq] = /^([0-9a-f]{32})\.([0-9]{1,9})$/.exec(token) ?? [];
  if (decisionId === undefined)
    throw new Refused("INVALID_CURSOR", "consistency_token: pass one that a write returned.");
  return { decisionId: decisionId as DecisionId, seq: Number(seq) };
}

/** A page token names the last row and the filter it belongs to. */
function pageTokenAfter({ createdAt, decisionId }: IndexKey, filter: IndexFilter): string {
  return `${createdAt}.${decisionId}.${fingerprint(filter)}`;
}

function parsePageToken(token: string, filter: IndexFilter): IndexKey {
  const [, createdAt, decisionId, print] = /^([0-9]{1,15})\.([0-9a-f]{32})\.([0-9a-f]{16})$/.exec(token) ?? [];
  if (createdAt === undefined || decisionId === undefined)
    throw new Refused("INVALID_PAGE_TOKEN", "page_token: pass the next_page_token of the page before.");
  if (print !== fingerprint(filter))
    throw new Refused("INVALID_PAGE_TOKEN", "page_token: it belongs to another filter; begin with the first page.");
  return { createdAt: Number(createdAt), decisionId: decisionId as DecisionId };
}

function fingerprint(filter: IndexFilter): string {
  return digestOf(canonicalJson(JSON.parse(JSON.stringify(filter)))).slice("sha256:".length, "sha256:".length + 16);
}
