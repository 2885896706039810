import { type DescMessage, fromJson, type JsonValue, toJson } from "@bufbuild/protobuf";
import { type AuditPackage, AuditPackageSchema } from "../../gen/ts/nexus/attest/v1/audit_package_pb.ts";
import { canonicalJson, type Json } from "../codec/canonical-json.ts";
import { MAX_EVENTS } from "../domain/limits.ts";
import { BUNDLE_VERSION, PACKAGE_VERSION } from "./build-audit-package.ts";
import { type CheckResult, fail, notChecked, PASS } from "./verification-report.ts";

/** Largest file that is looked at, in bytes. */
export const MAX_FILE_BYTES = 64 * 1024 * 1024;

/** Deepest nesting that is looked at. A package of this version is 8 deep. */
export const MAX_DEPTH = 64;

export interface JsonObject {
  readonly [key: string]: Json;
}

/** A package that has the right shape: as given, and read. */
export interface ReadablePackage {
  readonly text: string;
  readonly json: JsonObject;
  readonly message: AuditPackage;
}

/** Reads a file as a package, or says why it is none. */
export function readPackage(bytes: Uint8Array): ReadablePackage | { readonly problem: string } {
  if (bytes.length > MAX_FILE_BYTES) return { problem: `The file is larger than ${MAX_FILE_BYTES} bytes.` };
  let text: string;
  let json: unknown;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return { problem: "The file is not UTF-8." };
  }
  if (depthOf(text) > MAX_DEPTH) return { problem: `The file is nested deeper than ${MAX_DEPTH}.` };
  try {
    json = JSON.parse(text);
  } catch (error) {
    return { problem: `The file is not JSON: ${(error as Error).message}` };
  }
  if (typeof json !== "object" || json === null || Array.isArray(json))
    return { problem: "The file is not a JSON object." };
  let message: AuditPackage;
  try {
    message = fromJson(AuditPackageSchema, json as JsonValue, { ignoreUnknownFields: true });
  } catch (error) {
    return { problem: `The file has not the shape of a package: ${(error as Error).message}` };
  }
  const { packageVersion, controlBundle, router, link } = message;
  if (packageVersion !== PACKAGE_VERSION)
    return { problem: `packageVersion is "${packageVersion}"; this verifier knows "${PACKAGE_VERSION}".` };
  if (controlBundle === undefined || router === undefined || link === undefined)
    return { problem: "controlBundle, router or link is missing." };
  if (controlBundle.bundleVersion !== BUNDLE_VERSION)
    return { problem: `bundleVersion is "${controlBundle.bundleVersion}"; this verifier knows "${BUNDLE_VERSION}".` };
  const count = controlBundle.events.length;
  if (count === 0 || count > MAX_EVENTS)
    return { problem: `A log has 1 to ${MAX_EVENTS} events; this one has ${count}.` };
  return { text, json: json as JsonObject, message };
}

/** Whether the file is, to the byte, the canonical form of what it says. */
export function checkCanonicalForm({ text, json }: ReadablePackage): CheckResult {
  let canonical: string;
  try {
    canonical = canonicalJson(json);
  } catch (error) {
    return fail((error as Error).message);
  }
  if (canonical === text) return PASS;
  let at = 0;
  while (canonical[at] === text[at]) at++;
  return fail(`It departs from the canonical form at character ${at}. Keep the exported bytes; do not reformat them.`);
}

/** Whether writing what was read gives the same JSON again, apart from fields that are not known. */
export function checkProtoJson({ json, message }: ReadablePackage): CheckResult {
  const { known } = split(AuditPackageSchema, json, "");
  const written = toJson(AuditPackageSchema, message) as Json;
  const at = difference(known, written, "");
  return at === undefined ? PASS : fail(`${at} is not written as ProtoJSON writes it.`);
}

/** Fields that this version does not know change nothing that it computes. */
export function checkUnknownFields({ json }: ReadablePackage): CheckResult {
  const { unknown } = split(AuditPackageSchema, json, "");
  if (unknown.length === 0) return PASS;
  return notChecked(`Not judged, because this verifier does not know them: ${unknown.slice(0, 20).join(", ")}.`);
}

/** What a schema knows of a JSON value, and the paths of what it does not. */
function split(
  desc: DescMessage,
  json: Json,
  path: string,
): { readonly known: Json; readonly unknown: readonly string[] } {
  // Well-known types have a JSON form of their own.
  if (typeof json !== "object" || json === null || Array.isArray(json) || desc.typeName.startsWith("google.protobuf."))
    return { known: json, unknown: [] };
  const fields = new Map(desc.fields.map((field) => [field.jsonName, field]));
  const known: [string, Json][] = [];
  const unknown: string[] = [];
  for (const [key, value] of Object.entries(json)) {
    const at = path === "" ? key : `${path}.${key}`;
    const field = fields.get(key);
    if (field === undefined) unknown.push(at);
    else if (field.fieldKind === "message") add(key, split(field.message, value, at));
    else if (field.fieldKind === "list" && field.listKind === "message" && Array.isArray(value)) {
      const items = value.map((item: Json, index) => split(field.message, item, `${at}[${index}]`));
      add(key, { known: items.map((item) => item.known), unknown: items.flatMap((item) => item.unknown) });
    } else known.push([key, value]);
  }
  return { known: Object.fromEntries(known), unknown };

  function add(key: string, part: { readonly known: Json; readonly unknown: readonly string[] }): void {
    known.push([key, part.known]);
    unknown.push(...part.unknown);
  }
}

/** Where two JSON values differ first; undefined if they do not. */
function difference(a: Json | undefined, b: Json | undefined, path: string): string | undefined {
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null)
    return Object.is(a, b) ? undefined : path || "the file";
  const left = new Map(Object.entries(a));
  const right = new Map(Object.entries(b));
  for (const key of new Set([...left.keys(), ...right.keys()])) {
    const at = Array.isArray(a) ? `${path}[${key}]` : path === "" ? key : `${path}.${key}`;
    const found = difference(left.get(key), right.get(key), at);
    if (found !== undefined) return found;
  }
  return Array.isArray(a) === Array.isArray(b) ? undefined : path;
}

/** How deep brackets are nested, strings left aside. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const character = text.charCodeAt(i);
    if (inString) {
      if (character === 0x5c) i++;
      else if (character === 0x22) inString = false;
    } else if (character === 0x22) inString = true;
    else if (character === 0x7b || character === 0x5b) deepest = Math.max(deepest, ++depth);
    else if (character === 0x7d || character === 0x5d) depth--;
  }
  return deepest;
}
