import { canonicalJson, type Json, parseJson } from "../codec/canonical-json.ts";

/** Largest file that is looked at, in bytes. */
export const MAX_FILE_BYTES = 64 * 1024 * 1024;

/** Deepest nesting that is looked at. A package of this version is 9 deep. */
export const MAX_DEPTH = 64;

/** Most brackets that open, and commas: what a parser has to make objects of. */
export const MAX_PARTS = 2_000_000;

/** A file that is JSON and has a canonical form. */
export interface JsonFile {
  readonly text: string;
  readonly canonical: string;
  readonly json: Json;
}

/** Reads a file as JSON within limits that keep whoever made it from costing more than it weighs, or says why it is none. */
export function readJsonFile(bytes: Uint8Array): JsonFile | { readonly problem: string } {
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
  try {
    const json = parseJson(text);
    return { text, canonical: canonicalJson(json), json };
  } catch (error) {
    return { problem: `The file is ${(error as Error).message}` };
  }
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
