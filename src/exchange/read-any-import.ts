import { canonicalJson } from "../codec/canonical-json.ts";
import type { DecisionId, Digest } from "../domain/ids.ts";
import { digestOf } from "../evidence/digest.ts";
import { besideImportIdOf, importIdOf } from "../evidence/import-id.ts";
import { sizeOf } from "../evidence/json-file.ts";
import {
  type ImportableLog,
  type ImportedFormat,
  NO_KNOWN_FILE,
  type NotImportable,
  readImport,
} from "../evidence/read-import.ts";
import type { TrustPolicy } from "../evidence/trust-policy.ts";
import { FINDINGS, type Finding } from "./findings.ts";
import { frameOf } from "./foreign-frame.ts";
import { parseJsonText } from "./json-text.ts";
import type { PythonFormat } from "./python-format.ts";
import { pythonJson } from "./python-json.ts";
import { type ForeignBundle, readForeignBundle } from "./read-foreign-bundle.ts";

/** The formats of the original among those that can be imported. */
export const FOREIGN_FORMATS = {
  "nexus-attest-0.5": "NEXUS_ATTEST_0_5",
  "nexus-attest-0.6": "NEXUS_ATTEST_0_6",
} as const satisfies Record<PythonFormat, ImportedFormat>;

/** Largest file of the original that is imported, in bytes: the server judges it again, in one go, whenever it reads it from the store. */
export const MAX_FOREIGN_IMPORT_BYTES = 4 * 1024 * 1024;

/** Most brackets that open in it, and commas: reading it again takes no longer than half a second. */
export const MAX_FOREIGN_IMPORT_PARTS = 200_000;

/** Most that such a file may hold beside its events, in bytes as it is kept, a router's record included. */
export const MAX_FRAME_BYTES = 256 * 1024;

/** Longest id of a decision of the original, in characters. Its own have 36. */
export const MAX_FOREIGN_ID = 256;

/**
 * Reads a file for import, of ours or of the original. Never throws: a file that is not to be imported is an answer.
 *
 * @param trust what it has to be authentic by; undefined: it need not be. No file of the original can be.
 */
export function readAnyImport(bytes: Uint8Array, trust?: TrustPolicy): ImportableLog | NotImportable {
  const ours = readImport(bytes, trust);
  if (!("problem" in ours)) return ours;
  if (bytes.length <= MAX_FOREIGN_IMPORT_BYTES) return readForeignImport(bytes, trust) ?? ours;
  if (ours.problem !== NO_KNOWN_FILE) return ours;
  return invalid(
    `${NO_KNOWN_FILE} One of nexus-attest (Python) may have at most ${MAX_FOREIGN_IMPORT_BYTES} bytes; this one is larger.`,
  );
}

/** The same of the original's; undefined for a file that does not give itself out as one. */
function readForeignImport(
  bytes: Uint8Array,
  trust: TrustPolicy | undefined,
): ImportableLog | NotImportable | undefined {
  const read = readForeignBundle(bytes);
  if (read.format === undefined) return undefined;
  if ("problem" in read) return invalid(`${read.format}: ${read.problem}`);
  if (trust !== undefined) return { kind: "not_authentic", problem: `no_signature: ${FINDINGS.no_signature}` };
  if (read.decisionId.length > MAX_FOREIGN_ID)
    return invalid(`decision.decision_id is longer than ${MAX_FOREIGN_ID} characters.`);
  const text = new TextDecoder().decode(bytes);
  if (sizeOf(text).parts > MAX_FOREIGN_IMPORT_PARTS)
    return invalid(`The file has more than ${MAX_FOREIGN_IMPORT_PARTS} parts.`);
  const texts = read.events.map((event) => event.text);
  const frame = frameOf(text, texts);
  if (new TextEncoder().encode(canonicalJson(frame)).length > MAX_FRAME_BYTES)
    return invalid(`What the file holds beside its events exceeds ${MAX_FRAME_BYTES} bytes.`);
  const events = read.events.map((event) => ({
    type: event.body.type,
    text: toStoredText(event.text),
    digest: digestOf(event.canonical),
  }));
  return {
    format: FOREIGN_FORMATS[read.format],
    decisionId: read.decisionId as DecisionId,
    ...placesOf(read, digestOf(text)),
    events,
    headDigest: digestOf(read.events.at(-1)?.canonical ?? ""),
    fileDigest: digestOf(text),
    template: undefined,
    signature: undefined,
    frame,
    unproven: read.findings
      .filter(({ isProven }) => !isProven)
      .map(({ name, detail }) => ({ what: name, detail: say({ name, detail }) })),
  };
}

function invalid(problem: string): NotImportable {
  return { kind: "invalid", problem };
}

/** Where a log of the original belongs, and a file of it beside another import. By what the first event says, however it is written. */
export function placesOf({ decisionId, events }: ForeignBundle, fileDigest: Digest) {
  const id = decisionId as DecisionId;
  const first = digestOf(events[0]?.canonical ?? "");
  return { importId: importIdOf(id, first), besideId: besideImportIdOf(id, first, fileDigest) };
}

/** A finding in words, with what there is to say of this file. */
export function say({ name, detail }: Pick<Finding, "name" | "detail">): string {
  return detail === "" ? FINDINGS[name] : `${FINDINGS[name]} ${detail}`;
}

/** Stores keep JSON, and not how it was written: the event stands in a text. */
function toStoredText(event: string): string {
  return canonicalJson({ text: event });
}

/**
 * The digest by which logs of the original are compared: of the whole event, who and when included, however it is written. Its own covers type and payload.
 *
 * @throws {ForeignProblem} if it is no JSON.
 */
export function foreignEventDigest(text: string): Digest {
  return digestOf(pythonJson(parseJsonText(text)));
}

/** The event of a stored form; undefined if it is none. */
export function ofStoredText(stored: string): string | undefined {
  try {
    const { text } = JSON.parse(stored) as { readonly text?: unknown };
    return typeof text === "string" && toStoredText(text) === stored ? text : undefined;
  } catch {
    return undefined;
  }
}
