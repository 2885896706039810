import { canonicalJson } from "../codec/canonical-json.ts";
import type { ImportId } from "../domain/ids.ts";
import { digestOf } from "../evidence/digest.ts";
import type { ImportFilter, ImportIndex, ImportKey, ImportRow } from "./import-index.ts";
import { Refused } from "./refused.ts";

/** A page of imports, newest first by the time of their first import: a fast-forward does not move one. */
export type ListImports = (query: {
  readonly filter: ImportFilter;
  readonly pageSize: number;
  /** Empty: the first page. */
  readonly pageToken: string;
}) => {
  readonly rows: readonly ImportRow[];
  /** Empty on the last page. */
  readonly nextPageToken: string;
};

export function createListImports({ index }: { readonly index: Pick<ImportIndex, "list"> }): ListImports {
  return ({ filter, pageSize, pageToken }) => {
    const after = pageToken === "" ? undefined : parsePageToken(pageToken, filter);
    const rows = index.list({ filter, after, limit: pageSize + 1 });
    const page = rows.slice(0, pageSize);
    const last = page.at(-1);
    return {
      rows: page,
      nextPageToken: rows.length > pageSize && last !== undefined ? pageTokenAfter(last, filter) : "",
    };
  };
}

/** A page token names the last row and the filter it belongs to. */
function pageTokenAfter({ firstImportedAt, importId }: ImportKey, filter: ImportFilter): string {
  return `${firstImportedAt}.${importId}.${fingerprint(filter)}`;
}

function parsePageToken(token: string, filter: ImportFilter): ImportKey {
  const [, firstImportedAt, importId, print] = /^([0-9]{1,15})\.([0-9a-f]{32})\.([0-9a-f]{16})$/.exec(token) ?? [];
  if (firstImportedAt === undefined || importId === undefined)
    throw new Refused("INVALID_PAGE_TOKEN", "page_token: pass the next_page_token of the page before.");
  if (print !== fingerprint(filter))
    throw new Refused("INVALID_PAGE_TOKEN", "page_token: it belongs to another filter; begin with the first page.");
  return { firstImportedAt: Number(firstImportedAt), importId: importId as ImportId };
}

function fingerprint({ decisionId, labels }: ImportFilter): string {
  return digestOf(canonicalJson([decisionId ?? "", ...labels])).slice("sha256:".length, "sha256:".length + 16);
}
