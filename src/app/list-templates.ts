import { canonicalJson } from "../codec/canonical-json.ts";
import type { Label } from "../domain/request.ts";
import type { Template } from "../domain/template.ts";
import { digestOf } from "../evidence/digest.ts";
import { Refused } from "./refused.ts";
import type { TemplateCatalogue } from "./template-catalogue.ts";

/** A page ends before it exceeds so many characters: gRPC clients take messages of 4 MiB if nobody tells them otherwise. */
const MAX_PAGE_CHARACTERS = 1024 * 1024;

/** A page of templates, by name. */
export type ListTemplates = (
  query: {
    /** All of these have to be among a template's match labels. */
    readonly labels: readonly Label[];
    readonly pageSize: number;
    /** Empty: the first page. */
    readonly pageToken: string;
    /** Whether whoever asks may know of a template; undefined: of all. */
    readonly sees?: (template: Template) => boolean;
  },
  signal?: AbortSignal,
) => Promise<{
  readonly templates: readonly Template[];
  /** Empty on the last page. */
  readonly nextPageToken: string;
}>;

export function createListTemplates({ catalogue }: { readonly catalogue: TemplateCatalogue }): ListTemplates {
  return async ({ labels, pageSize, pageToken, sees = () => true }, signal) => {
    const after = pageToken === "" ? "" : nameIn(pageToken, labels);
    const { templates } = await catalogue.all(signal);
    const rest = templates.filter((template) => template.name > after && hasAll(template, labels) && sees(template));
    const page = fitting(rest.slice(0, pageSize));
    const last = page.at(-1);
    return {
      templates: page,
      nextPageToken: rest.length > page.length && last !== undefined ? tokenAfter(last, labels) : "",
    };
  };
}

/** The first of them that fit on a page, at least one. */
function fitting(templates: readonly Template[]): readonly Template[] {
  let characters = 0;
  const end = templates.findIndex((template, index) => {
    characters += JSON.stringify(template).length;
    return index > 0 && characters > MAX_PAGE_CHARACTERS;
  });
  return end < 0 ? templates : templates.slice(0, end);
}

function hasAll({ matchLabels }: Template, labels: readonly Label[]): boolean {
  return labels.every(({ key, value }) => matchLabels.some((label) => label.key === key && label.value === value));
}

/** A page token names the last template of a page and the filter it belongs to. A template made meanwhile shifts nothing: pages go by name. */
function tokenAfter({ name }: Template, labels: readonly Label[]): string {
  return `${fingerprint(labels)}.${name}`;
}

function nameIn(token: string, labels: readonly Label[]): string {
  const [, print, name] = /^([0-9a-f]{16})\.([a-z0-9][a-z0-9._-]{0,62})$/.exec(token) ?? [];
  if (name === undefined)
    throw new Refused("INVALID_PAGE_TOKEN", "page_token: pass the next_page_token of the page before.");
  if (print !== fingerprint(labels))
    throw new Refused("INVALID_PAGE_TOKEN", "page_token: it belongs to another filter; begin with the first page.");
  return name;
}

function fingerprint(labels: readonly Label[]): string {
  return digestOf(canonicalJson(labels)).slice("sha256:".length, "sha256:".length + 16);
}
