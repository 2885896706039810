/** A value of JSON. What is read from a file is a tree: no message is ever made of it, and a field that nobody knows stays in it. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export type JsonObject = { readonly [name: string]: Json };

/** Bounds of docs/audit-package.md, "The file". The two on the structure are what keeps hostile text from costing more than its bytes. */
export const MAX_BYTES = 67_108_864;
const MAX_DEPTH = 64;
const MAX_MARKS = 2_000_000;

export interface ReadJson {
  readonly text: string;
  readonly value: Json;
  /** Whether some object holds a name more than once; the last one counts. */
  readonly repeatsNames: boolean;
}

/** Reads JSON that has a canonical form, or says in words why it is none. */
export function readJson(bytes: Uint8Array, maxBytes = MAX_BYTES): ReadJson | string {
  if (bytes.length > maxBytes) return `it is larger than ${maxBytes} bytes`;
  const structure = measure(bytes);
  if (structure.depth > MAX_DEPTH) return `it is nested deeper than ${MAX_DEPTH}`;
  if (structure.marks > MAX_MARKS)
    return `it holds more than ${MAX_MARKS} of the characters {, [ and , outside strings`;
  const text = decoded(bytes);
  if (text === undefined) return "it is not UTF-8";
  const value = parsed(text);
  if (value === undefined) return "it is not JSON";
  const { members, problem } = survey(value);
  return problem === "" ? { text, value, repeatsNames: members < structure.colons } : problem;
}

function decoded(bytes: Uint8Array): string | undefined {
  try {
    // ignoreBOM leaves a byte order mark in the text, where it is no JSON.
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPENING_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSING_BRACKET = 0x5d;
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;

/** How deep the text is nested, and how often the characters that give it structure stand outside strings. All are ASCII, so bytes can be counted. */
function measure(bytes: Uint8Array): { readonly depth: number; readonly marks: number; readonly colons: number } {
  let depth = 0;
  let open = 0;
  let marks = 0;
  let colons = 0;
  let inString = false;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (inString) {
      if (byte === BACKSLASH) at += 1;
      else if (byte === QUOTE) inString = false;
    } else if (byte === QUOTE) inString = true;
    else if (byte === OPENING_BRACE || byte === OPENING_BRACKET) {
      marks += 1;
      open += 1;
      depth = Math.max(depth, open);
    } else if (byte === CLOSING_BRACE || byte === CLOSING_BRACKET) open -= 1;
    else if (byte === COMMA) marks += 1;
    else if (byte === COLON) colons += 1;
  }
  return { depth, marks, colons };
}

/** How many members all objects have, and why the value has no canonical form; empty if it has one. */
function survey(value: Json): { readonly members: number; readonly problem: string } {
  let members = 0;
  let problem = "";
  function visit(part: Json): void {
    if (typeof part === "string") {
      if (isBroken(part)) problem ||= "a string in it holds a lone surrogate";
    } else if (typeof part === "number") {
      if (!Number.isFinite(part)) problem ||= "a number in it is infinite as a double";
    } else if (isObject(part)) {
      for (const [name, member] of Object.entries(part)) {
        members += 1;
        visit(name);
        visit(member);
      }
    } else if (part !== null && typeof part === "object") for (const element of part) visit(element);
  }
  visit(value);
  return { members, problem };
}

/** Whether a string holds half of a surrogate pair: by the flag u, whole pairs are one character, which is no surrogate. */
function isBroken(text: string): boolean {
  return /\p{Surrogate}/u.test(text);
}
