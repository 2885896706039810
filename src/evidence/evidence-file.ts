import type { DescMessage } from "@bufbuild/protobuf";
import type { Json } from "../codec/canonical-json.ts";
import { MAX_EVENTS } from "../domain/limits.ts";
import { BUNDLE_VERSION } from "./build-audit-package.ts";
import type { JsonFile } from "./json-file.ts";
import { type Inspection, inspect } from "./proto-json.ts";
import { type CheckResult, fail, notChecked, PASS } from "./verification-report.ts";

export interface JsonObject {
  readonly [key: string]: Json;
}

/** The control bundle as given, known to have the types of the schema wherever the schema knows a field. */
export interface ControlBundleJson {
  readonly decisionId?: string;
  readonly events: readonly JsonObject[];
  readonly headDigest?: string;
}

/** An envelope as given. */
export type EnvelopeJson = JsonObject & {
  readonly payload?: string;
  readonly payloadType?: string;
  readonly signatures?: readonly { readonly keyid?: string; readonly sig?: string }[];
};

/** What every file of evidence holds. */
export interface EvidenceJson {
  readonly controlBundle: ControlBundleJson;
  readonly controlDigest?: string;
  /** The event of the template that the policy came from. */
  readonly template?: JsonObject;
  readonly signature?: EnvelopeJson;
}

/** A file that has the shape of its kind. */
export interface EvidenceFile<Given extends EvidenceJson = EvidenceJson> {
  readonly text: string;
  readonly canonical: string;
  readonly given: Given;
  readonly inspection: Inspection;
}

/** A kind of file: what it is called, and what has to be there for it to be looked at. */
export interface FileKind {
  readonly name: string;
  readonly schema: DescMessage;
  readonly version: { readonly field: string; readonly text: string };
  /** Messages that have to be there. */
  readonly parts: readonly string[];
}

/** Reads a file as one of a kind, or says why it is none. */
export function readAs<Given extends EvidenceJson>(
  { name, schema, version, parts }: FileKind,
  { text, canonical, json }: JsonFile,
): EvidenceFile<Given> | { readonly problem: string } {
  const inspection = inspect(schema, json);
  const { wrongType } = inspection;
  if (wrongType !== undefined) return { problem: `The file has not the shape of a ${name}: ${wrongType}.` };
  const given = json as JsonObject;
  if (given[version.field] !== version.text)
    return { problem: `${version.field} is not "${version.text}", the one that this verifier knows.` };
  if (parts.some((part) => given[part] === undefined)) return { problem: `${words(parts)} is missing.` };
  const { bundleVersion, events = [] } = given["controlBundle"] as JsonObject;
  if (bundleVersion !== BUNDLE_VERSION)
    return { problem: `bundleVersion is not "${BUNDLE_VERSION}", the one that this verifier knows.` };
  const { length } = events as readonly Json[];
  if (length === 0 || length > MAX_EVENTS)
    return { problem: `A log has 1 to ${MAX_EVENTS} events; this one has ${length}.` };
  return { text, canonical, given: json as unknown as Given, inspection };
}

function words(parts: readonly string[]): string {
  return parts.length === 1 ? `${parts[0]}` : `${parts.slice(0, -1).join(", ")} or ${parts.at(-1)}`;
}

/** Whether the file is, to the byte, the canonical form of what it says. */
export function checkCanonicalForm({ text, canonical }: EvidenceFile): CheckResult {
  if (canonical === text) return PASS;
  let at = 0;
  while (canonical[at] === text[at]) at++;
  return fail(`It departs from the canonical form at character ${at}. Keep the exported bytes; do not reformat them.`);
}

export function checkProtoJson({ inspection: { wrongValue } }: EvidenceFile): CheckResult {
  return wrongValue === undefined ? PASS : fail(`${wrongValue} is not written as ProtoJSON writes it.`);
}

/** Fields that this version does not know change nothing that it computes. */
export function checkUnknownFields({ inspection }: EvidenceFile): CheckResult {
  const { paths, count } = inspection.unknown;
  if (count === 0) return PASS;
  const more = count > paths.length ? ` and ${count - paths.length} more` : "";
  return notChecked(`Not judged, because this verifier does not know them: ${paths.join(", ")}${more}.`);
}
