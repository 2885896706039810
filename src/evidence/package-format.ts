import { AuditPackageSchema } from "../../gen/ts/nexus/attest/v1/audit_package_pb.ts";
import { canonicalJson, type Json, parseJson } from "../codec/canonical-json.ts";
import { MAX_EVENTS } from "../domain/limits.ts";
import { BUNDLE_VERSION, PACKAGE_VERSION } from "./build-audit-package.ts";
import { type Inspection, inspect } from "./proto-json.ts";
import { type CheckResult, fail, notChecked, PASS } from "./verification-report.ts";

/** Largest file that is looked at, in bytes. */
export const MAX_FILE_BYTES = 64 * 1024 * 1024;

/** Deepest nesting that is looked at. A package of this version is 9 deep. */
export const MAX_DEPTH = 64;

/** Most brackets that open, and commas: what a parser has to make objects of. */
export const MAX_PARTS = 2_000_000;

export interface JsonObject {
  readonly [key: string]: Json;
}

/** A package as given, known to have the types of the schema wherever the schema knows a field. */
export interface PackageJson {
  readonly controlBundle: {
    readonly decisionId?: string;
    readonly events: readonly JsonObject[];
    readonly headDigest?: string;
  };
  readonly controlDigest?: string;
  readonly router: {
    readonly mode?: string;
    readonly runId?: string;
    readonly adapterId?: string;
    readonly routerDigest?: string;
    readonly runBundle?: string;
    readonly runBundleMediaType?: string;
  };
  readonly link: { readonly [field: string]: string | readonly string[] };
  readonly linkDigest?: string;
  readonly bindingDigest?: string;
  readonly signature?: EnvelopeJson;
  readonly template?: JsonObject;
}

/** An envelope as given. */
export interface EnvelopeJson {
  readonly payload?: string;
  readonly payloadType?: string;
  readonly signatures?: readonly { readonly keyid?: string; readonly sig?: string }[];
}

/** A file that has the shape of a package. */
export interface ReadablePackage {
  readonly text: string;
  readonly canonical: string;
  readonly given: PackageJson;
  readonly inspection: Inspection;
}

/** Reads a file as a package, or says why it is none. */
export function readPackage(bytes: Uint8Array): ReadablePackage | { readonly problem: string } {
  if (bytes.length > MAX_FILE_BYTES) return { problem: `The file is larger than ${MAX_FILE_BYTES} bytes.` };
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return { problem: "The file is not UTF-8." };
  }
  const { depth, parts } = sizeOf(text);
  if (depth > MAX_DEPTH) return { problem: `The file is nested deeper than ${MAX_DEPTH}.` };
  if (parts > MAX_PARTS) return { problem: `The file has more than ${MAX_PARTS} parts.` };
  let json: Json;
  let canonical: string;
  try {
    json = parseJson(text);
    canonical = canonicalJson(json);
  } catch (error) {
    return { problem: `The file is ${(error as Error).message}` };
  }
  const inspection = inspect(AuditPackageSchema, json);
  const { wrongType } = inspection;
  if (wrongType !== undefined) return { problem: `The file has not the shape of a package: ${wrongType}.` };
  const { packageVersion, controlBundle, router, link } = json as Partial<Record<string, JsonObject | string>>;
  if (packageVersion !== PACKAGE_VERSION)
    return { problem: `packageVersion is not "${PACKAGE_VERSION}", the one that this verifier knows.` };
  if (typeof controlBundle !== "object" || router === undefined || link === undefined)
    return { problem: "controlBundle, router or link is missing." };
  const { bundleVersion, events = [] } = controlBundle;
  if (bundleVersion !== BUNDLE_VERSION)
    return { problem: `bundleVersion is not "${BUNDLE_VERSION}", the one that this verifier knows.` };
  const { length } = events as readonly Json[];
  if (length === 0 || length > MAX_EVENTS)
    return { problem: `A log has 1 to ${MAX_EVENTS} events; this one has ${length}.` };
  return { text, canonical, given: json as unknown as PackageJson, inspection };
}

/** Whether the file is, to the byte, the canonical form of what it says. */
export function checkCanonicalForm({ text, canonical }: ReadablePackage): CheckResult {
  if (canonical === text) return PASS;
  let at = 0;
  while (canonical[at] === text[at]) at++;
  return fail(`It departs from the canonical form at character ${at}. Keep the exported bytes; do not reformat them.`);
}

export function checkProtoJson({ inspection: { wrongValue } }: ReadablePackage): CheckResult {
  return wrongValue === undefined ? PASS : fail(`${wrongValue} is not written as ProtoJSON writes it.`);
}

/** Fields that this version does not know change nothing that it computes. */
export function checkUnknownFields({ inspection }: ReadablePackage): CheckResult {
  const { paths, count } = inspection.unknown;
  if (count === 0) return PASS;
  const more = count > paths.length ? ` and ${count - paths.length} more` : "";
  return notChecked(`Not judged, because this verifier does not know them: ${paths.join(", ")}${more}.`);
}

/** How deep brackets are nested, and how many open or are followed by one more part; strings left aside. */
export function sizeOf(text: string): { readonly depth: number; readonly parts: number } {
  let depth = 0;
  let deepest = 0;
  let parts = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const character = text.charCodeAt(i);
    if (inString) {
      if (character === 0x5c) i++;
      else if (character === 0x22) inString = false;
    } else if (character === 0x22) inString = true;
    else if (character === 0x2c) parts++;
    else if (character === 0x7b || character === 0x5b) {
      parts++;
      deepest = Math.max(deepest, ++depth);
    } else if (character === 0x7d || character === 0x5d) depth--;
  }
  return { depth: deepest, parts };
}
