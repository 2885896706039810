import { parseJson } from "../codec/canonical-json.ts";
import { MAX_DEPTH, MAX_PARTS, sizeOf } from "../evidence/json-file.ts";
import { ForeignProblem } from "./foreign-problem.ts";

/** A JSON value as it stands in a text: numbers by their digits, and every value by its place. */
export type JsonNode = { readonly start: number; readonly end: number } & (
  | { readonly kind: "object"; readonly members: ReadonlyMap<string, JsonNode> }
  | { readonly kind: "array"; readonly items: readonly JsonNode[] }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "number"; readonly numeral: string }
  | { readonly kind: "literal"; readonly value: boolean | null }
);

/**
 * Parses a JSON text so that nothing of it is lost: JavaScript would turn 1.0 into 1 and round long integers, and the original digests both as they were written.
 *
 * @throws {ForeignProblem} if it is no JSON, too deep or too large, or if an object holds a name twice, of which parsers take either.
 */
export function parseJsonText(text: string): JsonNode {
  const { depth, parts } = sizeOf(text);
  if (depth > MAX_DEPTH) throw new ForeignProblem(`The file is nested deeper than ${MAX_DEPTH}.`);
  if (parts > MAX_PARTS) throw new ForeignProblem(`The file has more than ${MAX_PARTS} parts.`);
  try {
    parseJson(text);
  } catch (cause) {
    throw new ForeignProblem(`The file is ${(cause as Error).message}`, { cause });
  }
  // From here on the text is known to be one JSON value, and of a depth that recursion can bear.
  let at = 0;
  return value();

  function value(): JsonNode {
    skipSpace();
    switch (text[at]) {
      case "{":
        return object();
      case "[":
        return array();
      case '"': {
        const start = at;
        return { kind: "string", value: string(), start, end: at };
      }
      default:
        return scalar();
    }
  }

  function object(): JsonNode {
    const start = at++;
    const members = new Map<string, JsonNode>();
    for (skipSpace(); text[at] !== "}"; skipSpace()) {
      if (text[at] === ",") at++;
      skipSpace();
      const name = string();
      if (members.has(name)) throw new ForeignProblem(`The name ${JSON.stringify(name)} stands twice in an object.`);
      skipSpace();
      at++;
      members.set(name, value());
    }
    return { kind: "object", members, start, end: ++at };
  }

  function array(): JsonNode {
    const start = at++;
    const items: JsonNode[] = [];
    for (skipSpace(); text[at] !== "]"; skipSpace()) {
      if (text[at] === ",") at++;
      items.push(value());
    }
    return { kind: "array", items, start, end: ++at };
  }

  function string(): string {
    const start = at++;
    for (; text[at] !== '"'; at++) if (text[at] === "\\") at++;
    return JSON.parse(text.slice(start, ++at)) as string;
  }

  function scalar(): JsonNode {
    const start = at;
    while (at < text.length && !/[\s,\]}]/.test(text[at] ?? "")) at++;
    const word = text.slice(start, at);
    if (word === "null") return { kind: "literal", value: null, start, end: at };
    if (word === "true" || word === "false") return { kind: "literal", value: word === "true", start, end: at };
    return { kind: "number", numeral: word, start, end: at };
  }

  function skipSpace(): void {
    while (text[at] === " " || text[at] === "\n" || text[at] === "\r" || text[at] === "\t") at++;
  }
}
