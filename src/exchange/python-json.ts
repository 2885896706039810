import type { Json } from "../codec/canonical-json.ts";
import { digestOf } from "../evidence/digest.ts";
import { ForeignProblem } from "./foreign-problem.ts";
import { type JsonNode, parseJsonText } from "./json-text.ts";

/** Python's limit for the digits of an integer that is read (sys.get_int_max_str_digits): beyond it the original cannot read the file. */
const MAX_INTEGER_DIGITS = 4_300;

/**
 * The original's canonical form: Python's json.dumps with sort_keys, separators "," and ":", ensure_ascii off. It departs from RFC 8785 in the order of names
 * (by code points, not UTF-16 code units) and in numbers (integers of any length as they are, others as Python's repr writes them, 1.0 as 1.0).
 *
 * @throws {ForeignProblem} for what Python cannot write: half a surrogate pair, a number beyond the range of a double.
 */
export function pythonJson(node: JsonNode): string {
  switch (node.kind) {
    case "object": {
      const names = [...node.members.keys()].toSorted(byCodePoints);
      return `{${names.map((name) => `${string(name)}:${pythonJson(node.members.get(name) as JsonNode)}`).join(",")}}`;
    }
    case "array":
      return `[${node.items.map(pythonJson).join(",")}]`;
    case "string":
      return string(node.value);
    case "number":
      return numeral(node.numeral);
    case "literal":
      return String(node.value);
  }
}

/** The same of a value of our own. */
export function pythonJsonOf(value: Json): string {
  return pythonJson(parseJsonText(JSON.stringify(value)));
}

/** The original's digest of a value: 64 hexadecimal digits, without a prefix. */
export function contentDigest(value: Json): string {
  return bare(digestOf(pythonJsonOf(value)));
}

/** The same of a value as it stands in a file. */
export function nodeDigest(node: JsonNode): string {
  return bare(digestOf(pythonJson(node)));
}

/** A digest without its prefix, as the original keeps it within events. */
export function bare(digest: string): string {
  return digest.slice("sha256:".length);
}

function string(value: string): string {
  if (!value.isWellFormed()) throw new ForeignProblem("The file holds half a surrogate pair, which has no UTF-8.");
  return JSON.stringify(value);
}

function numeral(text: string): string {
  if (/^-?\d+$/.test(text)) {
    if (text.length > MAX_INTEGER_DIGITS)
      throw new ForeignProblem("The file holds an integer that Python cannot read.");
    return text === "-0" ? "0" : text;
  }
  const number = Number(text);
  if (!Number.isFinite(number)) throw new ForeignProblem(`The number ${text.slice(0, 40)} is beyond a double.`);
  return repr(number);
}

/** Python's repr of a double: the shortest digits that read back as it, with an exponent from 1e16 on and below 1e-4, and always a point or an exponent. */
function repr(number: number): string {
  const sign = number < 0 || Object.is(number, -0) ? "-" : "";
  const [mantissa = "", power = ""] = Math.abs(number).toExponential().split("e");
  const exponent = Number(power);
  if (exponent < -4 || exponent >= 16)
    return `${sign}${mantissa}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
  const digits = mantissa.replace(".", "");
  if (exponent < 0) return `${sign}0.${"0".repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, "0");
  return `${sign}${whole}.${digits.slice(exponent + 1) || "0"}`;
}

/** Compares by code points: a surrogate pair, U+10000 and above, comes after U+E000 to U+FFFF. */
function byCodePoints(a: string, b: string): number {
  for (let i = 0; i < a.length && i < b.length; i++) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (x === y) continue;
    return isSurrogate(x) === isSurrogate(y) ? x - y : isSurrogate(x) ? 1 : -1;
  }
  return a.length - b.length;
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff;
}
