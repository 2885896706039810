import { ForeignProblem } from "./foreign-problem.ts";
import type { JsonNode } from "./json-text.ts";

/** The members of an object, and where it stands, for what is wrong with one of them. */
export interface Shape {
  readonly at: string;
  readonly members: ReadonlyMap<string, JsonNode>;
}

/** The longest name or value that a message repeats, in UTF-16 code units. */
const MAX_SHOWN = 64;

/** Text of others for a message: cut, and well-formed. */
export function shown(text: string): string {
  const cut = text.length <= MAX_SHOWN ? text : `${text.slice(0, MAX_SHOWN)}…`;
  return JSON.stringify(cut.toWellFormed());
}

/** An object of known members. The original drops what it does not know and digests the rest, so a member more would be covered by nothing: it is refused. */
export function shapeOf(
  node: JsonNode | undefined,
  at: string,
  required: readonly string[],
  optional: readonly string[] = [],
): Shape {
  const shape = openShapeOf(node, at, required);
  for (const name of shape.members.keys())
    if (!required.includes(name) && !optional.includes(name))
      throw new ForeignProblem(`${at} has a field ${shown(name)}, which the format does not know.`);
  return shape;
}

/** An object that may have members of any name beside those. */
export function openShapeOf(node: JsonNode | undefined, at: string, required: readonly string[]): Shape {
  if (node?.kind !== "object") throw new ForeignProblem(`${at} is not an object.`);
  for (const name of required) if (!node.members.has(name)) throw new ForeignProblem(`${at} has no field ${name}.`);
  return { at, members: node.members };
}

export function textOf({ at, members }: Shape, name: string): string {
  const node = members.get(name);
  if (node?.kind !== "string") throw new ForeignProblem(`${at}.${name} is not a string.`);
  return node.value;
}

/** A string, or undefined where there is null or nothing. */
export function optionalTextOf(shape: Shape, name: string): string | undefined {
  return isNothing(shape, name) ? undefined : textOf(shape, name);
}

/** One of some words. */
export function wordOf<Word extends string>(shape: Shape, name: string, words: readonly Word[]): Word {
  const text = textOf(shape, name);
  const found = words.find((word) => word === text);
  if (found === undefined)
    throw new ForeignProblem(`${shape.at}.${name} is ${shown(text)}, and not one of ${words.join(", ")}.`);
  return found;
}

/** A whole number, not negative. */
export function countOf({ at, members }: Shape, name: string): number {
  const node = members.get(name);
  if (node?.kind !== "number" || !/^(0|[1-9]\d{0,14})$/.test(node.numeral))
    throw new ForeignProblem(`${at}.${name} is not a whole number of at most 15 digits.`);
  return Number(node.numeral);
}

export function optionalCountOf(shape: Shape, name: string): number | undefined {
  return isNothing(shape, name) ? undefined : countOf(shape, name);
}

export function flagOf({ at, members }: Shape, name: string): boolean {
  const node = members.get(name);
  if (node?.kind !== "literal" || node.value === null)
    throw new ForeignProblem(`${at}.${name} is neither true nor false.`);
  return node.value;
}

export function itemsOf({ at, members }: Shape, name: string): readonly JsonNode[] {
  const node = members.get(name);
  if (node?.kind !== "array") throw new ForeignProblem(`${at}.${name} is not an array.`);
  return node.items;
}

export function textsOf(shape: Shape, name: string): readonly string[] {
  return itemsOf(shape, name).map((item, index) => {
    if (item.kind !== "string") throw new ForeignProblem(`${shape.at}.${name}[${index}] is not a string.`);
    return item.value;
  });
}

/** 64 lower-case hexadecimal digits: a digest as the original keeps it within events. */
export function bareDigestOf(shape: Shape, name: string): string {
  const text = textOf(shape, name);
  if (!/^[0-9a-f]{64}$/.test(text)) throw new ForeignProblem(`${shape.at}.${name} is not 64 hexadecimal digits.`);
  return text;
}

/** The same with the prefix that it has everywhere else; given without it. */
export function digestOfField(shape: Shape, name: string): string {
  const text = textOf(shape, name);
  if (!/^sha256:[0-9a-f]{64}$/.test(text))
    throw new ForeignProblem(`${shape.at}.${name} is not "sha256:" and 64 hexadecimal digits.`);
  return text.slice("sha256:".length);
}

/** Compares what a file says with what follows from the rest of it. */
export function expectSame(expected: string | undefined, actual: string | undefined, at: string): void {
  if (expected === actual) return;
  const say = (text: string | undefined) => (text === undefined ? "nothing" : shown(text));
  throw new ForeignProblem(`${at} is ${say(actual)}; what the file says makes it ${say(expected)}.`);
}

function isNothing({ members }: Shape, name: string): boolean {
  const node = members.get(name);
  return node === undefined || (node.kind === "literal" && node.value === null);
}
